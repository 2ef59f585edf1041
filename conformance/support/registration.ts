import { expect } from 'vitest';
import type { Target, TestClient } from '../targets/target.ts';

export interface RegistrationAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** What a confidential web client of the code grant sends. */
export const printShop = {
  client_name: 'Print Shop',
  redirect_uris: ['https://print.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
};

interface Sent {
  readonly method?: string;
  /** Bearer token. */
  readonly token?: string | undefined;
  /** Sent as it is, if a text. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One request to an address of registration. */
export async function callRegistration(target: Target, url: string, sent: Sent): Promise<RegistrationAnswer> {
  const { method = 'POST', token, body, headers = {} } = sent;
  const response = await target.fetch(
    new Request(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} };
}

export function register(target: Target, metadata: unknown, sent: Sent = {}): Promise<RegistrationAnswer> {
  return callRegistration(target, `${target.issuer}/register`, { body: metadata, ...sent });
}

/** One that has to succeed. */
export async function registered(
  target: Target,
  metadata: Record<string, unknown> = printShop,
): Promise<Record<string, unknown>> {
  const { status, body } = await register(target, metadata);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

/** A call to the address that a registration answer gives, with its token. */
export function manage(
  target: Target,
  registration: Record<string, unknown>,
  sent: Sent & { method: string },
): Promise<RegistrationAnswer> {
  const token = String(registration.registration_access_token);
  return callRegistration(target, String(registration.registration_client_uri), { token, ...sent });
}

/** What a registration may be replaced by: all of it, without what the server alone chooses. */
export function replaceable(registration: Record<string, unknown>): Record<string, unknown> {
  const chosen = [
    'registration_access_token',
    'registration_client_uri',
    'client_secret_expires_at',
    'client_id_issued_at',
  ];
  return Object.fromEntries(Object.entries(registration).filter(([name]) => !chosen.includes(name)));
}

/** The client behind a registration answer, as the other scenarios know clients. */
export async function clientOf(target: Target, registration: Record<string, unknown>): Promise<TestClient> {
  const id = String(registration.client_id);
  const record = await target.store.clients.find(id);
  if (record === null) return expect.unreachable(`There is no client ${id}.`);
  const secret = String(registration.client_secret ?? '');
  return { id, secret, redirectUri: record.redirectUris[0] ?? '', record };
}
