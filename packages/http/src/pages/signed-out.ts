import { html } from 'hono/html';
import { layout } from './layout.ts';
import type { Frame, Html } from './views.ts';

export function signedOutPage(frame: Frame): Html {
  const main = html`
      <h1 id="logged-out">You are signed out</h1>
      <p>Your session in this browser has ended. An app you used may keep you signed in on its own side until you
        sign out there too.</p>
      <div class="buttons stacked"><a class="button" href="${frame.base}/account">Sign in again</a></div>`;
  return layout({ title: 'Signed out', kind: 'card', main }, frame);
}
