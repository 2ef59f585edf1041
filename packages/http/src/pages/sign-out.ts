import { html } from 'hono/html';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import type { Frame, Html, SignOutView } from './views.ts';

/** Asked before a session ends, so that no link can end it. */
export function signOutPage(view: SignOutView, frame: Frame): Html {
  const who =
    view.person === null
      ? html`<p>You may be signed out in this browser already. Sign out to make sure.</p>`
      : html`<p>You are signed in as ${personName(view.person)}</p>`;
  const main = html`
      <h1>Sign out?</h1>
      ${who}
      <p class="quiet">Connected apps keep the access you gave them. You end that under
        <a href="${frame.base}/account">Connected apps</a>.</p>
      <form method="post" action="${frame.base}/logout">
        <input type="hidden" name="ticket" value="${view.ticket}">
        <div class="buttons">
          <button class="primary" id="logout-confirm">Sign out</button>
          <a class="button" id="logout-cancel" href="${frame.base}/account">Cancel</a>
        </div>
      </form>`;
  return layout({ title: 'Sign out', kind: 'card', main }, frame);
}
