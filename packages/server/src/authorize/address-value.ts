import { type Authority, openSealed, sealNow } from '../authority.ts';
import { hashSecret } from '../constant-time.ts';

/**
 * Tickets and codes travel in addresses, which browsers and proxies cut off somewhere. What is too large for that (rich
 * requests, long claims) is kept in the store, and a sealed reference travels in its place: the one case in which an
 * authorization request writes. In bytes of the JSON text, before sealing.
 */
const longest = { ticket: 4000, code: 1100 };

interface Reference {
  readonly kept: string;
}

/** `life` in milliseconds: how long the value can be opened. */
export async function sealForAddress(
  authority: Authority,
  purpose: keyof typeof longest,
  { content, clientId, life }: { content: object; clientId: string; life: number },
): Promise<string> {
  const text = JSON.stringify(content);
  if (Buffer.byteLength(text) <= longest[purpose]) return sealNow(authority, purpose, content);
  const secret = Buffer.from(authority.random(32)).toString('base64url');
  await authority.store.pushed.push({
    id: hashSecret(secret),
    clientId,
    content: text,
    expiresAt: authority.clock() + life,
    completedAt: null,
  });
  return sealNow(authority, purpose, { kept: secret } satisfies Reference);
}

/** The content of a value sealed by any node, or `undefined`. */
export async function openFromAddress(
  authority: Authority,
  purpose: keyof typeof longest,
  value: string,
): Promise<unknown> {
  const content = await openSealed(authority, purpose, value);
  if (!isReference(content)) return content;
  const kept = await authority.store.pushed.find(hashSecret(content.kept), authority.clock());
  return kept === null ? undefined : (JSON.parse(kept.content) as unknown);
}

function isReference(content: unknown): content is Reference {
  return typeof content === 'object' && content !== null && 'kept' in content;
}
