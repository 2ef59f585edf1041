import { expect } from 'vitest';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { addKeyClient, type ClientKey, newKey } from './assertions.ts';
import { Browser } from './browser.ts';
import { callBy } from './client-proof.ts';
import { dpopProof } from './dpop-proof.ts';
import { type TokenAnswer, walk } from './flow.ts';
import { push, pushedUrl } from './pushed-request.ts';
import { requestOf } from './request-object.ts';

/** A client as FAPI 2.0 wants it: it proves itself by a key, and its tokens are bound to another one. */
export interface FapiClient {
  readonly client: TestClient;
  readonly key: ClientKey;
  readonly dpopKey: ClientKey;
}

export async function addFapiClient(
  target: Target,
  over: Partial<TestClient['record']> = {},
  { key = newKey('ES256'), dpopKey = newKey('ES256') }: { key?: ClientKey; dpopKey?: ClientKey } = {},
): Promise<FapiClient> {
  const scopes = ['openid', 'email', 'photos:read', 'photos:write'];
  return { client: await addKeyClient(target, [key], { scopes, ...over }), key, dpopKey };
}

/** A request that was pushed: where the browser goes with it, and what its code will need. */
export async function pushFor(target: Target, by: FapiClient, over: Record<string, string | undefined> = {}) {
  const { parameters, verifier, state } = requestOf(target, by.client, {
    scope: 'openid photos:read',
    ...over,
  });
  const answer = await push(target, by, parameters, {
    dpop: await dpopProof(target, by.dpopKey, { path: '/par' }),
  });
  return { answer, url: pushedUrl(target, by.client, answer), verifier, state };
}

export interface FapiCode {
  readonly code: string;
  readonly verifier: string;
}

/** A code for this client and person, by a pushed request. */
export async function codeFor(
  target: Target,
  by: FapiClient,
  { user, over = {} }: { user?: TestUser; over?: Record<string, string | undefined> } = {},
): Promise<FapiCode> {
  const { url, verifier } = await pushFor(target, by, over);
  const left = await walk(new Browser(target.fetch), url, user ?? (await target.addUser()));
  return { code: left.searchParams.get('code') ?? expect.unreachable(`${left}`), verifier };
}

/** Redeems it, with a proof by the DPoP key or with the headers that are given. */
export async function redeemFor(
  target: Target,
  by: FapiClient,
  { code, verifier }: FapiCode,
  headers?: Record<string, string>,
): Promise<TokenAnswer> {
  const fields = {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: by.client.redirectUri,
  };
  return callBy(target, by, { path: '/token', fields, headers: headers ?? (await proofHeader(target, by)) });
}

export async function refreshFor(
  target: Target,
  by: FapiClient,
  refreshToken: unknown,
  over: Record<string, string | undefined> = {},
): Promise<TokenAnswer> {
  const fields = { grant_type: 'refresh_token', refresh_token: String(refreshToken), ...over };
  return callBy(target, by, { path: '/token', fields, headers: await proofHeader(target, by) });
}

async function proofHeader(target: Target, { dpopKey }: FapiClient): Promise<Record<string, string>> {
  return { dpop: await dpopProof(target, dpopKey, { path: '/token' }) };
}

/** Asks for the person behind a bound token. */
export async function userinfoFor(target: Target, by: FapiClient, accessToken: unknown): Promise<Response> {
  const dpop = await dpopProof(target, by.dpopKey, { path: '/userinfo', method: 'GET', accessToken });
  const headers = { authorization: `DPoP ${accessToken}`, dpop };
  return target.fetch(new Request(`${target.issuer}/userinfo`, { headers }));
}
