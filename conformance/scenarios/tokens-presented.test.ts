import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto';
import { expect, test } from 'vitest';
import { addKeyClient, assertionOf, type ClientKey, carried, knock, newKey } from '../support/assertions.ts';
import { ask } from '../support/authorize.ts';
import { dpopProof } from '../support/dpop-proof.ts';
import { authorizeUrl } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { addOpenIdClient, signInWith } from '../support/openid.ts';
import { push } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { inProcess } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient } from '../targets/target.ts';

/** Members of a header or of claims; `undefined` takes one out. */
type Members = Readonly<Record<string, unknown>>;

/** A kind of JWT that clients make and the server verifies. */
interface Kind {
  readonly at: RestartableTarget;
  readonly client: TestClient;
  readonly key: ClientKey;
  /** What a careful client says, made anew each time. */
  readonly usual: () => Promise<{ header: Members; claims: Members }>;
  readonly isTaken: (jwt: string) => Promise<boolean>;
}

/** Of a client with these keys in its registration; the first one signs. */
type MakeKind = (keys?: readonly ClientKey[]) => Promise<Kind>;

function partsOf(jwt: string): { header: Members; claims: Members } {
  return {
    header: JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()),
    claims: claimsOf(jwt),
  };
}

const assertions: MakeKind = async (keys = [newKey('ES256')]) => {
  const at = await inProcess();
  const client = await addKeyClient(at, keys);
  const key = keys[0] ?? newKey('ES256');
  return {
    at,
    client,
    key,
    usual: async () => partsOf(await assertionOf(at, { id: client.id, key: standIn(key) })),
    isTaken: async (jwt) => (await knock(at, carried(jwt))) === 'in',
  };
};

const requestObjects: MakeKind = async (keys = [newKey('ES256')]) => {
  const at = await inProcess();
  const client = await at.addClient({ keys: { jwks: keys.map(({ jwk }) => jwk) } });
  const key = keys[0] ?? newKey('ES256');
  return {
    at,
    client,
    key,
    usual: async () =>
      partsOf(
        await requestObject(at, { id: client.id, key: standIn(key) }, requestOf(at, client).parameters),
      ),
    isTaken: async (request) => (await push(at, { client }, { request })).status === 201,
  };
};

const proofs: MakeKind = async (keys = [newKey('ES256')]) => {
  const at = await inProcess();
  const client = await at.addClient();
  const key = keys[0] ?? newKey('ES256');
  const { kid: _, ...jwk } = key.jwk;
  return {
    at,
    client,
    key,
    usual: async () => {
      const { header, claims } = partsOf(await dpopProof(at, newKey('ES256'), { path: '/par' }));
      return { header: { ...header, alg: key.alg, jwk }, claims };
    },
    isTaken: async (dpop) =>
      (await push(at, { client }, requestOf(at, client).parameters, { dpop })).status === 201,
  };
};

/** What is said is taken from a JWT by another key: jose would not sign with some of those here. */
function standIn({ kid }: ClientKey): ClientKey {
  return newKey('ES256', kid);
}

const kinds: [string, MakeKind][] = [
  ['client assertions', assertions],
  ['request objects', requestObjects],
  ['DPoP proofs', proofs],
];

const registered = kinds.filter(([, make]) => make !== proofs);

