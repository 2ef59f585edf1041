import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import type { Frame, Html, SignOutView } from './views.ts';
import { homepageLink } from './web-link.ts';

/** Asked before a session ends, so that no link can end it. */
export function signOutPage(view: SignOutView, frame: Frame): Html {
  const who =
    view.person === null
      ? html`<p>You may be signed out in this browser already. Sign out to make sure.</p>`
      : html`<p>You are signed in as ${personName(view.person)}</p>`;
  const main = html`
      <h1>Sign out?</h1>
      ${view.client && asker(view.client)}
      ${who}
      <p class="quiet">Connected apps keep the access you gave them. You end that under
        <a href="${frame.base}/account">Connected apps</a>.</p>
      <form method="post" action="${frame.base}/logout">
        <input type="hidden" name="ticket" value="${view.ticket}">
        <div class="buttons">
          <button class="primary" id="logout-confirm" name="action" value="sign-out">Sign out</button>
          ${
            view.client === null
              ? html`<a class="button" id="logout-cancel" href="${frame.base}/account">Cancel</a>`
              : html`<button id="logout-cancel" name="action" value="cancel">Cancel</button>`
          }
        </div>
      </form>`;
  return layout({ title: 'Sign out', kind: 'card', main }, frame);
}

function asker({ name, homepage }: NonNullable<SignOutView['client']>): Fragment {
  const link = homepageLink(homepage);
  return html`<p><bdi>${name}</bdi> asks to sign you out.</p>
      ${link && html`<p class="host">${link}</p>`}`;
}
