import { html } from 'hono/html';
import { layout, type Markup } from './layout.ts';

export interface Problem {
  readonly title: string;
  /** What happened, whose turn it is, what to do. */
  readonly advice: string;
  readonly code: string;
  readonly reference: string;
  readonly wayOn: { readonly href: string; readonly label: string; readonly id: string };
  readonly connected: boolean;
}

export function problemPage({ title, advice, code, reference, wayOn, connected }: Problem): Markup {
  const main = html`
<h1>${title}</h1>
<p class="narrow">${advice}</p>
<p class="buttons">
<a class="button primary" id="${wayOn.id}" href="${wayOn.href}">${wayOn.label}</a>
<a class="button" href="/">Back to start</a>
</p>
<section class="card narrow">
<dl class="facts">
<div><dt>Error code</dt><dd><code id="error-code">${code}</code></dd></div>
<div><dt>Reference</dt><dd><code id="error-reference">${reference}</code></dd></div>
</dl>
<p class="quiet">If it happens again, give the reference to whoever runs Print Shop.</p>
</section>`;
  return layout({ title, connected, main });
}
