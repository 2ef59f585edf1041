import { expect } from 'vitest';
import type { Target, TestClient } from '../targets/target.ts';
import type { ClientKey } from './assertions.ts';
import { callBy } from './client-proof.ts';
import type { TokenAnswer } from './flow.ts';

/** Pushes a request as this client (RFC 9126 §2.1). */
export function push(
  target: Target,
  by: { client: TestClient; key?: ClientKey },
  fields: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  return callBy(target, by, { path: '/par', fields, headers });
}

/** The address to send the browser to, of a request that was taken. */
export function pushedUrl(
  target: Target,
  client: Pick<TestClient, 'id'>,
  { status, body }: TokenAnswer,
  over: Record<string, string> = {},
): string {
  expect([status, body.error_description]).toEqual([201, undefined]);
  const query = { client_id: client.id, request_uri: String(body.request_uri), ...over };
  return `${target.issuer}/authorize?${new URLSearchParams(query)}`;
}
