import { expect, test } from 'vitest';
import { audienceOf } from './audience.ts';
import { readConfig } from './config.ts';

const described = { description: 'do something' };
const config = readConfig({
  issuer: 'https://auth.example',
  scopes: { read: described, write: described, mail: described, profile: described },
  resources: [
    { identifier: 'https://photos.example', name: 'Photos', scopes: ['read', 'write'] },
    { identifier: 'https://mail.example', name: 'Mail', scopes: ['mail', 'read'] },
  ],
});

test.each([
  [['write'], 'https://photos.example'],
  [['read', 'write'], 'https://photos.example'],
  [['read', 'mail'], 'https://mail.example'],
  [['write', 'profile'], 'https://photos.example'],
  [['profile'], 'https://photos.example'],
])('TN-024: scopes %j are for %s', (scopes, resource) => {
  expect(audienceOf(config, scopes)).toEqual([resource]);
});

test.each([[['write', 'mail']], [['read']]])(
  'TN-025: scopes %j could mean more than one resource',
  (scopes) => {
    expect(() => audienceOf(config, scopes)).toThrow(expect.objectContaining({ code: 'invalid_scope' }));
  },
);