function base64url(part: Members | string | Buffer): string {
  if (typeof part === 'string' || Buffer.isBuffer(part)) return Buffer.from(part).toString('base64url');
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

interface Forgery {
  /** Members to change, or the whole text. */
  readonly header?: Members | string | Buffer;
  readonly claims?: Members | string | Buffer;
  /** Instead of one by the key. */
  readonly sign?: (input: string) => string;
}

/** A JWT that is all right but for what is wished, and signed as it stands. */
async function jwtOf(kind: Kind, { header = {}, claims = {}, sign }: Forgery = {}): Promise<string> {
  const usual = await kind.usual();
  const part = (own: Members, over: Members | string | Buffer) =>
    base64url(typeof over === 'string' || Buffer.isBuffer(over) ? over : { ...own, ...over });
  const alg = { alg: kind.key.alg };
  const input = `${part({ ...usual.header, ...alg }, header)}.${part(usual.claims, claims)}`;
  return `${input}.${(sign ?? ((text) => signWith(kind.key, text)))(input)}`;
}

/** By hand, since jose refuses to make most of what is refused here. */
function signWith({ alg, privateKey }: Pick<ClientKey, 'alg' | 'privateKey'>, input: string): string {
  const bytes = Buffer.from(input);
  const hash = alg === 'EdDSA' || alg === 'Ed25519' ? null : `sha${alg.slice(2)}`;
  const padding = alg.startsWith('PS') ? { padding: 6, saltLength: Number(alg.slice(2)) / 8 } : {};
  return signBytes(hash, bytes, { key: privateKey, dsaEncoding: 'ieee-p1363', ...padding }).toString(
    'base64url',
  );
}

/** None of these passes; an unblemished one does, before and after. */
async function expectRefused(kind: Kind, forged: Readonly<Record<string, Forgery | string>>): Promise<void> {
  expect(await kind.isTaken(await jwtOf(kind))).toBe(true);
  for (const [what, forgery] of Object.entries(forged)) {
    const jwt = typeof forgery === 'string' ? forgery : await jwtOf(kind, forgery);
    expect([what, await kind.isTaken(jwt)]).toEqual([what, false]);
  }
  expect(await kind.isTaken(await jwtOf(kind))).toBe(true);
  expect(kind.at.events.filter(({ type }) => type === 'fault')).toEqual([]);
}

async function expectTaken(kind: Kind, wishes: Readonly<Record<string, Forgery>>): Promise<void> {
  for (const [what, wish] of Object.entries(wishes))
    expect([what, await kind.isTaken(await jwtOf(kind, wish))]).toEqual([what, true]);
}

function keyOf(
  alg: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): ClientKey {
  const kid = `${alg}-key`;
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid } };
}

test.each(kinds)(
  'TN-001: %s that are unsigned, in any spelling, or of another algorithm are refused',
  async (_, make) => {
    const kind = await make();
    const forged: Record<string, Forgery> = {};
    for (const alg of [
      'none',
      'None',
      'NONE',
      'nOnE',
      '',
      'es256',
      'HS256',
      'RS256',
      'ES384',
      'toString',
      '__proto__',
    ]) {
      forged[`${alg}, signed`] = { header: { alg } };
      forged[`${alg}, not signed`] = { header: { alg }, sign: () => '' };
    }
    await expectRefused(kind, {
      ...forged,
      'no alg': { header: { alg: undefined } },
      'two alg': { header: { alg: ['ES256'] } },
    });
  },
);

test.each(kinds)(
  'TN-001: %s of an algorithm that is not on the list are refused, though the key would do',
  async (_, make) => {
    const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const others = [
      keyOf('ES384', ec('P-384')),
      keyOf('ES512', ec('P-521')),
      ...['RS384', 'RS512', 'PS384', 'PS512'].map((alg) => keyOf(alg, rsa)),
    ];
    for (const key of others) {
      const kind = await make([key]);
      expect([key.alg, await kind.isTaken(await jwtOf(kind))]).toEqual([key.alg, false]);
    }
    for (const alg of ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256']) {
      const kind = await make([newKey(alg)]);
      expect([alg, await kind.isTaken(await jwtOf(kind))]).toEqual([alg, true]);
    }
  },
);

test.each(kinds)('TN-003: of %s no public key is a secret', async (_, make) => {
  for (const alg of ['ES256', 'RS256']) {
    const kind = await make([newKey(alg)]);
    const { jwk, privateKey } = kind.key;
    const { kid: _, ...bare } = jwk;
    const publicKey = createPublicKey(privateKey);
    const secrets: Record<string, string | Buffer> = {
      JWK: JSON.stringify(jwk),
      'JWK without kid': JSON.stringify(bare),
      PEM: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      DER: publicKey.export({ type: 'spki', format: 'der' }),
      x: String(jwk.x ?? jwk.n),
      'bytes of x': Buffer.from(String(jwk.x ?? jwk.n), 'base64url'),
      nothing: '',
    };
    const forged = Object.entries(secrets).map(([what, secret]): [string, Forgery] => [
      what,
      {
        header: { alg: 'HS256' },
        sign: (input) => createHmac('sha256', secret).update(input).digest('base64url'),
      },
    ]);
    await expectRefused(kind, Object.fromEntries(forged));
  }
});

