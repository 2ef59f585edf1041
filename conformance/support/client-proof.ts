import type { Target, TestClient } from '../targets/target.ts';
import { assertionOf, type ClientKey, carried, post } from './assertions.ts';
import { basic, type TokenAnswer } from './flow.ts';

/** What a request carries to prove who sends it. */
export interface ClientProof {
  readonly fields: Record<string, string>;
  readonly headers: Record<string, string>;
}

/** By the method the client registered; `key` for a client that has one. */
export async function proofOf(target: Target, client: TestClient, key?: ClientKey): Promise<ClientProof> {
  if (key !== undefined) {
    return { fields: carried(await assertionOf(target, { id: client.id, key })), headers: {} };
  }
  switch (client.record.authenticationMethod) {
    case 'client_secret_basic':
      return { fields: {}, headers: { authorization: basic(client.id, client.secret) } };
    case 'client_secret_post':
      return { fields: { client_id: client.id, client_secret: client.secret }, headers: {} };
    default:
      return { fields: { client_id: client.id }, headers: {} };
  }
}

/** Calls an endpoint as this client, with headers of one's own (a DPoP proof). */
export async function callBy(
  target: Target,
  { client, key }: { client: TestClient; key?: ClientKey },
  to: {
    path: string;
    fields: Readonly<Record<string, string | undefined>>;
    headers?: Readonly<Record<string, string>>;
  },
): Promise<TokenAnswer> {
  const proof = await proofOf(target, client, key);
  const sent = Object.entries(to.fields).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return post(target, to.path, {
    fields: { ...proof.fields, ...Object.fromEntries(sent) },
    headers: { ...proof.headers, ...to.headers },
  });
}
