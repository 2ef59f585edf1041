import { html, raw } from 'hono/html';
import { formPostScript } from './form-post-script.ts';
import { layout } from './layout.ts';
import type { FormPostView, Frame, Html } from './views.ts';

/** The answer as a form. A script posts it; where none runs, a button does. */
export function formPostPage(view: FormPostView, frame: Frame): Html {
  const app = html`<bdi>${view.clientName}</bdi>`;
  const fields = view.fields.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
        `,
  );
  const main = html`
      <h1>Taking you back to ${app}</h1>
      <form method="post" action="${view.action}">
        <p>One more step, and you are there.</p>
        ${fields}<noscript>
          <p>Press the button to go on.</p>
          <div class="buttons stacked"><button class="primary"><span>Continue to ${app}</span></button></div>
        </noscript>
      </form>
      <script>${raw(formPostScript.text)}</script>`;
  return layout({ title: 'Taking you back', kind: 'card', main }, frame);
}
