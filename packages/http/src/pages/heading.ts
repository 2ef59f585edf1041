import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { homepageLink } from './web-link.ts';

interface Destination {
  readonly client: { readonly name: string; readonly homepage: string | null } | null;
  /** What one does here, on the way to an app: "Sign in". */
  readonly act: string;
  /** The whole heading where one is on the way to no app. */
  readonly alone: string;
}

/** Where one is going, first of all. */
export function headingToward({ client, act, alone }: Destination): Fragment {
  if (client === null) return html`<h1>${alone}</h1>`;
  const link = homepageLink(client.homepage);
  return html`<h1>${act} to continue to <bdi>${client.name}</bdi></h1>
      ${link && html`<p class="host">${link}</p>`}`;
}
