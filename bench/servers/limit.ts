import {
  createCipheriv,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { client, lifetimes, people, resource, scope } from '../stage.ts';
import { listen } from './listen.ts';
import { openDurable } from './sqlite.ts';

/**
 * The limit: what no authorization server on Node can go below. A bare node:http server that does the cryptography and
 * the one durable write of each operation, and nothing else: it knows one client and one person, checks no secret and no
 * session, and reads no header.
 *
 *   authorize   parses the query; one AES-256-GCM seal
 *   exchange    parses the form; one open, one SHA-256 (PKCE), one durable INSERT, two ES256 signatures, one seal
 *   refresh     parses the form; one open, one durable conditional UPDATE, two ES256 signatures, one seal
 *   introspect  parses the form; one ES256 verification, one SELECT by primary key
 */

const key = randomBytes(32);
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const header = encode({ typ: 'at+jwt', alg: 'ES256', kid: 'limit' });
const idHeader = encode({ typ: 'JWT', alg: 'ES256', kid: 'limit' });
const [folder = '.'] = process.argv.slice(2);

await listen((origin) => limit(origin, grantsIn(openDurable(join(folder, 'limit.db')))));

type Grants = ReturnType<typeof grantsIn>;

function limit(issuer: string, grants: Grants): RequestListener {
  return (request, response) => {
    const url = request.url ?? '';
    if (url.startsWith('/authorize?')) authorize(url.slice(11), response);
    else if (url === '/token') withForm(request, (form) => token(form, { issuer, grants, response }));
    else if (url === '/introspect') withForm(request, (form) => introspect(form, { grants, response }));
    else response.writeHead(404).end();
  };
}

function authorize(query: string, response: ServerResponse): void {
  const parameters = new URLSearchParams(query);
  const code = seal([newId(), parameters.get('code_challenge')]);
  const answer = new URLSearchParams({ code, state: parameters.get('state') ?? '' });
  response.writeHead(303, { Location: `${client.redirectUri}?${answer}`, 'Cache-Control': 'no-store' }).end();
}

interface Call {
  readonly issuer: string;
  readonly grants: Grants;
  readonly response: ServerResponse;
}

function token(form: URLSearchParams, call: Call): void {
  if (form.get('grant_type') === 'authorization_code') exchange(form, call);
  else refresh(form, call);
}

function exchange(form: URLSearchParams, { issuer, grants, response }: Call): void {
  const [id = '', challenge] = open(form.get('code') ?? '') as string[];
  const computed = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (computed === challenge && grants.insert(id))
    json(response, { ...accessToken(issuer, id), refresh_token: seal([id, 0]) });
  else refuse(response);
}

function refresh(form: URLSearchParams, { issuer, grants, response }: Call): void {
  const [id, generation] = open(form.get('refresh_token') ?? '') as [string, number];
  if (grants.advance(id, generation))
    json(response, { ...accessToken(issuer, id), refresh_token: seal([id, generation + 1]) });
  else refuse(response);
}

function introspect(form: URLSearchParams, { grants, response }: Omit<Call, 'issuer'>): void {
  const [head, payload = '', signature = ''] = (form.get('token') ?? '').split('.');
  const signed = Buffer.from(`${head}.${payload}`);
  const way = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  const genuine = verify('sha256', signed, way, Buffer.from(signature, 'base64url'));
  const claims = genuine ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : undefined;
  json(
    response,
    claims !== undefined && grants.has(claims.jti) ? { active: true, ...claims } : { active: false },
  );
}

function accessToken(iss: string, jti: string) {
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + lifetimes.accessToken;
  const claims = { iss, sub: people[0], aud: resource, client_id: client.id, scope, iat, exp, jti };
  const value = signed(header, claims);
  const hashed = createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
  const about = {
    iss,
    sub: people[0],
    aud: client.id,
    exp,
    iat,
    auth_time: iat,
    amr: ['pwd'],
    at_hash: hashed,
  };
  return {
    access_token: value,
    token_type: 'Bearer',
    expires_in: exp - iat,
    id_token: signed(idHeader, about),
    scope,
  };
}

function signed(head: string, claims: object): string {
  const input = `${head}.${encode(claims)}`;
  const way = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), way).toString('base64url')}`;
}

function grantsIn(database: DatabaseSync) {
  database.exec(
    'CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, generation INTEGER NOT NULL, facts TEXT NOT NULL) STRICT',
  );
  const insert = database.prepare('INSERT INTO grants VALUES (?, 0, ?) ON CONFLICT DO NOTHING');
  const advance = database.prepare(
    'UPDATE grants SET generation = generation + 1 WHERE id = ? AND generation = ?',
  );
  const select = database.prepare('SELECT generation FROM grants WHERE id = ?');
  return {
    insert: (id: string) => insert.run(id, JSON.stringify(facts())).changes === 1,
    advance: (id: string, generation: number) => advance.run(id, generation).changes === 1,
    has: (id: string) => select.get(id) !== undefined,
  };
}

/** About as long as what Valetkey keeps of a grant. */
function facts() {
  const now = Date.now();
  const ends = now + lifetimes.refreshToken * 1000;
  const who = {
    client: client.id,
    user: people[0],
    session: 'x'.repeat(30),
    scopes: scope.split(' '),
    resources: [resource],
  };
  return {
    ...who,
    amr: ['pwd'],
    authenticated: now,
    opened: now,
    advanced: now,
    used: now,
    expires: ends,
    ends,
  };
}

/** Begins with time, so that the table grows at its end. */
function newId(): string {
  return Date.now().toString(36) + randomBytes(16).toString('hex');
}

function seal(content: unknown): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = [nonce, cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

function open(value: string): unknown {
  const sealed = Buffer.from(value, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString());
}

function encode(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function withForm(request: IncomingMessage, then: (form: URLSearchParams) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(new URLSearchParams(Buffer.concat(chunks).toString())));
}

function json(response: ServerResponse, body: unknown): void {
  const text = JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
  response.writeHead(200, { ...headers, 'Cache-Control': 'no-store' }).end(text);
}

function refuse(response: ServerResponse): void {
  response.writeHead(400).end();
}
