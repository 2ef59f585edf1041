import { html } from 'hono/html';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import type { Frame, HomeView, Html } from './views.ts';

/** What this server is, for whoever comes by its bare address: a person first, a developer second. */
export function homePage(view: HomeView, frame: Frame): Html {
  const oauth = `/.well-known/oauth-authorization-server${frame.base}`;
  const keys = `${frame.base}/jwks`;
  const main = html`
      <h1><bdi>${frame.brand}</bdi></h1>
      <p>You sign in here once, and you decide which apps may use your account. An app gets only what you allow, never
        your password.</p>
      ${view.person && html`<p>You are signed in as ${personName(view.person)}</p>`}
      <div class="buttons stacked"><a class="button primary" href="${frame.base}/account">${view.person ? 'Go to your account' : 'Sign in to your account'}</a></div>
      <section aria-labelledby="developers">
        <h2 id="developers">For developers</h2>
        <p class="quiet">This is an OAuth 2.1 authorization server. Its metadata (RFC 8414) names every
          endpoint and what each supports.</p>
        <dl class="facts">
          <div><dt>Issuer</dt><dd><code>${view.issuer}</code></dd></div>
          <div><dt>OAuth metadata</dt><dd><a href="${oauth}"><code>${oauth}</code></a></dd></div>
          <div><dt>Key set</dt><dd><a href="${keys}"><code>${keys}</code></a></dd></div>
        </dl>
      </section>`;
  return layout({ title: '', kind: 'card', main }, frame);
}
