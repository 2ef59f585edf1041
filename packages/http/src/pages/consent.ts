import { html } from 'hono/html';
import { detailCards } from './details.ts';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import { scopeList } from './scope-list.ts';
import type { ConsentView, Frame, Html } from './views.ts';
import { homepageLink, webAddress, withTicket } from './web-link.ts';

/** Who asks, for what, as whom; Allow and Cancel of equal weight; where to undo it. */
export function consentPage(view: ConsentView, frame: Frame): Html {
  const link = homepageLink(view.client.homepage);
  const main = html`
      <h1>Allow <bdi>${view.client.name}</bdi> to use your account?</h1>
      ${link && html`<p class="host">${link}</p>`}
      ${caution(view.client)}
      ${wishes(view)}
      ${view.details.length > 0 && group(detailSentence(view), detailCards(view.details))}
      ${terms(view.client)}
      ${facts(view, frame)}
      <form method="post" action="${frame.base}/consent">
        <input type="hidden" name="ticket" value="${view.ticket}">
        <div class="buttons">
          <button id="consent-approve" name="decision" value="approve">Allow</button>
          <button id="consent-deny" name="decision" value="deny">Cancel</button>
        </div>
      </form>
      <p class="quiet">You can undo this at any time under <a href="${frame.base}/account">Connected apps</a>.</p>`;
  return layout({ title: 'Allow access', kind: 'card', main }, frame);
}

/** RFC 8252 §8.6: any program on the person's device can take another's name; so can an app nobody vouches for. */
function caution({ loopback, unverified, changed }: ConsentView['client']): Fragment | null {
  if (!(loopback || unverified || changed)) return null;
  return html`<div class="notice caution">
        ${unverified && html`<p>Nobody has checked this app: it chose its name itself.</p>`}
        ${changed && html`<p>Since you allowed it, this app has changed its addresses or the keys it proves itself with.</p>`}
        ${loopback && html`<p>Your answer goes to a program on this device, and any program here can use this name.</p>`}
        <p><strong>Allow it only if you have just started this yourself.</strong></p>
      </div>`;
}

function wishes({ client, newScopes, knownScopes, details }: ConsentView): Fragment | null {
  const name = html`<bdi>${client.name}</bdi>`;
  if (newScopes.length + knownScopes.length === 0) {
    if (details.length > 0) return null;
    return html`<p>${name} wants to connect. It names nothing in particular to see or to change.</p>`;
  }
  if (knownScopes.length === 0) return group(html`${name} wants to:`, scopeList(newScopes));
  if (newScopes.length === 0) {
    return group(html`${name} asks again. You already allow it to:`, scopeList(knownScopes));
  }
  const tag = html` <span class="tag">New</span>`;
  return html`${group(html`${name} wants to:`, scopeList(newScopes, tag))}
      ${group(html`You already allow it to:`, scopeList(knownScopes))}`;
}

function detailSentence({ client, newScopes, knownScopes }: ConsentView): Fragment {
  const also = newScopes.length + knownScopes.length > 0 && 'also ';
  return html`<bdi>${client.name}</bdi> ${also}wants your permission for:`;
}

/** What the app says of itself, at its own place. */
function terms({ policyUri, tosUri }: ConsentView['client']): Fragment | null {
  const links = [
    [webAddress(policyUri), 'Privacy policy'],
    [webAddress(tosUri), 'Terms of service'],
  ] as const;
  const items = links.map(
    ([url, label]) => url && html`<li><a href="${url.href}" rel="noopener nofollow">${label}</a></li>`,
  );
  return items.some((item) => item !== null) ? html`<ul class="links" role="list">${items}</ul>` : null;
}

function group(sentence: Fragment, list: Fragment): Fragment {
  return html`<div><p>${sentence}</p>${list}</div>`;
}

function facts({ client, person, resources, ticket }: ConsentView, frame: Frame): Fragment {
  const places = resources.map((resource) => html`<dd><bdi>${resource}</bdi></dd>`);
  return html`<dl class="facts">
        ${resources.length > 0 && html`<div><dt>Only at</dt>${places}</div>`}
        ${client.documentHost !== null && html`<div><dt>Published at</dt><dd><code>${client.documentHost}</code></dd></div>`}
        <div><dt>Answer goes to</dt><dd><code>${client.redirectHost}</code></dd></div>
        <div><dt>Signed in as</dt><dd>${personName(person)}<br>
          <a id="switch-account" href="${withTicket(`${frame.base}/login`, ticket)}">Not you? Use another account</a></dd></div>
      </dl>`;
}
