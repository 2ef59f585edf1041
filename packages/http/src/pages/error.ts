import { html } from 'hono/html';
import { errorFacts } from './error-facts.ts';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import type { ErrorView, Frame, Html } from './views.ts';
import { webAddress } from './web-link.ts';

/** What happened, whose turn it is, what to do now, and what to quote. Never a stack, never a dead end. */
export function errorPage(view: ErrorView, frame: Frame): Html {
  const main = html`
      <h1>${view.title}</h1>
      <p>${view.advice}</p>
      ${wayOn(view.link)}
      ${errorFacts(view)}`;
  return layout({ title: view.title.replace(/\.$/, ''), kind: 'card', main }, frame);
}

function wayOn(link: ErrorView['link']): Fragment | null {
  if (link === null || !isSafe(link.href)) return null;
  return html`<div class="buttons stacked"><a class="button primary" href="${link.href}" rel="noopener noreferrer">${link.label}</a></div>`;
}

/** The web, or a path on this host. Read as a browser reads it, which takes `/\host` and `/<tab>/host` for another host. */
function isSafe(href: string): boolean {
  if (webAddress(href) !== null) return true;
  const here = 'https://here.invalid';
  return href.startsWith('/') && URL.canParse(href, here) && new URL(href, here).origin === here;
}
