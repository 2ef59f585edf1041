/** Look of the one page this API has. Every pair of colors keeps 4.5:1. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #14202b; --quiet: #55606a; --paper: #fbfaf7; --surface: #ffffff; --line: #d9d6cf; --accent: #0b6e5a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e6e1; --quiet: #a9b2ba; --paper: #11171d; --surface: #19222b; --line: #2c3843; --accent: #3fb598; }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
html { font: 1rem/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { color: var(--ink); background: var(--paper); padding: 2rem 1rem; overflow-wrap: anywhere; }
main { max-width: 42rem; margin-inline: auto; display: grid; gap: 1.25rem; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; line-height: 1.2; margin-block-start: 0.75rem; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.card { padding-inline: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: 0.75rem; }
.card div { padding-block: 1rem; border-block-start: 1px solid var(--line); }
.card div:first-child { border-block-start: 0; }
code { font: 0.875rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
a { color: var(--accent); text-underline-offset: 0.2em; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
`;
