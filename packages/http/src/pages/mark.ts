import { raw } from 'hono/html';
import type { Asset } from './asset.ts';
import type { Fragment } from './fragment.ts';

/** The valet key: a circle for its bow, a tag that hangs from it. One line weight, drawn for 16 px. */
const drawing =
  '<circle cx="4.25" cy="4.25" r="3"/>' +
  '<path d="M7.25 4.25h7v2.5M11.25 4.25v2M4.25 7.25v2"/>' +
  '<rect x="1.75" y="9.25" width="5" height="5.5" rx="1"/>';

const svg = (attributes: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke-width="1.5" ` +
  `stroke-linecap="round" stroke-linejoin="round" ${attributes}>${drawing}</svg>`;

/** The mark in the color of the text around it; says nothing to a screen reader. */
export const mark: Fragment = raw(
  svg('class="mark" stroke="currentColor" width="16" height="16" aria-hidden="true" focusable="false"'),
);

/** The mark as a file, in a green that stands at 3:1 or better on light and on dark tabs. */
export const favicon: Asset = {
  path: '/favicon.svg',
  contentType: 'image/svg+xml',
  cacheControl: 'public, max-age=86400',
  body: svg('stroke="#2a9079"'),
};
