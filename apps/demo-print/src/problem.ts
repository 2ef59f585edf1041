import { ClientError } from '@valetkey/client';
import type { Problem } from './pages/problem.ts';
import { PhotoApiError } from './photo-api.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'The sign-in did not work',
  401: 'Connect your photos first',
  403: 'Print Shop may not see your photos',
  503: 'That did not work just now',
};

const CONNECT = { href: '/login?returnTo=/photos', label: 'Connect your photos', id: 'login-link' };

/** Nobody is connected in this browser. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';

  constructor() {
    super('the browser has no session');
  }
}

export interface Told {
  readonly status: number;
  readonly problem: Omit<Problem, 'connected' | 'reference'>;
}

/** What to tell the person about an error; `path` is where it happened. */
export function tell(error: unknown, path: string): Told {
  if (error instanceof ClientError)
    return told(error.status, { advice: error.message, code: error.code, path });
  if (error instanceof NotConnected) {
    const advice = 'Print Shop does not know your photos yet, or the connection has ended.';
    return told(401, { advice, code: 'not_connected', path });
  }
  if (error instanceof PhotoApiError) return tellOfApi(error, path);
  const advice = 'Something went wrong in Print Shop, and it was noted down. Try again in a moment.';
  return told(500, { advice, code: 'internal_error', path });
}

function tellOfApi({ status }: PhotoApiError, path: string): Told {
  if (status === 403) {
    const advice =
      'What you allowed does not cover your photos. Connect again, and allow Print Shop to see them.';
    return told(403, { advice, code: 'insufficient_scope', path });
  }
  if (status === 404) {
    const advice = path.startsWith('/photos/')
      ? 'This photo is not in your album.'
      : 'This page does not exist.';
    return told(404, { advice, code: 'not_found', path });
  }
  const advice = 'Your photos cannot be reached right now. Try again in a moment.';
  return told(503, { advice, code: 'photos_unavailable', path });
}

function told(status: number, { advice, code, path }: { advice: string; code: string; path: string }): Told {
  const title = TITLES[status] ?? (status === 404 ? 'There is nothing here' : 'Something went wrong');
  return { status, problem: { title, advice, code, wayOn: wayOn(status, path) } };
}

function wayOn(status: number, path: string): Problem['wayOn'] {
  if (status === 400 || status === 401 || status === 403) return CONNECT;
  // A callback cannot be repeated; a page can.
  const again = path === '/photos' || path === '/refresh';
  if (again) return { href: path, label: 'Try again', id: 'retry-link' };
  return status === 404 ? { href: '/photos', label: 'See your photos', id: 'photos-link' } : CONNECT;
}
