import { type Authority, type Client, type ClientSecret, newSecret } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import type { CommonOptions } from '../commands/common-options.ts';
import { instant, isoInstant } from '../terminal/instant.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { facts } from '../terminal/table.ts';
import { findClient, unknownClient } from './find-client.ts';
import { keepSecret } from './keep-secret.ts';

const week = 7 * 86_400_000;

/** `valetkey client rotate-secret` */
export async function rotateSecret(
  id: string,
  { config, json, keepOld, dropOld }: CommonOptions & { keepOld?: number; dropOld?: true },
): Promise<void> {
  const keep = dropOld ? 0 : (keepOld ?? week);
  const { secret, client, oldEnd } = await withAuthority(config, (authority) => rotate(authority, id, keep));
  if (json) return printJson({ id, secret, oldSecretsEndAt: isoInstant(oldEnd) });
  print(`Client ${id} has a new secret.\n`);
  print(
    facts([
      ['secret', secret],
      ['old secrets', oldEnd === null ? 'ended' : `good until ${instant(oldEnd)} at most`],
    ]),
  );
  printWarning(keepSecret(client));
}

/** Of two that rotate at once one meets a conflict, and tries again with what the other has left. */
async function rotate(
  authority: Authority,
  id: string,
  keep: number,
): Promise<{ secret: string; client: Client; oldEnd: number | null }> {
  for (;;) {
    const client = await findClient(authority, id);
    const method = client.authenticationMethod;
    if (!method.startsWith('client_secret')) throw hasNone(client);
    const { value: secret, record } = newSecret(authority, id, method);
    const oldEnd = keep === 0 ? null : record.createdAt + keep;
    const kept =
      oldEnd === null
        ? []
        : client.secrets.map((old) => endAt(old, oldEnd)).filter(isAlive(record.createdAt));
    const outcome = await authority.store.clients.replace({ ...client, secrets: [...kept, record] });
    if (outcome === 'replaced') return { secret, client, oldEnd: kept.length === 0 ? null : oldEnd };
    if (outcome === 'unknown') throw unknownClient(id);
  }
}

function endAt(secret: ClientSecret, end: number): ClientSecret {
  return { ...secret, expiresAt: Math.min(secret.expiresAt ?? end, end) };
}

function isAlive(now: number): (secret: ClientSecret) => boolean {
  return ({ expiresAt }) => expiresAt === null || expiresAt > now;
}

function hasNone({ id, authenticationMethod, origin }: Client): Problem {
  const isPublic = authenticationMethod === 'none';
  return new Problem({
    exitCode: exitCodes.data,
    what: `Client ${id} has no secret.`,
    why: isPublic
      ? 'It is a public client, which proves itself by nothing but its redirect URIs and PKCE.'
      : `It proves itself by ${authenticationMethod}, with keys of its own.`,
    fix:
      isPublic && origin === undefined
        ? 'Nothing is to be done; register it anew without --public if it can keep a secret.'
        : 'Nothing is to be done here: its keys are changed where it has them.',
  });
}