test.each(kinds)('TN-003: %s by a key that is meant for something else are refused', async (_, make) => {
  const [rsa, ec] = [newKey('RS256'), newKey('ES256')];
  const meant: [string, ClientKey, Members][] = [
    ['PS256 by a key of RS256', { ...rsa, alg: 'PS256' }, { alg: 'RS256' }],
    ['a key of encryption', ec, { use: 'enc' }],
    ['a key that encrypts', ec, { key_ops: ['encrypt'] }],
    ['a key of another curve', ec, { crv: 'P-384' }],
    ['a key of another algorithm', ec, { alg: 'ES384' }],
  ];
  for (const [what, key, members] of meant) {
    const kind = await make([{ ...key, jwk: { ...key.jwk, ...members } }]);
    expect([what, await kind.isTaken(await jwtOf(kind))]).toEqual([what, false]);
  }
  const fine = await make([{ ...ec, jwk: { ...ec.jwk, alg: 'ES256', use: 'sig', key_ops: ['verify'] } }]);
  expect(await fine.isTaken(await jwtOf(fine))).toBe(true);
});

test.each(registered)(
  'TN-004: of %s no key in the header is a key of the client, whatever it is called',
  async (_, make) => {
    const kind = await make();
    const thief = newKey('ES256', kind.key.kid);
    const sign = (input: string) => signWith(thief, input);
    const evil = { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/cert', x5c: ['MIIB'] };
    await expectRefused(kind, {
      'its kid': { sign },
      jwk: { header: { jwk: thief.jwk }, sign },
      'jwk without kid': { header: { jwk: thief.jwk, kid: undefined }, sign },
      'all of them': { header: { jwk: thief.jwk, ...evil }, sign },
    });
    await expectTaken(kind, {
      'its own key, with others beside it': { header: { jwk: thief.jwk, ...evil } },
    });
  },
);

test('TN-004: of DPoP proofs the key is in jwk, and nowhere else', async () => {
  const kind = await proofs();
  const { jwk } = kind.key;
  const der = createPublicKey(kind.key.privateKey).export({ type: 'spki', format: 'der' });
  const elsewhere: Members = {
    jku: 'https://app.example/jwks',
    x5u: 'https://app.example/x5u',
    x5c: [der.toString('base64')],
  };
  await expectRefused(kind, {
    elsewhere: { header: { ...elsewhere, jwk: undefined } },
    'as text': { header: { jwk: JSON.stringify(jwk) } },
    'in a list': { header: { jwk: [jwk] } },
    'in a set': { header: { jwk: { keys: [jwk] } } },
    null: { header: { jwk: null } },
    'another one': { header: { jwk: newKey('ES256').jwk } },
  });
  await expectTaken(kind, { 'with others beside it': { header: elsewhere } });
});

test.each(kinds)(
  'TN-005: %s that demand an extension, or another form of payload, are refused',
  async (_, make) => {
    const kind = await make();
    await expectRefused(kind, {
      'crit of a known name': { header: { crit: ['exp'], exp: 1 } },
      'crit of nothing': { header: { crit: [] } },
      'crit of another type': { header: { crit: 'exp' } },
      'b64 demanded': { header: { crit: ['b64'], b64: false } },
      'b64 false': { header: { b64: false } },
      'b64 as text': { header: { b64: 'false' } },
    });
  },
);

test.each(kinds)(
  'TN-006: %s come in the compact form of two JSON objects, and in no other',
  async (_, make) => {
    const kind = await make();
    const [header = '', payload = '', signature = ''] = (await jwtOf(kind)).split('.');
    const jwt = async () => jwtOf(kind);
    await expectRefused(kind, {
      'flattened JSON': JSON.stringify({ payload, protected: header, signature }),
      'general JSON': JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      'two parts': `${header}.${payload}`,
      'four parts': `${await jwt()}.x`,
      'five parts': `${header}.x.${payload}.${signature}.x`,
      'a dot behind': `${await jwt()}.`,
      padding: `${await jwt()}==`,
      'padding of the header': `${header}=.${payload}.${signature}`,
      'a blank inside': `${header}. ${payload}.${signature}`,
      'standard base64': `${header}.${payload}.${signature.replaceAll(/[-_]/g, '+')}+`,
      'no payload': `${header}..${signature}`,
      'a header that is a list': { header: '["ES256"]' },
      'a header that is text': { header: '"ES256"' },
      'a header that is null': { header: 'null' },
      'claims that are a list': { claims: '[]' },
      'claims that are null': { claims: 'null' },
      'claims that are a number': { claims: '1' },
      'claims that are no JSON': { claims: 'iss=x' },
      'claims that are not UTF-8': {
        claims: Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xff]), Buffer.from('"}')]),
      },
      'a byte order mark': { claims: `\u{feff}${JSON.stringify((await kind.usual()).claims)}` },
    });
  },
);

