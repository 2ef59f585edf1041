import { aClient } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { ownAddress } from './own-address.ts';

const redirectUris = ['https://app.example/cb', 'http://localhost/cb', 'com.example.app:/cb'];
const registered = aClient({ origin: 'registered', redirectUris });

test('MD-039: an address that nobody has checked is shown only at a host the client is answered at', () => {
  for (const own of ['https://app.example/about', 'https://www.app.example/', 'http://app.example/x'])
    expect(ownAddress(registered, own)).toBe(own);
  for (const other of [
    'https://bank.example/',
    'https://app.example.evil.example/',
    'https://app.example:8443/',
    'http://localhost/',
  ])
    expect(ownAddress(registered, other)).toBeNull();
  expect(ownAddress(registered, null)).toBeNull();
  expect(ownAddress(registered, undefined)).toBeNull();
});

test('MD-039: the host of a document is its client’s own, and what an operator has put in is right', () => {
  const document = aClient({ id: 'https://agent.example/c.json', origin: 'document', redirectUris });
  expect(ownAddress(document, 'https://agent.example/')).toBe('https://agent.example/');
  expect(ownAddress(document, 'https://bank.example/')).toBeNull();
  expect(ownAddress(aClient({ redirectUris }), 'https://bank.example/')).toBe('https://bank.example/');
});
