import { OAuthError, type Pair, Parameters, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { hashSecret } from '../constant-time.ts';
import type { Submission } from './submitted-request.ts';

/** RFC 9126 §2.2. */
const prefix = 'urn:ietf:params:oauth:request_uri:';

/** What is kept of a pushed request: its parameters as they came, or as they stood in its signed object. */
interface Content {
  readonly pairs: readonly Pair[];
  readonly signed?: true;
  /** It can be brought to the authorization endpoint until then; the record lives on while the person signs in. */
  readonly until: number;
}

export function isPushedUri(uri: string): boolean {
  return uri.startsWith(prefix);
}

/** Keeps a request that has been found good. One write. `expiresIn` in seconds. */
export async function keepPushed(
  authority: Authority,
  clientId: string,
  { parameters, signed }: Submission,
): Promise<{ requestUri: string; expiresIn: number }> {
  const secret = Buffer.from(authority.random(32)).toString('base64url');
  const expiresIn = authority.config.requests.pushedLifetime;
  const until = authority.clock() + expiresIn * 1000;
  const content: Content = { pairs: parameters.pairs(), until, ...(signed === undefined ? {} : { signed }) };
  await authority.store.pushed.push({
    id: hashSecret(secret),
    clientId,
    content: JSON.stringify(content),
    // Brought at the last moment, it lives through the page to sign in at and the page to consent at.
    expiresAt: until + 2 * authority.config.lifetimes.interaction * 1000,
    completedAt: null,
  });
  return { requestUri: prefix + secret, expiresIn };
}

/** RFC 9126 §4: with the client that pushed it, and nothing else beside it. Throws `invalid_request_uri`. */
export async function openPushed(
  authority: Authority,
  uri: string,
  clientId: string | undefined,
): Promise<Submission> {
  const id = hashSecret(uri.slice(prefix.length));
  const now = authority.clock();
  const pushed = await authority.store.pushed.find(id, now);
  const content = pushed === null ? undefined : (JSON.parse(pushed.content) as Content);
  if (content !== undefined && content.until > now && pushed?.clientId === clientId) {
    const { pairs, signed } = content;
    return { parameters: Parameters.of(pairs), pushedId: id, ...(signed === undefined ? {} : { signed }) };
  }
  throw new OAuthError(
    'invalid_request_uri',
    'The request that the app sent ahead has expired, has been used, or is not its own.',
    {
      field: 'request_uri',
      expected: 'a living pushed request of this client',
      got:
        pushed?.clientId === clientId || pushed === null
          ? 'none'
          : `one of another client than ${shown(clientId)}`,
      requirement: 'AZ-125',
    },
  );
}

/**
 * It ends when its authorization is complete, and not by being looked at: a reload does no harm (RFC 9126 §7.3). Throws
 * `PushedRequestUsed`.
 */
export async function completePushed(authority: Authority, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  if ((await authority.store.pushed.complete(id, authority.clock())) === 'completed') return;
  throw new PushedRequestUsed();
}

/** Stays a page although the recipient is proven: it has had its answer. */
export class PushedRequestUsed extends OAuthError {
  constructor() {
    super('invalid_request_uri', 'The request that the app sent ahead has been used.', {
      field: 'request_uri',
      expected: 'a pushed request that has not been answered',
      got: 'one that has been',
      requirement: 'AZ-126',
    });
  }
}
