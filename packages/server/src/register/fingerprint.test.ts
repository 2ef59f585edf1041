import { aClient } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { fingerprintOf } from './fingerprint.ts';

const client = aClient({ origin: 'document', redirectUris: ['https://a.example/1', 'https://a.example/2'] });

test('MD-068: redirect URIs, keys and method make a client another one; its name and their order do not', () => {
  const same = [{ name: 'Other' }, { redirectUris: client.redirectUris.toReversed() }];
  for (const over of same) expect(fingerprintOf({ ...client, ...over })).toBe(fingerprintOf(client));
  const others = [
    { redirectUris: client.redirectUris.slice(1) },
    { keys: { jwksUri: 'https://a.example/keys' } },
    { authenticationMethod: 'none' as const },
  ];
  for (const over of others) expect(fingerprintOf({ ...client, ...over })).not.toBe(fingerprintOf(client));
});
