import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** The app and the person of the examples. Fixed, so that they can be tried out: good on this machine only. */
export const notebook = {
  id: 'notebook',
  secret: 'only-for-this-example',
  redirectUri: 'http://localhost:9002/callback',
};
export const ada = { username: 'ada', password: 'correct horse battery staple' };

/**
 * An authorization server for one API, on a SQLite file with the root key beside it. The first start makes both, and
 * the client and the person.
 */
export async function openAuthority({ issuer, folder }: Setting): Promise<Authority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = createAuthority(
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
  const { clients, users } = authority.store;
  if ((await clients.find(notebook.id)) === null) await addNotebook(authority);
  if ((await users.findByUsername(normalizeUsername(ada.username))) === null) await addAda(authority);
  return authority;
}

/** 32 bytes, made at the first start. Whoever has them and the database can act as the server: mode 0600. */
function readRootKey(file: string): Buffer {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' });
  return readFileSync(file);
}

/** A client, as `valetkey client add` makes it. */
async function addNotebook(authority: Authority): Promise<void> {
  const now = authority.clock();
  const hash = hashClientSecret(authority, notebook.id, notebook.secret);
  await authority.store.clients.add({
    id: notebook.id,
    name: 'Notebook',
    homepage: null,
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: [{ id: 's1', hash, createdAt: now, expiresAt: null }],
    redirectUris: [notebook.redirectUri],
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
}

/** A person, as `valetkey user add` makes her. */
async function addAda(authority: Authority): Promise<void> {
  const now = authority.clock();
  await authority.store.users.add({
    id: timeOrderedId(now, authority.random),
    username: normalizeUsername(ada.username),
    name: 'Ada Lovelace',
    passwordHash: await hashPassword(ada.password, authority.random(16)),
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    sessionEpoch: 0,
  });
}
