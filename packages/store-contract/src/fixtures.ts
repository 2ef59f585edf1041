import type { Client, Consent, Grant, PushedRequest, Session, StoredKey, User } from '@valetkey/server';

/** Noon of 25 November 2026: the clock of the fixtures. */
export const noon = Date.UTC(2026, 10, 25, 12);

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** An id that nothing else in the run bears. */
export function freshId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}

export function aClient(over: Partial<Client> = {}): Client {
  return {
    id: freshId('client'),
    name: 'Print Shop',
    homepage: 'https://print.example/',
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: [{ id: 's1', hash: 'a'.repeat(43), createdAt: noon, expiresAt: null }],
    redirectUris: ['https://print.example/callback'],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['openid', 'photos.read'],
    defaultScopes: ['photos.read'],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: noon,
    disabledAt: null,
    grantEpoch: 0,
    version: 1,
    ...over,
  };
}

export function aUser(over: Partial<User> = {}): User {
  const id = over.id ?? freshId('user');
  return {
    id,
    username: `ada.${id}`.toLowerCase(),
    name: 'Ada Lovelace',
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA',
    createdAt: noon,
    disabledAt: null,
    grantEpoch: 0,
    sessionEpoch: 0,
    ...over,
  };
}

export function aSession(over: Partial<Session> = {}): Session {
  return {
    id: freshId('session'),
    secretHash: 'b'.repeat(43),
    userId: freshId('user'),
    sessionEpoch: 0,
    authenticatedAt: noon,
    amr: ['pwd'],
    openedAt: noon,
    endsAt: noon + 12 * hour,
    endedAt: null,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/147.0',
    address: '192.0.2.7',
    ...over,
  };
}

/** Not recorded yet: `version` 0. */
export function aConsent(over: Partial<Consent> = {}): Consent {
  return {
    userId: freshId('user'),
    clientId: freshId('client'),
    scopes: ['openid', 'photos.read'],
    resources: ['https://photos.example/'],
    firstGrantedAt: noon,
    decidedAt: noon,
    lastUsedAt: null,
    withdrawnAt: null,
    epoch: 0,
    version: 0,
    ...over,
  };
}

export function aGrant(over: Partial<Grant> = {}): Grant {
  return {
    id: freshId('grant'),
    clientId: freshId('client'),
    userId: freshId('user'),
    sessionId: freshId('session'),
    endsWithSession: false,
    scopes: ['openid', 'photos.read', 'offline_access'],
    resources: ['https://photos.example/'],
    authenticatedAt: noon - minute,
    amr: ['pwd', 'otp'],
    userEpoch: 0,
    clientEpoch: 0,
    consentEpoch: 0,
    generation: 0,
    openedAt: noon,
    advancedAt: noon,
    lastUsedAt: noon,
    expiresAt: noon + 30 * day,
    endsAt: noon + 365 * day,
    accessEpoch: 0,
    revokedAt: null,
    revokedWhy: null,
    sweepAt: noon + 366 * day,
    ...over,
  };
}

export function aKey(over: Partial<StoredKey> = {}): StoredKey {
  return {
    purpose: 'sign',
    algorithm: freshId('ES256'),
    slot: 1,
    id: freshId('key'),
    createdAt: noon,
    activeFrom: noon + hour,
    revokedAt: null,
    publicJwk: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
    sealedPrivate: 'vks1_c2VhbGVk',
    ...over,
  };
}

export function aPushedRequest(over: Partial<PushedRequest> = {}): PushedRequest {
  return {
    id: freshId('request'),
    clientId: freshId('client'),
    content: '{"response_type":"code","scope":"openid photos.read"}',
    expiresAt: noon + minute,
    completedAt: null,
    ...over,
  };
}
