import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';

/** The address, if it is one that may stand in a link: http or https, and no user name in front of the host. */
export function webAddress(text: string | null): URL | null {
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

/** An address that may lead back to an app: on the web, or of a scheme of its own, which has a dot (RFC 8252 §7.1). */
export function appAddress(text: string | null): string | null {
  if (text === null) return null;
  if (webAddress(text) !== null) return text;
  return URL.canParse(text) && new URL(text).protocol.includes('.') ? text : null;
}

/** A path of this server with the ticket of the page one is on. Not encodeURIComponent: that throws on a lone surrogate. */
export function withTicket(path: string, ticket: string): string {
  return `${path}?${new URLSearchParams({ ticket }).toString()}`;
}

/** A link to an app's homepage that shows its host, so that the text cannot promise another place; or nothing. */
export function homepageLink(homepage: string | null): Fragment | null {
  const url = webAddress(homepage);
  if (url === null) return null;
  return html`<a href="${url.href}" rel="noopener noreferrer">${url.host}</a>`;
}
