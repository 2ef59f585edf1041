import { createHash } from 'node:crypto';
import type { Asset } from './asset.ts';

/** Every color of the pages. A theme is a style sheet that sets these anew. */
const colors = `
:root {
  color-scheme: light dark;
  --ink: #14202b;
  --quiet: #55606a;
  --paper: #fbfaf7;
  --surface: #ffffff;
  --line: #d9d6cf;
  --control: #7d7a72;
  --accent: #0b6e5a;
  --on-accent: #ffffff;
  --caution: #9a5b00;
  --danger: #a4262c;
  --lift: 0 1px 2px rgb(20 32 43 / 6%), 0 6px 24px rgb(20 32 43 / 7%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8e6e1;
    --quiet: #a9b2ba;
    --paper: #11171d;
    --surface: #19222b;
    --line: #2c3843;
    --control: #75828e;
    --accent: #3fb598;
    --on-accent: #11171d;
    --caution: #e0a64a;
    --danger: #ef7d7d;
    --lift: none;
  }
}`;

const text = `
*, *::before, *::after { box-sizing: border-box; }
html { font: 1rem/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1, h2, p, ul, dl, dd, form { margin: 0; padding: 0; }
h1, h2 { font-weight: 600; line-height: 1.2; }
h1 { font-size: 1.75rem; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.25rem; }
ul { list-style: none; }
code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; word-break: break-all; }
time { font-variant-numeric: tabular-nums; }
time[tabindex]:focus::after { content: " (" attr(title) ")"; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.name { font-weight: 600; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
/* Tall enough for a finger without pushing the lines apart. */
p a { padding-block: 0.9rem; }
.host a, dd a { display: inline-block; padding-block: 0.625rem; }
.host { margin-block: -0.9rem -0.75rem; }
dd a { margin-block: -0.5rem; }
#switch-account { padding-block: 0.75rem; font-size: 0.875rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }`;

const frame = `
body { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; padding: 1rem; }
main { display: flex; flex-direction: column; gap: 1rem; width: 100%; margin-inline: auto; }
footer { padding-block-start: 0.5rem; display: flex; justify-content: center; }
footer a {
  display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.75rem; padding-inline: 0.75rem;
  color: var(--quiet); font-size: 0.875rem; text-decoration: none;
}
footer a:hover { text-decoration: underline; }
.mark { flex: none; }

/* The one card is the tag of the key: the hole for its ring is at the top. */
.card main {
  position: relative; max-width: 26rem; margin-block: auto 0; padding: 3.5rem 1.5rem 1.5rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; box-shadow: var(--lift);
}
.card main::before {
  content: ""; position: absolute; inset-block-start: 1.25rem; inset-inline-start: calc(50% - 0.5rem);
  width: 1rem; height: 1rem; border: 1px solid var(--line); border-radius: 50%; background: var(--paper);
}
.card footer { margin-block-end: auto; }

.account header, .account main { max-width: 60rem; }
.account header {
  width: 100%; margin-inline: auto; border-block-end: 1px solid var(--line);
}
@media (min-width: 48rem) {
  .account header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; column-gap: 2rem; }
  nav { order: -1; }
}
.account main { padding-block: 2rem; flex: 1; }
nav ul { display: flex; flex-wrap: wrap; column-gap: 1rem; }
nav a {
  display: flex; align-items: center; min-height: 2.75rem; border-block-end: 2px solid transparent;
  color: var(--ink); text-decoration: none;
}
nav a:hover { border-block-end-color: var(--line); }
nav a[aria-current] { border-block-end-color: var(--accent); font-weight: 600; }`;

const forms = `
label { display: block; margin-block-end: 0.25rem; font-weight: 600; }
input:not([type="hidden"]) {
  display: block; width: 100%; min-height: 2.75rem; margin-block-end: 1rem; padding: 0.5rem 0.75rem;
  color: inherit; background: var(--surface); font: inherit; border: 1px solid var(--control); border-radius: 0.5rem;
}
input[aria-invalid="true"] { border-color: var(--danger); }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin-block-start: 0.5rem; }
.buttons.stacked { grid-template-columns: 1fr; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0.5rem 1rem;
  color: var(--ink); background: var(--surface); font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; border: 1px solid var(--control); border-radius: 0.5rem; cursor: pointer;
}
button:hover, .button:hover { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); }
.primary, .primary:hover { color: var(--on-accent); background: var(--accent); border-color: var(--accent); box-shadow: none; }
.primary:hover { text-decoration: underline; }
.choice { padding-block: 0.75rem; }
.choice bdi { display: block; }
.choice .quiet { color: inherit; font-weight: 400; }
.danger:is(button) { color: var(--danger); }
.danger:is(button):hover { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
`;

