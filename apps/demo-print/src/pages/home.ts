import type { Session } from '@valetkey/client';
import { html } from 'hono/html';
import { inWords } from '../relative-time.ts';
import { disconnectForm, layout, type Markup } from './layout.ts';

/** The start page of somebody who has not connected yet. */
export function welcomePage(): Markup {
  const main = html`
<section class="hero">
<div>
<h1 class="big">Your photos belong on paper.</h1>
<p class="lead">Connect the place where your photos are kept, and choose the ones to print. Your password stays with you.</p>
<p class="buttons"><a class="button primary" id="login-link" href="/login?returnTo=/photos">Connect your photos</a></p>
</div>
<img src="/hero.svg" width="480" height="360" alt="Three photo prints on a table">
</section>
<ol class="steps">
<li><h2>Sign in there</h2><p>You sign in where your photos are kept, not here.</p></li>
<li><h2>Decide</h2><p>You see what Print Shop would like to do, and allow it or not.</p></li>
<li><h2>Choose</h2><p>Pick your prints. Take the permission back whenever you like.</p></li>
</ol>`;
  return layout({ title: 'Photos on paper', connected: false, main });
}

/** The start page of somebody who has. */
export function connectedPage(session: Session, now: number): Markup {
  const main = html`
<div>
<h1>Your photos are connected</h1>
<p>Print Shop can look at your photos, and at nothing else.</p>
</div>
<p class="buttons">
<a class="button primary" id="photos-link" href="/photos">Choose photos</a>
<a class="button" id="refresh-link" href="/refresh">Renew the access</a>
</p>
<section class="card narrow">
<h2>This connection</h2>
<dl class="facts">
<div><dt>Connected</dt><dd>${ago(now - session.signedInAt)}</dd></div>
<div><dt>Access is good for</dt><dd>${lifetime(session, now)}</dd></div>
<div><dt>Renews by itself</dt><dd>${session.refreshable ? 'yes' : 'no'}</dd></div>
<div><dt>Renewed so far</dt><dd>${times(session.renewals)}</dd></div>
</dl>
${disconnectForm()}
<p class="quiet">Disconnecting gives the permission back. Your photos stay where they are.</p>
</section>`;
  return layout({ title: 'Connected', connected: true, main });
}

/** How long the access token still lives. */
export function lifetime({ accessTokenExpiresAt }: Session, now: number): string {
  return accessTokenExpiresAt === undefined ? 'an unknown time' : inWords(accessTokenExpiresAt - now);
}

export function times(count: number): string {
  if (count < 2) return count === 0 ? 'not yet' : 'once';
  return `${count} times`;
}

function ago(milliseconds: number): string {
  return milliseconds < 1000 ? 'just now' : `${inWords(milliseconds)} ago`;
}
