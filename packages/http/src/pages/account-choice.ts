import { html } from 'hono/html';
import { headingToward } from './heading.ts';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import type { AccountChoiceView, Frame, Html } from './views.ts';

/** Which account the app gets to hear of. Nothing goes on by itself: the app asked that the person be asked. */
export function accountChoicePage(view: AccountChoiceView, frame: Frame): Html {
  const { client, person } = view;
  const main = html`
      ${headingToward({ client, act: 'Choose an account', alone: 'Choose an account' })}
      <form method="post" action="${frame.base}/login">
        <input type="hidden" name="ticket" value="${view.ticket}">
        <div class="buttons stacked">
          <button class="choice primary" id="account-continue" name="action" value="continue"><span>Continue as ${personName(person)}</span></button>
          <button id="account-other" name="action" value="other">Use another account</button>
          ${client && html`<button id="login-cancel" name="action" value="cancel">Cancel</button>`}
        </div>
      </form>`;
  return layout({ title: 'Choose an account', kind: 'card', main }, frame);
}