test.each(kinds)('TN-007: %s that say something twice are refused', async (_, make) => {
  const kind = await make();
  const { header, claims } = await kind.usual();
  const twice = (members: Members, more: string) => `${JSON.stringify(members).slice(0, -1)},${more}}`;
  await expectRefused(kind, {
    'alg twice': { header: twice(header, '"alg":"ES256"') },
    'alg twice, once escaped': { header: twice(header, '"\\u0061lg":"ES256"') },
    'iat twice': { claims: twice(claims, `"iat":${claims.iat}`) },
    'iat twice, once escaped': { claims: twice(claims, `"i\\u0061t":${claims.iat}`) },
    'an unknown claim twice': { claims: twice(claims, '"foo":1,"foo":1') },
    'a member inside a claim twice': { claims: twice(claims, '"foo":{"a":1,"a":2}') },
  });
});

test.each(kinds)(
  'TN-008: %s with signatures of zeros, in DER, cut or prolonged are refused',
  async (_, make) => {
    const kind = await make();
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const raw = (input: string) => Buffer.from(signWith(kind.key, input), 'base64url');
    const changed = (change: (signature: Buffer) => Buffer): Forgery => ({
      sign: (input) => change(raw(input)).toString('base64url'),
    });
    await expectRefused(kind, {
      zeros: changed(() => Buffer.alloc(64)),
      'R, then zeros': changed((bytes) => Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)])),
      'the order twice': changed(() => Buffer.concat([order, order])),
      'S, then R': changed((bytes) => Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)])),
      DER: {
        sign: (input) => signBytes('sha256', Buffer.from(input), kind.key.privateKey).toString('base64url'),
      },
      cut: changed((bytes) => bytes.subarray(0, 63)),
      prolonged: changed((bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
      'one bit changed': changed((bytes) =>
        Buffer.from(bytes.map((byte, at) => (at === 63 ? byte ^ 1 : byte))),
      ),
    });
  },
);

test.each(kinds)('TN-009: %s by weak or broken keys are refused, and break nothing', async (_, make) => {
  const [ec, rsa] = [newKey('ES256'), newKey('RS256')];
  const weak = keyOf('RS256', generateKeyPairSync('rsa', { modulusLength: 1024 }));
  const broken: [string, ClientKey][] = [
    ['RSA of 1024 bits', weak],
    ['RSA of 1024 bits, PS256', { ...weak, alg: 'PS256' }],
    ['exponent one', { ...rsa, jwk: { ...rsa.jwk, e: 'AQ' } }],
    ['a point off its curve', { ...ec, jwk: { ...ec.jwk, y: ec.jwk.x } }],
    [
      'the point of zeros',
      { ...ec, jwk: { ...ec.jwk, x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) } },
    ],
    ['a coordinate too short', { ...ec, jwk: { ...ec.jwk, x: base64url(Buffer.alloc(31, 1)) } }],
    ['no coordinate', { ...ec, jwk: { ...ec.jwk, x: undefined } }],
    ['a secret', { ...ec, jwk: { kty: 'oct', k: base64url('x'.repeat(32)), kid: ec.kid } }],
    ['an unknown kind', { ...ec, jwk: { ...ec.jwk, kty: 'XX' } }],
  ];
  for (const [what, key] of broken) {
    const kind = await make([key]);
    expect([what, await kind.isTaken(await jwtOf(kind))]).toEqual([what, false]);
    expect(kind.at.events.filter(({ type }) => type === 'fault')).toEqual([]);
  }
});

test.each(kinds)('TN-010: of %s the times are numbers, and hold within a small leeway', async (_, make) => {
  const kind = await make();
  const { claims } = await kind.usual();
  const now = Math.floor(kind.at.now() / 1000);
  const withRaw = (name: string, value: string) =>
    JSON.stringify({ ...claims, jti: `${name}${value}`, [name]: 'RAW' }).replace('"RAW"', value);
  await expectRefused(kind, {
    'exp past': { claims: { exp: now - 40 } },
    'exp as text': { claims: { exp: `${now + 60}` } },
    'exp null': { claims: { exp: null } },
    'exp true': { claims: { exp: true } },
    'exp in a list': { claims: { exp: [now + 60] } },
    'exp beyond all numbers': { claims: withRaw('exp', '1e999') },
    'exp NaN': { claims: withRaw('exp', 'NaN') },
    'nbf to come': { claims: { nbf: now + 70 } },
    'nbf as text': { claims: { nbf: `${now}` } },
    'iat to come': { claims: { iat: now + 70 } },
    'iat as text': { claims: { iat: `${now}` } },
  });
  await expectTaken(kind, {
    fractions: { claims: { iat: now - 0.5, nbf: now - 0.25, exp: now + 30.75 } },
    'a clock a little ahead': { claims: { iat: now + 8, nbf: now + 8 } },
    'a clock a little behind': { claims: { exp: now - 15, iat: now - 40, nbf: now - 40 } },
  });
});

