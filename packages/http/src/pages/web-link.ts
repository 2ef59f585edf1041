import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';

/** The address, if it is one that may stand in a link: http or https, and no user name in front of the host. */
export function webAddress(text: string | null): URL | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

/** A link to an app's homepage that shows its host, so that the text cannot promise another place; or nothing. */
export function homepageLink(homepage: string | null): Fragment | null {
  const url = webAddress(homepage);
  if (url === null) return null;
  return html`<a href="${url.href}" rel="noopener noreferrer">${url.host}</a>`;
}
