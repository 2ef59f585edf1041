import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import type { ScopeView } from './views.ts';

/** One plain phrase a line; `tag` stands behind each. */
export function scopeList(scopes: readonly ScopeView[], tag: Fragment | false = false): Fragment {
  const items = scopes.map(({ name, description }) => html`<li><bdi>${description || name}</bdi>${tag}</li>`);
  return html`<ul class="scopes" role="list">${items}</ul>`;
}
