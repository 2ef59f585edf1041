import { callAs, type TokenAnswer } from '../support/flow.ts';
import type { TestClient } from '../targets/target.ts';
import type { Call, Operation, Tokens } from './history.ts';
import type { Node } from './node.ts';
import type { Act } from './program.ts';
import type { Beginning, Cast } from './world.ts';

export type Held = Operation & { readonly tokens: Tokens };

/** Operations that gave tokens, the newest refresh token first. */
export function heldIn(operations: readonly Operation[]): Held[] {
  return operations
    .filter((operation): operation is Held => operation.tokens !== undefined)
    .toSorted((a, b) => b.tokens.generation - a.tokens.generation || b.id - a.id);
}

const wrongExchanges = [
  'wrong-verifier',
  'no-verifier',
  'wrong-redirect-uri',
  'other-client',
  'wrong-secret',
] as const;
const wrongRefreshes = ['other-client', 'wider', 'wrong-secret'] as const;
const wrongRevocations = ['other-client', 'wrong-secret'] as const;

/** The call an act stands for, with the tokens the client holds now; `undefined` where it holds none yet. */
export function callFor({ act, pick }: Act, held: readonly Held[]): Call | undefined {
  if (act === 'exchange') return { kind: 'exchange', how: 'right' };
  if (act === 'exchange wrongly') return { kind: 'exchange', how: oneOf(wrongExchanges, pick) };
  const [newest] = held;
  if (newest === undefined) return isEvent(act) ? { kind: 'event', event: act } : undefined;
  const { id: of } = oneOf(held, pick);
  const { generation } = newest.tokens;
  const older = (by: number) => Math.max(0, generation - by);
  switch (act) {
    case 'refresh':
      return { kind: 'refresh', generation, how: 'right' };
    case 'refresh narrowly':
      return { kind: 'refresh', generation, how: 'narrower' };
    case 'refresh wrongly':
      return { kind: 'refresh', generation: older(pick % 2), how: oneOf(wrongRefreshes, pick) };
    case 'refresh with a replaced token':
      return { kind: 'refresh', generation: older(1 + (pick >> 2)), how: 'right' };
    case 'revoke':
      return { kind: 'revoke', generation: older(pick % 2), how: 'right' };
    case 'revoke wrongly':
      return pick % 2 === 0
        ? { kind: 'revoke', generation, how: oneOf(wrongRevocations, pick >> 1) }
        : { kind: 'revoke-access', of, how: oneOf(wrongRevocations, pick >> 1) };
    case 'revoke access':
      return { kind: 'revoke-access', of, how: 'right' };
    case 'introspect':
      return { kind: 'introspect', of };
    case 'introspect refresh token':
      return { kind: 'introspect-refresh', generation: older(pick % 2) };
    default:
      return { kind: 'event', event: act };
  }
}

type EventAct = Extract<Act['act'], Extract<Call, { kind: 'event' }>['event']>;

function isEvent(act: Act['act']): act is EventAct {
  return act.includes('-');
}

function oneOf<T>(things: readonly T[], pick: number): T {
  const thing = things[pick % things.length];
  if (thing === undefined) throw new Error('There is nothing to choose from.');
  return thing;
}

/** What the calls are made with. */
export interface Means {
  readonly node: Node;
  readonly cast: Cast;
  readonly beginning: Beginning;
  readonly held: readonly Held[];
}

export function ask(call: Exclude<Call, { kind: 'event' }>, means: Means): Promise<TokenAnswer> {
  const { node, cast, beginning, held } = means;
  const refreshToken = (generation: number) =>
    held.find(({ tokens }) => tokens.generation === generation)?.tokens.refreshToken;
  const accessToken = (of: number) => held.find(({ id }) => id === of)?.tokens.accessToken;
  switch (call.kind) {
    case 'exchange':
      return callAs(node, callerOf(cast, call.how), '/token', exchangeFields(beginning, call.how));
    case 'refresh':
      return callAs(node, callerOf(cast, call.how), '/token', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken(call.generation),
        ...(call.how === 'narrower' ? { scope: 'photos:read' } : {}),
        ...(call.how === 'wider' ? { scope: 'photos:read photos:delete' } : {}),
      });
    case 'revoke':
      return callAs(node, callerOf(cast, call.how), '/revoke', { token: refreshToken(call.generation) });
    case 'revoke-access':
      return callAs(node, callerOf(cast, call.how), '/revoke', { token: accessToken(call.of) });
    case 'introspect':
      return callAs(node, cast.api, '/introspect', { token: accessToken(call.of) });
    case 'introspect-refresh':
      return callAs(node, cast.client, '/introspect', { token: refreshToken(call.generation) });
  }
}

function exchangeFields(
  { code, verifier, redirectUri }: Beginning,
  how: string,
): Record<string, string | undefined> {
  const wrong = {
    'wrong-verifier': { code_verifier: 'x'.repeat(43) },
    'no-verifier': { code_verifier: undefined },
    'wrong-redirect-uri': { redirect_uri: `${redirectUri}/` },
  }[how];
  return {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...wrong,
  };
}

function callerOf({ client, other }: Cast, how: string): TestClient {
  if (how === 'other-client') return other;
  if (how !== 'wrong-secret') return client;
  // A public client has no secret to be wrong: whatever it sends as one is refused.
  return {
    ...client,
    secret: 'wrong',
    record: { ...client.record, authenticationMethod: 'client_secret_basic' },
  };
}
