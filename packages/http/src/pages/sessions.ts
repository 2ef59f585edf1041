import { html } from 'hono/html';
import { accountLayout } from './account-layout.ts';
import { deviceName } from './device.ts';
import type { Fragment } from './fragment.ts';
import { when } from './time.ts';
import type { Frame, Html, SessionsView } from './views.ts';
import { homepageLink } from './web-link.ts';

type Session = SessionsView['sessions'][number];

/** Each browser one is signed in with, the end of each, and the end of all. */
export function sessionsPage(view: SessionsView, frame: Frame): Html {
  const title = 'Where you are signed in';
  const main = html`
      <h1>${title}</h1>
      ${view.sessions.length === 0 ? empty() : list(view, frame)}`;
  return accountLayout({ title, path: '/account/sessions', person: view.person, main }, frame);
}

function empty(): Fragment {
  return html`<div class="empty">
        <p>You are not signed in anywhere.</p>
        <p class="quiet">Each browser you sign in with appears here, with a button to sign it out.</p>
      </div>`;
}

function list(view: SessionsView, frame: Frame): Fragment {
  const rows = view.sessions.map((session, index) => row(session, { number: index + 1, view, frame }));
  return html`<p>These browsers are signed in to your account. Sign out any that you do not know.</p>
      <ul class="rows" role="list">${rows}</ul>
      <form class="everywhere" method="post" action="${frame.base}/account/sessions/end">
        <input type="hidden" name="ticket" value="${view.ticket}">
        <p class="quiet" id="everywhere-effect">This signs you out of every browser, this one included.</p>
        <button class="danger" id="sign-out-everywhere" name="session" value="all" aria-describedby="everywhere-effect">Sign out everywhere</button>
      </form>`;
}

function row(
  session: Session,
  { number, view, frame }: { number: number; view: SessionsView; frame: Frame },
): Fragment {
  const device = deviceName(session.userAgent);
  return html`<li>
        <div>
          <h2><bdi title="${session.userAgent}">${device}</bdi>${session.current && html` <span class="tag">This browser</span>`}</h2>
          <p><code>${session.address}</code></p>
          <p class="quiet">${times(session, frame.now)}</p>
          ${session.apps.length > 0 && appList(session.apps)}
        </div>
        <form method="post" action="${frame.base}/account/sessions/end">
          <input type="hidden" name="ticket" value="${view.ticket}">
          <input type="hidden" name="session" value="${session.id}">
          <button class="danger" id="end-session-${number}">Sign out<span class="unseen"> ${device}</span></button>
        </form>
      </li>`;
}

function times({ openedAt, authenticatedAt }: Session, now: number): Fragment {
  const opened = html`Signed in ${when(openedAt, now)}`;
  return authenticatedAt > openedAt
    ? html`${opened}, password last entered ${when(authenticatedAt, now)}`
    : opened;
}

function appList(apps: Session['apps']): Fragment {
  const items = apps.map(({ name, homepage }) => {
    const link = homepageLink(homepage);
    return html`<li><bdi>${name}</bdi>${link && html` <span class="at">${link}</span>`}</li>`;
  });
  return html`<div><p>Apps signed in here:</p><ul class="scopes" role="list">${items}</ul></div>`;
}
