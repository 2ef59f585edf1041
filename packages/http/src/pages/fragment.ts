import type { html } from 'hono/html';

/** Part of a document, already escaped. */
export type Fragment = ReturnType<typeof html>;
