import { aClient, aConsent, aSession, aUser, noon } from '@valetkey/store-contract';
import { describe, expect, test } from 'vitest';
import type { Client, Consent } from '../model.ts';
import { canonicalDetail } from '../rich/canonical-detail.ts';
import type { Visitor } from '../session.ts';
import { decide, newScopes } from './decide.ts';
import type { PendingRequest } from './request.ts';

const request: PendingRequest = {
  clientId: 'shop',
  redirectUri: 'https://shop.example/cb',
  redirectUriSent: true,
  scopes: ['read', 'write'],
  resources: ['https://api.example'],
  codeChallenge: 'x',
  prompt: [],
};
const remembered = aConsent({
  scopes: ['read', 'write'],
  resources: ['https://api.example'],
  decidedAt: noon,
});

function visitor(consent: Consent | null): Visitor {
  return { user: aUser(), session: aSession(), consent, renewedCookie: null };
}

interface Facts {
  readonly prompt?: PendingRequest['prompt'];
  readonly signedIn?: boolean;
  readonly consent?: Consent | null;
  readonly client?: Partial<Client>;
  readonly redirectUri?: string;
  readonly consented?: boolean;
  readonly request?: Partial<PendingRequest>;
  readonly known?: Partial<Parameters<typeof decide>[1]>;
}

function decided(facts: Facts): string {
  const asked = {
    ...request,
    prompt: facts.prompt ?? [],
    redirectUri: facts.redirectUri ?? request.redirectUri,
    ...facts.request,
  };
  const decision = decide(asked, {
    client: aClient({ createdAt: noon, ...facts.client }),
    visitor: facts.signedIn === false ? null : visitor(facts.consent ?? null),
    consented: facts.consented ?? false,
    ...facts.known,
  });
  return decision.decision === 'impossible' ? decision.error : decision.decision;
}

const publicClient = { authenticationMethod: 'none' } as const;

test.each<[string, Facts, string]>([
  ['nobody is signed in', { signedIn: false }, 'sign-in'],
  ['nobody is signed in, and no page may be shown', { signedIn: false, prompt: ['none'] }, 'login_required'],
  ['a fresh sign-in is wanted', { prompt: ['login'], consent: remembered }, 'sign-in'],
  ['nothing was allowed yet', {}, 'consent'],
  ['nothing was allowed yet, and no page may be shown', { prompt: ['none'] }, 'consent_required'],
  ['all of it was allowed before', { consent: remembered }, 'granted'],
  ['all of it was allowed before, silently', { consent: remembered, prompt: ['none'] }, 'granted'],
  ['consent is wanted anew', { consent: remembered, prompt: ['consent'] }, 'consent'],
  ['a scope is new', { consent: { ...remembered, scopes: ['read'] } }, 'consent'],
  ['the resource is new', { consent: { ...remembered, resources: [] } }, 'consent'],
  [
    'it was allowed to an earlier client of this id',
    { consent: { ...remembered, decidedAt: noon - 1 } },
    'consent',
  ],
  ['a first-party app', { client: { consent: 'implied' } }, 'granted'],
  [
    'a first-party app that wants consent',
    { client: { consent: 'implied' }, prompt: ['consent'] },
    'consent',
  ],
  ['a public client at https', { client: publicClient, consent: remembered }, 'granted'],
  [
    'a public client on loopback',
    { client: publicClient, consent: remembered, redirectUri: 'http://127.0.0.1:1/cb' },
    'consent',
  ],
  [
    'a public client with its own scheme',
    { client: publicClient, consent: remembered, redirectUri: 'com.example:/cb' },
    'consent',
  ],
  [
    'a confidential client on loopback',
    { consent: remembered, redirectUri: 'http://127.0.0.1:1/cb' },
    'granted',
  ],
  ['she has just allowed it', { consented: true, prompt: ['consent'] }, 'granted'],
  ['she allowed it but the session has gone', { consented: true, signedIn: false }, 'sign-in'],
])('AZ-052, AZ-054, AZ-055, AZ-071: %s', (_, facts, expected) => {
  expect(decided(facts)).toBe(expected);
});

const silently = ['none'];
const detail = { type: 'payment', amount: 1 };
const needed = { acrValues: ['gold'], acrNeeded: true } as const;
const wished = { acrValues: ['gold'] };

