import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Authority,
  createAuthority,
  hashClientSecret,
  hashPassword,
  normalizeUsername,
  timeOrderedId,
} from '@valetkey/server';
import { openSqliteStore } from '@valetkey/store-sqlite';

/** What an embedding program decides: where it is reached, where its files are. */
export interface Setting {
  readonly issuer: string;
  readonly folder: string;
}

/** An authorization server for one API, on a SQLite file, with a root key beside it. */
export async function openAuthority({ issuer, folder }: Setting): Promise<Authority> {
  return createAuthority(
    {
      issuer,
      scopes: { 'notes:read': { description: 'read your notes' } },
      resources: [{ identifier: 'https://notes.example', name: 'Notes API', scopes: ['notes:read'] }],
    },
    {
      store: await openSqliteStore({ file: join(folder, 'example.db') }),
      rootKey: readRootKey(join(folder, 'root.key')),
      clock: Date.now,
      random: randomBytes,
      emit: (event) => event.type === 'request.refused' && console.warn(event),
    },
  );
}

/** 32 bytes, made at the first start. Whoever has them and the database can act as the server: mode 0600. */
function readRootKey(file: string): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  return readFileSync(file);
}

/** A client and a person, as `valetkey client add` and `valetkey user add` make them. Adding them twice does nothing. */
export async function addPeople(
  authority: Authority,
  { redirectUri, clientSecret, password }: { redirectUri: string; clientSecret: string; password: string },
): Promise<void> {
  const now = authority.clock();
  const secret = {
    id: 's1',
    hash: hashClientSecret(authority, 'notebook', clientSecret),
    createdAt: now,
    expiresAt: null,
  };
  await authority.store.clients.add({
    id: 'notebook',
    name: 'Notebook',
    homepage: null,
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: [secret],
    redirectUris: [redirectUri],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['notes:read'],
    defaultScopes: ['notes:read'],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    version: 1,
  });
  await authority.store.users.add({
    id: timeOrderedId(now, authority.random),
    username: normalizeUsername('ada'),
    name: 'Ada Lovelace',
    passwordHash: await hashPassword(password, authority.random(16)),
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    sessionEpoch: 0,
  });
}
