import type { Session } from '@valetkey/client';
import { html } from 'hono/html';
import { lifetime, times } from './home.ts';
import { layout, type Markup } from './layout.ts';

export interface Renewal {
  readonly before: Session;
  readonly after: Session;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Says that a new access token came: how long the two live, never what they are. */
export function refreshedPage({ before, after, now }: Renewal): Markup {
  const main = html`
<div>
<h1>The access was renewed</h1>
<p>Print Shop asked for a new access token. You did not have to do anything, and would not have noticed.</p>
</div>
<section class="card narrow" id="refresh-result">
<h2>A new access token came</h2>
<dl class="facts">
<div><dt>The old one would have lived for</dt><dd>${lifetime(before, now)}</dd></div>
<div><dt>The new one lives for</dt><dd id="refresh-lifetime">${lifetime(after, now)}</dd></div>
<div><dt>Renewed</dt><dd id="refresh-count">${times(after.renewals)}</dd></div>
</dl>
<p class="quiet">Neither token ever comes to your browser.</p>
</section>
<div class="buttons"><a class="button primary" href="/photos">Choose photos</a><a class="button" href="/">Back to start</a></div>`;
  return layout({ title: 'Access renewed', connected: true, main });
}
