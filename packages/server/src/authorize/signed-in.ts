import type { PendingRequest } from './request.ts';

/** The request, once the person has signed in (or made an account) for it: she is not asked to again. */
export function afterSignIn(request: PendingRequest): PendingRequest {
  return without(request, ['login', 'select_account', 'create'], { signedIn: true });
}

/** The request, once the person has said that she is the right one. */
export function afterChoice(request: PendingRequest): PendingRequest {
  return without(request, ['select_account'], {});
}

/** The request of somebody who wants another account, or an old one instead of a new one. */
export function withOtherAccount(request: PendingRequest): PendingRequest {
  const { prompt, ...rest } = without(request, ['select_account', 'create', 'login'], {});
  return { ...rest, prompt: [...prompt, 'login'] };
}

/** The request of somebody who has no account yet. */
export function withNewAccount(request: PendingRequest): PendingRequest {
  const { prompt, ...rest } = without(request, ['select_account', 'login', 'create'], {});
  return { ...rest, prompt: [...prompt, 'create'] };
}

function without(
  request: PendingRequest,
  done: readonly string[],
  more: Partial<PendingRequest>,
): PendingRequest {
  return { ...request, prompt: request.prompt.filter((prompt) => !done.includes(prompt)), ...more };
}
