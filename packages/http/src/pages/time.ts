import { html } from 'hono/html';
import type { Fragment } from './fragment.ts';
import { absolute, relative } from './instant.ts';

/** An instant as people say it; the absolute time shows on hover, and beside it on focus. */
export function when(instant: number, now: number): Fragment {
  const date = new Date(instant);
  return html`<time datetime="${date.toISOString()}" title="${absolute(instant)}" tabindex="0">${relative(instant, now)}</time>`;
}

/** When a person may try again. The hour too, in the open: the page does not count down. */
export function nextTry(retryAt: number, now: number): string {
  return retryAt > now
    ? `You can try again ${relative(retryAt, now)}, at ${absolute(retryAt)}.`
    : 'You can try again now.';
}

export function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}
