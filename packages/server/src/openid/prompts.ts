import { OAuthError, shown, writeScope } from '@valetkey/protocol';
import type { Config } from '../config.ts';

/** `prompt` values on offer (OpenID Connect Core §3.1.2.1; Initiating User Registration §4). */
export function offeredPrompts({ features }: Config): readonly string[] {
  const create = features.signUp && features.openid ? ['create'] : [];
  return ['none', 'login', 'consent', 'select_account', ...create];
}

/**
 * The values that mean something here. Unknown ones are passed over, unless the metadata says which there are: then they
 * are refused. That is so when `create` is offered, which nobody could know of otherwise.
 */
export function promptsOf(config: Config, asked: readonly string[]): readonly string[] {
  const offered = offeredPrompts(config);
  const unknown = asked.filter((value) => !offered.includes(value));
  if (unknown.length === 0 || !offered.includes('create'))
    return asked.filter((value) => offered.includes(value));
  throw new OAuthError('invalid_request', 'The prompt has a value that is not offered.', {
    field: 'prompt',
    expected: `some of ${offered.join(' ')}`,
    got: shown(writeScope(unknown)),
    requirement: 'AZ-057',
  });
}
