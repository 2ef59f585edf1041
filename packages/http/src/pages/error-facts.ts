import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';

/** What to quote to whoever can put it right. */
export function errorFacts({ code, reference }: { code: string; reference: string | null }): Fragment {
  return html`<dl class="facts">
        <div><dt>Error code</dt><dd><code id="error-code">${code}</code></dd></div>
        ${reference !== null && html`<div><dt>Reference</dt><dd><code id="error-reference">${reference}</code></dd></div>`}
      </dl>`;
}
