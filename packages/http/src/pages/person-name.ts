import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import type { PersonView } from './views.ts';

/** Name and username; one of the two where they are the same. */
export function personName({ name, username }: PersonView): Fragment {
  if (name === '' || name === username) return html`<bdi class="name">${username}</bdi>`;
  return html`<bdi class="name">${name}</bdi> <bdi class="quiet">${username}</bdi>`;
}
