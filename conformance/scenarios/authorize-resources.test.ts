import { ConfigError, readConfig } from '@valetkey/server';
import { expect, test } from 'vitest';
import { ask, expectRedirectError } from '../support/authorize.ts';
import { authorizeUrl, introspect, obtainCode, redeem } from '../support/flow.ts';
import { inProcess, photosApi, testConfig } from '../targets/in-process.ts';

const notesApi = 'https://notes.example/api';
const twoResources = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'notes:read': { description: 'read your notes' },
    profile: { description: 'see your name' },
  },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read'] },
    { identifier: notesApi, name: 'Notes API', scopes: ['notes:read'] },
  ],
};

test('TN-025: scopes of two resources in one request are refused, those of one are not', async () => {
  const target = await inProcess({ config: twoResources });
  const client = await target.addClient({ scopes: Object.keys(twoResources.scopes) });
  const user = await target.addUser();
  const { url, state } = authorizeUrl(target, client, { scope: 'photos:read notes:read' });
  expectRedirectError(await ask(target, url), 'invalid_scope', { target, client, state });
  const served = [
    ['photos:read profile', photosApi],
    ['notes:read profile', notesApi],
  ] as const;
  for (const [scope, resource] of served) {
    const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [resource] });
    const { body } = await redeem(target, client, await obtainCode(target, client, user, { scope }));
    const told = await introspect(target, api, body.access_token);
    expect(told).toMatchObject({ active: true, aud: resource, scope });
  }
  await target.stop();
});

test('TN-026: a configuration in which two audiences could be taken for one another is refused, with all faults', () => {
  const faultsOf = (identifiers: readonly string[]): readonly string[] => {
    const resources = identifiers.map((identifier) => ({ identifier, name: 'API', scopes: ['photos:read'] }));
    try {
      readConfig(testConfig({ resources }));
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
      throw error;
    }
  };
  expect(faultsOf([photosApi, notesApi])).toEqual([]);
  expect(faultsOf([photosApi, photosApi])).toHaveLength(1);
  expect(faultsOf(['https://auth.example'])).toHaveLength(1);
  expect(faultsOf(['https://auth.example', photosApi, photosApi])).toHaveLength(2);
  for (const malformed of [`${photosApi}#part`, 'photos', '', `${photosApi} x`])
    expect([malformed, faultsOf([malformed]).length]).toEqual([malformed, 1]);
});

test('SB-017: a client that bears the id of a person is never taken for her', async () => {
  const target = await inProcess();
  const [ada, eve] = [await target.addUser(), await target.addUser()];
  const impostor = await target.addClient({ id: ada.id });
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const { body } = await redeem(target, impostor, await obtainCode(target, impostor, eve));
  const told = await introspect(target, api, body.access_token);
  expect(told).toMatchObject({ active: true, sub: eve.id, client_id: ada.id });
  const [, payload = ''] = String(body.access_token).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(claims).toMatchObject({ sub: eve.id, client_id: ada.id });
  await target.stop();
});
