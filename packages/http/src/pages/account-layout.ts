import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { layout } from './layout.ts';
import { personName } from './person-name.ts';
import type { Frame, Html, PersonView } from './views.ts';

export interface AccountDocument {
  readonly title: string;
  /** Path below the base of the page one is on. */
  readonly path: '/account' | '/account/sessions';
  readonly person: PersonView;
  readonly main: Fragment;
}

const links = [
  ['/account', 'Connected apps'],
  ['/account/sessions', 'Browsers'],
  ['/logout', 'Sign out'],
] as const;

/** The frame of a person's own pages: who one is, the pages there are, and the way out. */
export function accountLayout({ title, path, person, main }: AccountDocument, frame: Frame): Html {
  const items = links.map(([target, label]) => {
    const current = target === path ? html` aria-current="page"` : '';
    return html`<li><a href="${frame.base}${target}"${current}>${label}</a></li>`;
  });
  const top = html`<header>
      <p class="who">${personName(person)}</p>
      <nav aria-label="Your account"><ul>${items}</ul></nav>
    </header>`;
  return layout({ title, kind: 'account', top, main }, frame);
}
