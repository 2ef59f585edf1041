import { html } from 'hono/html';
import { accountLayout } from './account-layout.ts';
import type { Fragment } from './fragment.ts';
import { scopeList } from './scope-list.ts';
import { minutes, when } from './time.ts';
import type { AppsView, Frame, Html } from './views.ts';
import { homepageLink } from './web-link.ts';

type App = AppsView['apps'][number];

/** What each app may do, since when, when it last did, and the end of it. */
export function appsPage(view: AppsView, frame: Frame): Html {
  const main = html`
      <h1>Connected apps</h1>
      ${view.disconnected !== null && disconnectedNotice(view)}
      ${view.apps.length === 0 ? empty() : list(view, frame)}`;
  return accountLayout({ title: 'Connected apps', path: '/account', person: view.person, main }, frame);
}

function disconnectedNotice({ disconnected, accessTokenMinutes }: AppsView): Fragment {
  return html`<p class="notice" role="status"><strong><bdi>${disconnected}</bdi> is disconnected.</strong>
        It ${aftermath(accessTokenMinutes)}</p>`;
}

/** Access tokens that are out are not called back from APIs that check them alone. */
function aftermath(accessTokenMinutes: number): string {
  return accessTokenMinutes > 0
    ? `gets no new access. What it was given already may still work in some places for up to ${minutes(accessTokenMinutes)}.`
    : 'has no access from this moment on.';
}

function empty(): Fragment {
  return html`<div class="empty">
        <p>No app can use your account.</p>
        <p class="quiet">When you allow an app to, it appears here with what it may do and a button to disconnect it.
          To connect one, open that app and choose to sign in with this account.</p>
      </div>`;
}

function list(view: AppsView, frame: Frame): Fragment {
  const rows = view.apps.map((app, index) => row(app, { number: index + 1, view, frame }));
  const effect =
    view.disconnected === null && `An app that you disconnect ${aftermath(view.accessTokenMinutes)}`;
  return html`<p>You allowed these apps to use your account. ${effect}</p>
      <ul class="rows" role="list">${rows}</ul>`;
}

function row(app: App, { number, view, frame }: { number: number; view: AppsView; frame: Frame }): Fragment {
  const link = homepageLink(app.homepage);
  const used = app.lastUsed === null ? 'not used yet' : html`last used ${when(app.lastUsed, frame.now)}`;
  return html`<li>
        <div>
          <h2><bdi>${app.name}</bdi></h2>
          ${link && html`<p class="host">${link}</p>`}
          ${app.scopes.length > 0 && html`<div><p>It may:</p>${scopeList(app.scopes)}</div>`}
          <p class="quiet">Connected ${when(app.since, frame.now)}, ${used}</p>
        </div>
        <form method="post" action="${frame.base}/account/apps/revoke">
          <input type="hidden" name="ticket" value="${view.ticket}">
          <input type="hidden" name="client_id" value="${app.clientId}">
          <button class="danger" id="revoke-${number}">Disconnect<span class="unseen"> ${app.name}</span></button>
        </form>
      </li>`;
}
