/** The look of the shop: warm ink on paper, photos as prints with a white border. Every pair of colors keeps 4.5:1. */
const colors = `
:root {
  color-scheme: light dark;
  --ink: #2a1f1a; --quiet: #6b5a50; --paper: #fbf7f1; --surface: #ffffff; --line: #e2d8cb; --control: #8a7868;
  --accent: #a63d17; --on-accent: #ffffff; --good: #0b6e5a; --print: #ffffff; --shade: rgb(60 30 15 / 14%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #f0e8df; --quiet: #b9aa9c; --paper: #191412; --surface: #241d19; --line: #3d322b; --control: #8f7f72;
    --accent: #f29a6f; --on-accent: #191412; --good: #5cc3a8; --print: #f4efe8; --shade: rgb(0 0 0 / 45%);
  }
}`;

const text = `
*, *::before, *::after { box-sizing: border-box; }
html { font: 1rem/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1, h2, p, ul, ol, dl, dd, figure, form { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1, h2, .brand { font-family: ui-serif, Georgia, "Times New Roman", serif; line-height: 1.2; }
h1 { font-size: 1.75rem; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.25rem; }
h1 + p { margin-block-start: 0.5rem; }
time, dd { font-variant-numeric: tabular-nums; }
code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; word-break: break-all; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }`;

const frame = `
body { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; }
.bar, main, .foot { width: 100%; max-width: 66rem; margin-inline: auto; padding-inline: 1rem; }
.bar { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; column-gap: 1rem; min-height: 4rem; }
.brand { display: inline-flex; align-items: center; gap: 0.625rem; min-height: 2.75rem; color: var(--ink); font-size: 1.25rem; font-weight: 700; text-decoration: none; }
.brand svg { color: var(--accent); }
.state { display: inline-flex; align-items: center; gap: 0.5rem; color: var(--quiet); font-size: 0.875rem; }
.state::before { content: ""; width: 0.625rem; height: 0.625rem; border: 2px solid currentColor; border-radius: 50%; }
.state.on { color: var(--good); font-weight: 600; }
.state.on::before { background: currentColor; }
main { flex: 1; padding-block: 1.5rem 3rem; display: flex; flex-direction: column; gap: 1.5rem; }
main > h1 + p, .hero h1 + p { margin-block-start: 0; }
.narrow { max-width: 40rem; }
.foot { padding-block: 1.25rem; border-block-start: 1px solid var(--line); }`;

const controls = `
.buttons { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: 0.5rem 1.25rem;
  color: var(--ink); background: var(--surface); font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  border: 1px solid var(--control); border-radius: 0.5rem; cursor: pointer;
}
button:hover, .button:hover { border-color: var(--ink); }
.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.primary:hover { text-decoration: underline; border-color: var(--accent); }`;

const parts = `
.hero { display: grid; gap: 2rem; align-items: center; }
.hero > div { display: flex; flex-direction: column; gap: 1.25rem; }
.hero img { width: 100%; max-width: 30rem; height: auto; margin-inline: auto; }
.lead { font-size: 1.25rem; line-height: 1.5; text-wrap: pretty; }
.steps { display: grid; gap: 1rem; counter-reset: step; }
.steps li { counter-increment: step; align-content: start; padding-block-start: 1rem; border-block-start: 1px solid var(--line); display: grid; grid-template-columns: 2.5rem 1fr; column-gap: 0.5rem; }
.steps li::before { content: counter(step); grid-row: span 2; color: var(--accent); font: 700 1.75rem/1.2 ui-serif, Georgia, serif; }
.prints { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: 2rem 1.5rem; align-items: start; }
.print { display: flex; flex-direction: column; gap: 0.75rem; }
.print img { display: block; width: 100%; height: auto; aspect-ratio: 4 / 3; object-fit: contain; padding: 0.75rem; background: var(--print); border: 1px solid var(--line); box-shadow: 0 2px 10px var(--shade); }
.print h2 { font-size: 1rem; }
.card { padding: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; display: flex; flex-direction: column; gap: 1rem; }
.facts { display: grid; }
.facts div { display: flex; flex-wrap: wrap; justify-content: space-between; column-gap: 1.5rem; padding-block: 0.75rem; border-block-start: 1px solid var(--line); }
.facts div:first-child { border-block-start: 0; }
.facts dt { color: var(--quiet); }
.facts dd { font-weight: 600; }
@media (min-width: 48rem) {
  h1.big { font-size: 2.5rem; }
  .hero { grid-template-columns: 1.1fr 1fr; }
  .steps { grid-template-columns: repeat(3, 1fr); column-gap: 2rem; }
}
@media (forced-colors: active) { .primary { border-width: 2px; } }`;

export const stylesheet = `${[colors, text, frame, controls, parts].join('\n').trim()}\n`;
