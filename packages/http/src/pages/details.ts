import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import type { DetailView } from './views.ts';

/** Longer texts may overflow their box; a keyboard has to be able to reach it then, to scroll. */
const LONG = 60;

/** One card for each thing that is asked for on its own (RFC 9396): what it is, and the facts a person judges it by. */
export function detailCards(details: readonly DetailView[]): Fragment {
  const cards = details.map(
    ({ type, title, facts }) => html`<li>
          <h2${reach(title || type)}><bdi>${title || type}</bdi></h2>
          ${facts.length > 0 && html`<dl class="facts">${facts.map(fact)}</dl>`}
        </li>`,
  );
  return html`<ul class="details" role="list">${cards}</ul>`;
}

function fact({ label, value }: DetailView['facts'][number]): Fragment {
  return html`<div><dt${reach(label)}><bdi>${label}</bdi></dt><dd${reach(value)}><bdi>${value}</bdi></dd></div>`;
}

function reach(text: string): Fragment | null {
  return text.length > LONG ? html` tabindex="0"` : null;
}
