import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { mark } from './mark.ts';
import type { Frame, Html } from './views.ts';

export interface Document {
  /** Names the page in the tab, before the brand; the brand alone when empty. */
  readonly title: string;
  /** `card`: one narrow column at a moment of decision. `account`: wide, with lists. */
  readonly kind: 'card' | 'account';
  /** What stands above the main part. */
  readonly top?: Fragment;
  readonly main: Fragment;
  /** What this page alone says to the browser. */
  readonly head?: Fragment;
}

/** The whole document around a page. It loads nothing but the style sheet and the icon. */
export function layout(document: Document, frame: Frame): Html {
  const whole = html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${document.title === '' ? frame.brand : `${document.title} · ${frame.brand}`}</title>
    <link rel="icon" type="image/svg+xml" href="${frame.base}/favicon.svg">
    <link rel="stylesheet" href="${frame.stylesheet}">
    ${document.head}
  </head>
  <body class="${document.kind}">
    ${document.top}
    <main>${document.main}</main>
    <footer><a href="${frame.base}/">${mark}<bdi>${frame.brand}</bdi></a></footer>
  </body>
</html>
`;
  return whole instanceof Promise ? whole.then(String) : whole.toString();
}
