import type { Client, ClientCompatibility } from '@valetkey/server';
import type { Asked } from './asked.ts';
import type { Compatibility } from './client-add-options.ts';
import { textOf } from './wire-metadata.ts';

interface Allowance {
  readonly member: keyof ClientCompatibility;
  /** What the client may do that others may not. */
  readonly allows: string;
  readonly danger: string;
}

const allowances: Readonly<Record<Compatibility, Allowance>> = {
  'without-pkce': {
    member: 'withoutPkce',
    allows: 'it may leave PKCE out where it sends a nonce',
    danger: 'a stolen code is then stopped by nothing but the client, if it checks the nonce',
  },
  'token-endpoint-audience': {
    member: 'tokenEndpointAudience',
    allows: 'its assertions may be made out to the token endpoint',
    danger: 'another server that it uses may be able to get assertions that are good here',
  },
  'unencoded-basic': {
    member: 'unencodedBasic',
    allows: 'its Basic credentials are read as they stand, without form-decoding',
    danger: 'a client that follows RFC 6749 can then fail on an id or secret with special characters',
  },
};

/** What the record of a client says of it. */
export function compatibilityOf(asked: readonly Compatibility[] = []): ClientCompatibility | undefined {
  if (asked.length === 0) return undefined;
  return Object.fromEntries(asked.map((name) => [allowances[name].member, true]));
}

/** What a client rests on that only it is allowed, one line each. */
export function compatibilityLines({ compatibility = {} }: Pick<Client, 'compatibility'>): string[] {
  return Object.entries(allowances)
    .filter(([, { member }]) => compatibility[member] === true)
    .map(([name, { allows }]) => `${name}: ${allows}`);
}

/** What the operator should know who allows it. */
export function compatibilityWarnings(asked: readonly Compatibility[] = []): string[] {
  return asked.map((name) => {
    const { allows, danger } = allowances[name];
    return `--compat ${name} makes this client weaker than others: ${allows}; ${danger}. The log tells of each hour in which it needs that.`;
  });
}

/** Allowances that would change nothing are refused, so that what is shown is what is needed. */
export function* compatibilityFaults({ options: { compat = [] }, wire }: Asked): Generator<string> {
  const method = textOf(wire, 'token_endpoint_auth_method') ?? 'client_secret_basic';
  const scopes = textOf(wire, 'scope')?.split(' ') ?? [];
  if (compat.includes('without-pkce')) {
    if (method === 'none')
      yield '--compat without-pkce is for confidential clients only: nothing else protects the code of a public one';
    if (!scopes.includes('openid'))
      yield '--compat without-pkce rests on the nonce, so it needs --scope openid';
  }
  if (compat.includes('token-endpoint-audience') && !/^(private_key|client_secret)_jwt$/.test(method))
    yield `--compat token-endpoint-audience is about assertions, and ${method} has none`;
  if (compat.includes('unencoded-basic') && method !== 'client_secret_basic')
    yield `--compat unencoded-basic is about client_secret_basic, not ${method}`;
}
