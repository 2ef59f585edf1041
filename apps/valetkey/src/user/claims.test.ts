import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedProfile, claimFaults, readTypedClaim } from './claims.ts';

test.each([
  ['email=ada@example.com', ['email', 'ada@example.com']],
  ['email_verified=true', ['email_verified', true]],
  ['updated_at=1700000000', ['updated_at', 1_700_000_000]],
  ['address={"locality":"London"}', ['address', { locality: 'London' }]],
  ['nickname=true', ['nickname', 'true']],
  ['phone_number=null', ['phone_number', null]],
  ['website=https://a.example/?x=1', ['website', 'https://a.example/?x=1']],
  ['email', undefined],
  ['=x', undefined],
])('%s is read as %j', (typed, claim) => {
  expect(readTypedClaim(typed)).toEqual(claim);
});

test.each([
  ['sub', 'somebody'],
  ['shoe_size', '43'],
  ['name', null],
  ['name', 'x'.repeat(101)],
  ['email', 'ada'],
  ['email', ''],
  ['email_verified', 'yes'],
  ['updated_at', 1.5],
  ['updated_at', '1700000000'],
  ['picture', 'javascript:alert(1)'],
  ['birthdate', '10.12.1815'],
  ['zoneinfo', 'Europe/Nowhere'],
  ['locale', 'english!'],
  ['address', 'London'],
  ['address', { planet: 'Earth' }],
  ['address', { locality: 1 }],
  ['nickname', 'a\u001b[2J'],
  ['given_name', ['Ada']],
])('%s may not be %j', (name, value) => {
  expect([...claimFaults({ [name]: value })]).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
});

test('all standard claims are taken in their types', () => {
  const claims = {
    ...{ name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace', middle_name: 'King' },
    ...{ nickname: 'Ada', preferred_username: 'ada', profile: 'https://a.example/', gender: 'female' },
    ...{ picture: 'https://a.example/ada.png', website: 'http://a.example', email: 'ada@a.example' },
    ...{ email_verified: false, birthdate: '1815-12-10', zoneinfo: 'Europe/London', locale: 'en-GB' },
    ...{ phone_number: '+44 20 1234', phone_number_verified: true, updated_at: 0 },
    address: { formatted: '12 St James\nLondon', country: 'GB' },
  };
  expect([...claimFaults(claims)]).toEqual([]);
});

test('whatever a file holds, it is refused or taken, never an exception', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
      expect([...claimFaults(claims)].every((fault) => fault !== '')).toBe(true);
    }),
  );
});

test('claims that are not named stay, null takes one away, and the time of the change is told', () => {
  const before = { email: 'ada@a.example', phone_number: '+44', updated_at: 1 };
  const after = changedProfile(before, { phone_number: null, nickname: 'Ada', name: 'Ada' }, 5_000);
  expect(after).toEqual({ email: 'ada@a.example', nickname: 'Ada', updated_at: 5 });
  expect(changedProfile(undefined, { updated_at: 3 }, 5_000)).toEqual({ updated_at: 3 });
});
