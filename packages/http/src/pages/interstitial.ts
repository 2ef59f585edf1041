import { html } from 'hono/html';
import { errorFacts } from './error-facts.ts';
import { layout } from './layout.ts';
import type { Frame, Html, InterstitialView } from './views.ts';
import { appAddress } from './web-link.ts';

/** Failures of this server, which pass; the app's makers can do nothing about them. */
const ours: readonly string[] = ['server_error', 'temporarily_unavailable'];

/** An app nobody vouches for gets nobody sent to it by an address alone (RFC 9700 §4.11.2): the person goes, or stays. */
export function interstitialPage(view: InterstitialView, frame: Frame): Html {
  const app = html`<bdi>${view.clientName}</bdi>`;
  const href = appAddress(view.href);
  const turn = ours.includes(view.code)
    ? 'Wait a moment, then start again there.'
    : 'Only its makers can put this right.';
  const main = html`
      <h1>${view.title}</h1>
      <p>${app} sent you here, and its request could not be carried out. It got nothing of yours. ${turn}</p>
      <div class="notice caution">
        <p>Nobody has checked this app: it chose its name itself.</p>
        <p><strong>Go back to it only if you came from there.</strong> Otherwise close this page.</p>
      </div>
      ${
        href !== null &&
        html`<div class="buttons stacked"><a class="button" id="go-back" href="${href}" rel="noopener noreferrer"><span>Go back to ${app} (<bdi>${view.host}</bdi>)</span></a></div>`
      }
      ${errorFacts(view)}`;
  return layout({ title: view.title.replace(/\.$/, ''), kind: 'card', main }, frame);
}