test.each(registered)('TN-012: %s are for this server, character for character', async (_, make) => {
  const kind = await make();
  const { issuer } = kind.at;
  const others = [
    `${issuer}/`,
    `${issuer}/par`,
    issuer.toUpperCase(),
    `${issuer}:443`,
    issuer.replace('https', 'http'),
    'https://other.example',
    '',
    7,
    null,
    { 0: issuer },
    [],
    ['https://other.example'],
    [[issuer]],
    [issuer.slice(0, -1)],
  ];
  await expectRefused(
    kind,
    Object.fromEntries(others.map((aud): [string, Forgery] => [JSON.stringify(aud), { claims: { aud } }])),
  );
  await expectTaken(kind, {
    'as text': { claims: { aud: issuer } },
    'as a list of one': { claims: { aud: [issuer] } },
  });
});

test.each(registered)('TN-013: %s are of the client whose key signed them', async (_, make) => {
  const kind = await make();
  // The other one has registered the same key.
  const other = await addKeyClient(kind.at, [kind.key]);
  await expectRefused(kind, {
    'another client': { claims: { iss: other.id } },
    'the server': { claims: { iss: kind.at.issuer } },
    'other letters': { claims: { iss: kind.client.id.toUpperCase() } },
    'a list': { claims: { iss: [kind.client.id] } },
    nobody: { claims: { iss: '' } },
    null: { claims: { iss: null } },
  });
});

test.each(kinds)(
  'TN-015: the type of %s is compared without case, and application/ may be left out',
  async (_, make) => {
    const kind = await make();
    const { typ = 'client-authentication+jwt' } = (await kind.usual()).header;
    const own = String(typ);
    await expectTaken(kind, {
      itself: { header: { typ: own } },
      capitals: { header: { typ: own.toUpperCase() } },
      application: { header: { typ: `application/${own}` } },
      Application: { header: { typ: `Application/${own}` } },
    });
    await expectRefused(kind, {
      text: { header: { typ: `text/${own}` } },
      'application twice': { header: { typ: `application/application/${own}` } },
      'more behind it': { header: { typ: `${own}; charset=utf-8` } },
      'a blank': { header: { typ: ` ${own}` } },
      'a list': { header: { typ: [own] } },
      'a letter like another': { header: { typ: own.replace('j', '\u0135') } },
      null: { header: { typ: null } },
    });
  },
);

const strangeKids = [
  '../../x',
  "' OR 1=1 --",
  '__proto__',
  'constructor',
  '',
  'x'.repeat(8000),
  '\u0000',
  '%00',
  'é',
];

test.each(registered)(
  'TN-016: the kid of %s is data: paths, quotes and names of JavaScript find no key and break nothing',
  async (_, make) => {
    const kind = await make();
    const forged = [...strangeKids, 0, null, {}, ['a']].map((kid): [string, Forgery] => [
      JSON.stringify(kid).slice(0, 30),
      { header: { kid } },
    ]);
    await expectRefused(kind, Object.fromEntries(forged));
    await expectTaken(kind, { 'none, where there is one key': { header: { kid: undefined } } });
  },
);

test('TN-016: the kid of DPoP proofs means nothing', async () => {
  const kind = await proofs();
  const wishes = strangeKids.map((kid): [string, Forgery] => [
    JSON.stringify(kid).slice(0, 30),
    { header: { kid } },
  ]);
  await expectTaken(kind, Object.fromEntries(wishes));
  await expectRefused(kind, { 'a number': { header: { kid: 0 } }, null: { header: { kid: null } } });
});

test.each(kinds)('TN-017: what is not known in %s is passed over', async (_, make) => {
  const kind = await make();
  const unknown = {
    foo: 'bar',
    bar: [1, { baz: null }],
    'https://print.example/claim': true,
    cnf: { jkt: 'x' },
  };
  await expectTaken(kind, {
    'in the claims': { claims: unknown },
    'in the header': { header: { foo: 'bar', cty: 'x', x5t: 'y' } },
  });
});

