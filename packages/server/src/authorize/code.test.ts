import { randomBytes } from 'node:crypto';
import { aClient, aConsent, aSession, aUser, noon } from '@valetkey/store-contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aStage, photos } from '../authority.fixture.ts';
import { type Authority, sealNow } from '../authority.ts';
import { timeOrderedId } from '../ids.ts';
import type { Client, Session, User } from '../model.ts';
import { issueCode, openCode } from './code.ts';
import type { PendingRequest } from './request.ts';

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const request: PendingRequest = {
  clientId: 'print-shop',
  redirectUri: 'https://print.example/callback',
  redirectUriSent: true,
  state: 'xyz',
  scopes: ['photos.read'],
  resources: [photos],
  codeChallenge: challenge,
  prompt: [],
};

interface Ground {
  readonly client?: Partial<Client>;
  readonly user?: Partial<User>;
  readonly session?: Partial<Session>;
  readonly consentEpoch?: number;
}

function issue(
  authority: Authority,
  asked: Partial<PendingRequest> = {},
  ground: Ground = {},
): Promise<string> {
  const user = aUser(ground.user);
  const session = aSession({ userId: user.id, ...ground.session });
  return issueCode(
    authority,
    { ...request, ...asked },
    {
      client: aClient(ground.client),
      visitor: {
        user,
        session,
        consent: ground.consentEpoch === undefined ? null : aConsent({ epoch: ground.consentEpoch }),
        renewedCookie: null,
      },
    },
  );
}

test('AZ-084: all that a code is bound to comes back when it is opened', async () => {
  const { authority } = aStage();
  const word = fc.stringMatching(/^[!#-[\]-~]{1,30}$/);
  const words = fc.array(word, { maxLength: 4 });
  const asked = fc.record({
    clientId: fc.string(),
    redirectUri: fc.string(),
    redirectUriSent: fc.boolean(),
    scopes: words,
    resources: words,
    codeChallenge: fc.string(),
  });
  const more = fc.record(
    {
      nonce: fc.string(),
      claims: fc.constant({ id_token: { email: null } }),
      authorizationDetails: fc.constant([{ type: 'payment' }]),
      dpopJkt: fc.string(),
    },
    { requiredKeys: [] },
  );
  const epoch = fc.nat();
  const amr = fc.array(word, { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      asked,
      more,
      epoch,
      fc.nat(),
      amr,
      async (wanted, facts, userEpoch, authenticatedAt, methods) => {
        const user = { id: 'ada', grantEpoch: userEpoch };
        const session = { id: 's', authenticatedAt, amr: methods };
        const code = await issue(
          authority,
          { ...wanted, ...facts },
          {
            user,
            session,
            client: { grantEpoch: 7 },
            consentEpoch: 9,
          },
        );
        expect(await openCode(authority, code)).toEqual({
          ...wanted,
          grantId: expect.stringMatching(/^[A-Za-z0-9_-]{30}$/),
          userId: 'ada',
          sessionId: 's',
          authenticatedAt,
          amr: methods,
          userEpoch,
          clientEpoch: 7,
          consentEpoch: 9,
          issuedAt: noon,
          more: facts,
        });
      },
    ),
  );
});

test('AZ-083, TN-029: no two codes are equal, not even of the same request in the same millisecond', async () => {
  const { authority } = aStage();
  const codes = await Promise.all(Array.from({ length: 200 }, () => issue(authority)));
  expect(new Set(codes).size).toBe(200);
  expect(new Set(codes.map((code) => code.slice(0, 27))).size).toBe(200);
  const opened = await Promise.all(codes.map((code) => openCode(authority, code)));
  expect(new Set(opened.map((code) => code?.grantId)).size).toBe(200);
  for (const code of codes) expect(code).toMatch(/^vkc1_[A-Za-z0-9_-]+$/);
});

test('AZ-045: neither challenge nor any other fact can be read off the code', async () => {
  const { authority } = aStage();
  const code = await issue(authority);
  const bytes = Buffer.from(code.slice(11), 'base64url').toString('latin1');
  for (const fact of [challenge, request.clientId, request.redirectUri, photos]) {
    expect(code).not.toContain(fact);
    expect(bytes).not.toContain(fact);
  }
});

test('TN-014: what was sealed for another purpose is no code', async () => {
  const { authority } = aStage();
  for (const purpose of ['refreshToken', 'accessToken', 'ticket', 'session'] as const) {
    const value = await sealNow(authority, purpose, ['x']);
    expect(await openCode(authority, value)).toBeUndefined();
    expect(await openCode(authority, `vkc1_${value.slice(5)}`)).toBeUndefined();
  }
  for (const value of ['', 'vkc1_', 'SplxlOBeZQQYbYS6WxSbIA', '__proto__']) {
    expect(await openCode(authority, value)).toBeUndefined();
  }
});

/** Ids as the server makes them. */
const ids = {
  user: { id: timeOrderedId(noon, randomBytes) },
  session: { id: timeOrderedId(noon, randomBytes) },
};

test('a code is a few hundred characters long, and what would make it too long stays behind: it fits into every URL', async () => {
  const { authority } = aStage();
  const lengths = {
    ordinary: (await issue(authority, {}, ids)).length,
    'six scopes, a client id of 36, a nonce of 43': (
      await issue(
        authority,
        {
          clientId: '2f1c8e3a-6a0b-4e53-9d0c-0f7f3a1b2c3d',
          scopes: ['openid', 'profile', 'email', 'photos.read', 'photos.write', 'offline_access'],
          nonce: 'n'.repeat(43),
        },
        ids,
      )
    ).length,
    'a redirect URI of 500': (await issue(authority, { redirectUri: uriOf(500) }, ids)).length,
    'a redirect URI of 2000': (await issue(authority, { redirectUri: uriOf(2000) }, ids)).length,
  };
  expect(lengths).toMatchInlineSnapshot(`
    {
      "a redirect URI of 2000": 121,
      "a redirect URI of 500": 1043,
      "ordinary": 417,
      "six scopes, a client id of 36, a nonce of 43": 587,
    }
  `);
  expect(lengths.ordinary).toBeLessThan(500);
});

function uriOf(length: number): string {
  return 'https://print.example/callback/'.padEnd(length, 'x');
}

test('AZ-037: the same challenge in two transactions of a client is told to the operator', async () => {
  const { authority, events } = aStage();
  const flagged = () => events.filter(({ type }) => type === 'challenge.repeated').length;
  await issue(authority, { state: 'one' });
  // The same page, answered again.
  await issue(authority, { state: 'one' });
  await issue(authority, { state: 'two', clientId: 'other' });
  expect(flagged()).toBe(0);
  await issue(authority, { state: 'two' });
  expect(flagged()).toBe(1);
  expect(events.find(({ type }) => type === 'challenge.repeated')).toEqual({
    type: 'challenge.repeated',
    at: noon,
    clientId: request.clientId,
  });
});

test('AZ-037: without state each code is a transaction of its own', async () => {
  const { authority, events } = aStage();
  const { state: _, ...stateless } = request;
  const ground = {
    client: aClient(),
    visitor: { user: aUser(), session: aSession(), consent: null, renewedCookie: null },
  };
  await issueCode(authority, stateless, ground);
  await issueCode(authority, stateless, ground);
  expect(events.filter(({ type }) => type === 'challenge.repeated')).toHaveLength(1);
});