const parts = `
.notice { padding: 0.75rem 1rem; border: 1px solid var(--line); border-inline-start: 4px solid var(--accent); border-radius: 0.5rem; }
.notice.caution { border-inline-start-color: var(--caution); }
.notice.danger { border-inline-start-color: var(--danger); }
.notice p + p { margin-block-start: 0.5rem; }
strong { font-weight: 600; }
.scopes { padding-inline-start: 1.25rem; list-style: disc; }
.scopes li { padding-block-start: 0.25rem; }
.scopes li::marker { color: var(--accent); }
.details { display: flex; flex-direction: column; gap: 0.75rem; padding-block-start: 0.5rem; }
.details > li {
  display: flex; flex-direction: column; gap: 0.5rem; padding: 0.75rem 1rem;
  border: 1px solid var(--line); border-radius: 0.5rem;
}
.details h2 { font-size: 1rem; line-height: 1.5; }
/* Whatever an app fills in stays readable to its end and pushes nothing away; half a line shows that there is more. */
.details :is(h2, dt, dd) { max-block-size: 8.25rem; overflow-y: auto; }
.links { display: flex; flex-wrap: wrap; column-gap: 1.5rem; margin-block: -0.5rem; font-size: 0.875rem; }
.links a { display: inline-flex; align-items: center; min-height: 2.75rem; }
.facts { display: flex; flex-direction: column; gap: 0.75rem; padding-block-start: 1rem; border-block-start: 1px solid var(--line); }
.facts div { display: grid; grid-template-columns: 1fr; column-gap: 1rem; }
.facts dt { color: var(--quiet); font-size: 0.875rem; line-height: 1.5rem; }
@media (min-width: 28rem) {
  .facts div { grid-template-columns: 7.5rem 1fr; }
  .facts dd { grid-column: 2; }
}
section { display: flex; flex-direction: column; gap: 0.5rem; margin-block-start: 0.5rem; padding-block-start: 1.25rem; border-block-start: 1px solid var(--line); }
section .facts { padding-block-start: 0.5rem; border: 0; }
.details .facts { padding: 0; border: 0; }
.tag {
  display: inline-block; padding-inline: 0.5rem; color: var(--accent); font-size: 0.875rem; font-weight: 600;
  line-height: 1.25rem; vertical-align: 0.1em; border: 1px solid currentColor; border-radius: 0.25rem;
}
.rows { border-block-end: 1px solid var(--line); }
.rows > li {
  display: flex; flex-wrap: wrap; justify-content: space-between; gap: 1rem;
  padding-block: 1.5rem; border-block-start: 1px solid var(--line);
}
.rows > li > div { display: flex; flex-direction: column; gap: 0.5rem; flex: 1 1 20rem; min-width: 0; }
.everywhere { display: flex; flex-direction: column; align-items: flex-start; gap: 0.5rem; }
.empty { display: flex; flex-direction: column; gap: 0.5rem; max-width: 36rem; }`;

const media = `
@media (prefers-reduced-motion: no-preference) { a, button { transition: border-color 120ms, box-shadow 120ms; } }
@media (forced-colors: active) {
  .notice { border-inline-start-width: 4px; }
  .primary { border-width: 2px; }
  nav a { border-block-end-color: Canvas; }
  nav a[aria-current] { border-block-end-color: Highlight; }
}
@media print {
  :root { --ink: #000; --quiet: #000; --paper: #fff; --surface: #fff; --line: #999; --lift: none; }
  nav, form, .buttons, #switch-account { display: none; }
  .card main { border: 0; padding: 0; margin: 0; }
  .card main::before { display: none; }
}`;

const body = `${[colors, text, frame, forms, parts, media].join('\n').trim()}\n`;
const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);

/** The style sheet of every page. Its name changes with its content, so it may be kept forever. */
export const stylesheet: Asset = {
  path: `/assets/pages-${hash}.css`,
  contentType: 'text/css; charset=utf-8',
  cacheControl: 'public, max-age=31536000, immutable',
  body,
};
