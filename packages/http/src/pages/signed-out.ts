import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import type { Frame, Html, SignedOutView } from './views.ts';
import { appAddress, webAddress } from './web-link.ts';

/** The end of the session here, and of the apps' own where they let themselves be told by a frame. */
export function signedOutPage(view: SignedOutView, frame: Frame): Html {
  const frames = view.frames.filter((address) => webAddress(address) !== null);
  const next = appAddress(view.continue);
  const main = html`
      <h1 id="logged-out">You are signed out</h1>
      ${
        frames.length > 0
          ? html`<p>Your session in this browser has ended, and the apps you used here are asked to end theirs.</p>`
          : html`<p>Your session in this browser has ended. An app you used may keep you signed in on its own side until
        you sign out there too.</p>`
      }
      <div class="buttons stacked">
        ${wayOn(view)}
        <a class="button" href="${frame.base}/account">Sign in again</a>
      </div>
      ${frames.map(appFrame)}`;
  const head = frames.length > 0 && next !== null ? { head: goOn(next) } : {};
  return layout({ title: 'Signed out', kind: 'card', main, ...head }, frame);
}

function wayOn({ client, continue: onward }: SignedOutView): Fragment | null {
  const next = appAddress(onward);
  if (next !== null) {
    const name = client?.name ?? webAddress(next)?.host ?? 'the app';
    return html`<a class="button primary" id="logout-continue" href="${next}" rel="noopener noreferrer"><span>Continue to <bdi>${name}</bdi></span></a>`;
  }
  const home = webAddress(client?.href ?? null);
  if (client === null || home === null) return null;
  return html`<a class="button" href="${home.href}" rel="noopener noreferrer"><span>Go back to <bdi>${client.name}</bdi></span></a>`;
}

/** Scripts and the app's own storage, which is what clearing a session takes; not the window around it. */
function appFrame(address: string): Fragment {
  return html`<iframe src="${address}" sandbox="allow-scripts allow-same-origin allow-forms" hidden></iframe>`;
}

/** Zero seconds count from when the document is loaded, its frames included: no app is left untold, and nobody waits. */
function goOn(address: string): Fragment {
  return html`<meta http-equiv="refresh" content="0;url=${address}">`;
}
