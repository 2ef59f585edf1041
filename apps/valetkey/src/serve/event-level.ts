import type { AuthorityEvent, RevocationReason } from '@valetkey/server';

/** Reasons that hint at a stolen code or token. */
const alarming: readonly RevocationReason[] = [
  'code_replayed',
  'refresh_token_reused',
  'refresh_token_ahead',
];

/** `error`: the operator has to act; `warn`: worth a look when it piles up; `info`: the usual course. */
export function levelOf(event: AuthorityEvent): 'error' | 'warn' | 'info' {
  switch (event.type) {
    case 'fault':
    case 'store.unavailable':
      return 'error';
    case 'request.refused':
    case 'sign_in.failed':
    case 'challenge.repeated':
    case 'logout.not_told':
    case 'compatibility.used':
      return 'warn';
    case 'grant.revoked':
      return alarming.includes(event.why) ? 'warn' : 'info';
    default:
      return 'info';
  }
}