test.each(kinds)('TN-018: %s of more than 16 KiB are refused', async (_, make) => {
  const kind = await make();
  await expectRefused(kind, { 'too large': { claims: { foo: 'x'.repeat(13_000) } } });
  await expectTaken(kind, { 'just small enough': { claims: { foo: 'x'.repeat(9000) } } });
});

test('TN-001, TN-003, TN-004, TN-006, TN-013, TN-015, TN-016, TN-018: an id_token_hint is one that this server signed, unchanged', async () => {
  const at = await inProcess();
  const client = await addOpenIdClient(at);
  const { tokens, header, claims } = await signInWith(at, { client, user: await at.addUser() });
  const genuine = String(tokens.body.id_token);
  const [head = '', payload = '', signature = ''] = genuine.split('.');
  const isTaken = async (hint: string) => {
    const { url } = authorizeUrl(at, client, { scope: 'openid', id_token_hint: hint });
    const answer = await ask(at, url);
    return answer.location?.pathname === '/login' || answer.location?.searchParams.get('error');
  };
  const thief = newKey('RS256', String(header.kid));
  const byThief = (over: Members, said: Members = claims) => {
    const input = `${base64url({ ...header, ...over })}.${base64url(said)}`;
    return `${input}.${signWith(thief, input)}`;
  };
  const hmac = (secret: string) => {
    const input = `${base64url({ ...header, alg: 'HS256' })}.${payload}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const { keys } = await (await at.fetch(new Request(`${at.issuer}/jwks`))).json();
  const published = keys.find(({ kid }: { kid: string }) => kid === header.kid);
  const forged: Record<string, string> = {
    none: `${base64url({ ...header, alg: 'none' })}.${payload}.`,
    'NONE, signed': `${base64url({ ...header, alg: 'NONE' })}.${payload}.${signature}`,
    'another alg': `${base64url({ ...header, alg: 'PS256' })}.${payload}.${signature}`,
    'HMAC of the published key': hmac(JSON.stringify(published)),
    'HMAC of the modulus': hmac(published.n),
    'another key': byThief({}),
    'another key in the header': byThief({ jwk: thief.jwk }),
    'another key by address': byThief({ jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x' }),
    'another person': `${head}.${base64url({ ...claims, sub: 'somebody' })}.${signature}`,
    'another type': `${base64url({ ...header, typ: 'at+jwt' })}.${payload}.${signature}`,
    'another spelling of the type': `${base64url({ ...header, typ: 'jwt' })}.${payload}.${signature}`,
    'a kid that is a path': byThief({ kid: '../../x' }),
    'a kid of JavaScript': byThief({ kid: '__proto__' }),
    JSON: JSON.stringify({ payload, protected: head, signature }),
    padding: `${genuine}=`,
    'four parts': `${genuine}.x`,
    'too large': `${head}.${payload}${'A'.repeat(11_000)}.${signature}`,
    'of another issuer': byThief({}, { ...claims, iss: 'https://other.example' }),
  };
  expect(await isTaken(genuine)).toBe(true);
  for (const [what, hint] of Object.entries(forged))
    expect([what, await isTaken(hint)]).toEqual([what, 'invalid_request']);
  const foreign = await addOpenIdClient(at);
  const theirs = await signInWith(at, { client: foreign, user: await at.addUser() });
  expect(await isTaken(String(theirs.tokens.body.id_token))).toBe('invalid_request');
  at.pass(3_600_000);
  expect(await isTaken(genuine)).toBe(true);
});

test('TN-003: a client with several keys is known by each, and none signs for another of its algorithms', async () => {
  const keys = [newKey('ES256', 'a'), newKey('PS256', 'b'), newKey('EdDSA', 'c')];
  for (const [, make] of registered) {
    const kind = await make(keys);
    for (const key of keys) {
      const own: Kind = { ...kind, key };
      const header = { kid: key.kid };
      expect([key.alg, await kind.isTaken(await jwtOf(own, { header }))]).toEqual([key.alg, true]);
      expect([key.alg, await kind.isTaken(await jwtOf(own, { header: { kid: undefined } }))]).toEqual([
        key.alg,
        true,
      ]);
      const misnamed = { kid: key.kid === 'a' ? 'b' : 'a' };
      expect([key.alg, await kind.isTaken(await jwtOf(own, { header: misnamed }))]).toEqual([key.alg, false]);
    }
  }
});
