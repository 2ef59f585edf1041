import { aClient, aConsent, aGrant, aSession, aUser, noon } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { grantFault } from './standing.ts';

const grant = aGrant({ userEpoch: 3, clientEpoch: 4, consentEpoch: 5, endsWithSession: true });
const user = aUser({ grantEpoch: 3, sessionEpoch: 1 });
const session = aSession({ userId: user.id, sessionEpoch: 1 });
const ground = {
  user,
  session,
  client: aClient({ grantEpoch: 4 }),
  consent: aConsent({ epoch: 5 }),
};

test('a grant lives while all it rests on stands', () => {
  expect(grantFault(grant, ground, noon)).toBeUndefined();
});

test.each([
  [
    'revoked',
    { ...grant, revokedAt: noon, revokedWhy: 'code_replayed' as const },
    ground,
    /revoked \(code_replayed\)/,
  ],
  ['user gone', grant, { ...ground, user: null }, /account/],
  ['user disabled', grant, { ...ground, user: { ...user, disabledAt: noon } }, /account/],
  ['user ended everything', grant, { ...ground, user: { ...user, grantEpoch: 4 } }, /person/],
  ['client gone', grant, { ...ground, client: null }, /client/],
  ['client disabled', grant, { ...ground, client: aClient({ grantEpoch: 4, disabledAt: noon }) }, /client/],
  ['client ended everything', grant, { ...ground, client: aClient({ grantEpoch: 5 }) }, /client/],
  ['consent withdrawn', grant, { ...ground, consent: aConsent({ epoch: 6 }) }, /consent/],
  ['consent never recorded', grant, { ...ground, consent: null }, /consent/],
  ['session ended', grant, { ...ground, session: { ...session, endedAt: noon } }, /session/],
  ['session over', grant, { ...ground, session: { ...session, endsAt: noon } }, /session/],
  ['signed out everywhere', grant, { ...ground, user: { ...user, sessionEpoch: 2 } }, /session/],
  ['session of somebody else', grant, { ...ground, session: { ...session, userId: 'other' } }, /session/],
  ['session unknown', grant, { ...ground, session: null }, /session/],
] as const)('IR-006: %s, and the grant is dead', (_, of, on, why) => {
  expect(grantFault(of, on, noon)).toMatch(why);
});

test('a grant that does not end with the session outlives it', () => {
  expect(
    grantFault({ ...grant, endsWithSession: false }, { ...ground, session: null }, noon),
  ).toBeUndefined();
});
