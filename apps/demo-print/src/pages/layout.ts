import { html } from 'hono/html';

/** A page or a part of one, escaped. */
export type Markup = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  /** Whether the browser has a session. */
  readonly connected: boolean;
  readonly main: Markup;
}

const mark = html`<svg width="28" height="28" viewBox="0 0 28 28" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"><path d="M7 10V4h14v6M7 20H4v-9h20v9h-3"/><path d="M8 16h12v8H8z"/></svg>`;

export function layout({ title, connected, main }: Page): Markup {
  const state = connected
    ? html`<p class="state on" id="connected">Connected</p>`
    : html`<p class="state" id="not-connected">Not connected</p>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Print Shop</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="bar"><a class="brand" href="/">${mark}Print Shop</a>${state}</header>
<main>
${main}
</main>
<footer class="foot"><p class="quiet">Print Shop is part of the Valetkey demo. Nothing is printed and nothing is sold.</p></footer>
</body>
</html>`;
}

/** The button that gives the access back. */
export function disconnectForm(): Markup {
  return html`<form method="post" action="/disconnect"><button id="disconnect-submit">Disconnect</button></form>`;
}