test.each<[string, Facts, string]>([
  ['AZ-058: the sign-in is too old', { request: { notBefore: noon + 1 } }, 'sign-in'],
  ['AZ-058: too old, silently', { request: { notBefore: noon + 1 }, prompt: silently }, 'login_required'],
  ['AZ-058: recent enough', { request: { notBefore: noon - 1 } }, 'granted'],
  ['AZ-060: the one who was named', { request: { subject: 'ada' }, known: { subject: 'ada' } }, 'granted'],
  ['AZ-060: somebody else', { request: { subject: 'ada' }, known: { subject: 'bob' } }, 'sign-in'],
  [
    'AZ-060: somebody else, silently',
    { request: { subject: 'ada' }, known: { subject: 'bob' }, prompt: silently },
    'login_required',
  ],
  [
    'AZ-060: somebody else again, after a sign-in',
    { request: { subject: 'ada', signedIn: true }, known: { subject: 'bob' } },
    'login_required',
  ],
  ['AZ-056: a choice is wanted', { prompt: ['select_account'] }, 'choose-account'],
  ['AZ-056: nobody to choose from', { prompt: ['select_account'], signedIn: false }, 'sign-in'],
  ['AZ-057: a new account is wanted', { prompt: ['create'] }, 'sign-up'],
  ['AZ-065: a needed context is reached', { request: needed, known: { context: 'reached' } }, 'granted'],
  ['AZ-065: it can be reached', { request: needed, known: { context: 'reachable' } }, 'sign-in'],
  [
    'AZ-065: it could be reached, silently',
    { request: needed, known: { context: 'reachable' }, prompt: silently },
    'unmet_authentication_requirements',
  ],
  [
    'AZ-065: it was not reached by signing in',
    { request: { ...needed, signedIn: true }, known: { context: 'reachable' } },
    'unmet_authentication_requirements',
  ],
  [
    'AZ-065: it is out of reach',
    { request: needed, known: { context: 'out-of-reach' } },
    'unmet_authentication_requirements',
  ],
  ['AZ-063: a wish that can be fulfilled', { request: wished, known: { context: 'reachable' } }, 'sign-in'],
  [
    'AZ-063: the same, silently',
    { request: wished, known: { context: 'reachable' }, prompt: silently },
    'granted',
  ],
  ['AZ-063: a wish that cannot', { request: wished, known: { context: 'out-of-reach' } }, 'granted'],
  ['AZ-097: a detail that was not allowed', { request: { authorizationDetails: [detail] } }, 'consent'],
  [
    'AZ-097: the very same detail',
    {
      request: { authorizationDetails: [detail] },
      consent: { ...remembered, facts: { authorizationDetails: [canonicalDetail(detail)] } },
    },
    'granted',
  ],
  [
    'AZ-097: the very same detail twice',
    {
      request: { authorizationDetails: [detail, detail] },
      consent: { ...remembered, facts: { authorizationDetails: [canonicalDetail(detail)] } },
    },
    'consent',
  ],
  ['MD-068: a client that was another one', { known: { fingerprint: 'new' } }, 'consent'],
  [
    'MD-068: a client that is the same',
    { known: { fingerprint: 'f' }, consent: { ...remembered, facts: { clientFingerprint: 'f' } } },
    'granted',
  ],
])('%s', (_, facts, expected) => {
  expect(decided({ consent: remembered, ...facts })).toBe(expected);
});

test('AZ-071: only what was not allowed before is new', () => {
  const client = aClient({ createdAt: noon });
  expect(newScopes(request, client, { ...remembered, scopes: ['read'] })).toEqual(['write']);
  expect(newScopes(request, client, null)).toEqual(['read', 'write']);
});

describe('every combination of person, prompt, consent and client', () => {
  const clients = [
    { kind: 'confidential', client: {}, redirectUri: request.redirectUri, assured: true },
    { kind: 'public at https', client: publicClient, redirectUri: request.redirectUri, assured: true },
    {
      kind: 'public on loopback',
      client: publicClient,
      redirectUri: 'http://127.0.0.1:1/cb',
      assured: false,
    },
    { kind: 'public, own scheme', client: publicClient, redirectUri: 'com.example:/cb', assured: false },
    { kind: 'first-party', client: { consent: 'implied' }, redirectUri: request.redirectUri, assured: true },
  ] as const;
  const consents = [
    { what: 'none', consent: null, covers: false },
    { what: 'all', consent: remembered, covers: true },
    { what: 'more', consent: { ...remembered, scopes: ['admin', 'write', 'read'] }, covers: true },
    { what: 'one scope', consent: { ...remembered, scopes: ['read'] }, covers: false },
    { what: 'another resource', consent: { ...remembered, resources: ['https://x.example'] }, covers: false },
    { what: 'of an earlier client', consent: { ...remembered, decidedAt: noon - 1 }, covers: false },
    {
      what: 'withdrawn',
      consent: { ...remembered, scopes: [], resources: [], withdrawnAt: noon, epoch: 1 },
      covers: false,
    },
  ];
  const prompts = [[], ['none'], ['login'], ['consent'], ['login', 'consent']] as const;
  const moments = [true, false].flatMap((signedIn) =>
    [true, false].flatMap((consented) => prompts.map((prompt) => ({ signedIn, consented, prompt }))),
  );
  const cases = consents.flatMap((known) => clients.map((from) => ({ known, from })));
  type Case = (typeof cases)[number];

  /** The requirements, one after the other, as a reader of the specification would put them. */
  function expected(
    { known, from }: Case,
    { signedIn, consented, prompt }: (typeof moments)[number],
  ): string {
    const asked = new Set<string>(prompt);
    const person = signedIn && !asked.has('login');
    const covered = from.kind === 'first-party' || (from.assured && known.covers);
    const allowed = consented || (covered && !asked.has('consent'));
    if (person && allowed) return 'granted';
    if (asked.has('none')) return person ? 'consent_required' : 'login_required';
    return person ? 'consent' : 'sign-in';
  }

  test.each(cases)('$from.kind, allowed before: $known.what', (one) => {
    const { client, redirectUri } = one.from;
    for (const moment of moments) {
      const decision = decided({ ...moment, consent: one.known.consent, client, redirectUri });
      expect({ ...moment, decision }).toEqual({ ...moment, decision: expected(one, moment) });
    }
  });
});
