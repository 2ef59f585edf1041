import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { requirements } from '../requirements.ts';
import type { Target } from '../targets/target.ts';
import { answerInAddress, answerInPage, readAnswer } from './authorization-answer.ts';
import type { Exchange } from './recorder.ts';

/** What must hold of every answer whatever the scenario; told by a list of what does not. */
export interface Soundness {
  readonly target: Target;
  readonly exchanges: readonly Exchange[];
  /** The store was made to fail: answers of 5xx are wanted. */
  readonly faulty: boolean;
}

export function expectSound({ target, exchanges, faulty }: Soundness): void {
  expect(exchanges.flatMap((exchange) => headerFaults(target, exchange))).toEqual([]);
  expect(exchanges.flatMap(pageFaults)).toEqual([]);
  expect(exchanges.flatMap(redirectFaults)).toEqual([]);
  expect(leaks(target, exchanges)).toEqual([]);
  expect(referenceFaults(target, exchanges)).toEqual([]);
  if (faulty) return;
  expect(exchanges.filter(({ status }) => status >= 500).map(named)).toEqual([]);
  expect(target.events.filter(({ type }) => type === 'fault' || type === 'store.unavailable')).toEqual([]);
}

function named({ method, url, status }: Exchange): string {
  return `${method} ${url.pathname} ${status}`;
}

/** AZ-086, SB-021, SB-020: on every answer, page or not. */
function headerFaults({ issuer }: Target, exchange: Exchange): string[] {
  const { headers } = exchange;
  const isPublished = /\/jwks$|\/\.well-known\/|\.(css|svg)$/.test(exchange.url.pathname);
  const wanted: [string, string | null][] = [
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['strict-transport-security', issuer.startsWith('https:') ? 'max-age=31536000' : null],
  ];
  const faults = wanted.filter(([name, value]) => headers.get(name) !== value).map(([name]) => name);
  const stored = exchange.status !== 204 && headers.get('cache-control') !== 'no-store';
  if (stored && !isPublished) faults.push('cache-control');
  for (const cookie of headers.getSetCookie()) {
    const secure = issuer.startsWith('https:') ? /^__Host-[^;]*;.*; Secure/ : /^vk_/;
    if (!(secure.test(cookie) && /; Path=\/; HttpOnly; SameSite=Lax/.test(cookie)) || /domain=/i.test(cookie))
      faults.push(`set-cookie ${cookie.split('=')[0]}`);
  }
  return faults.map((fault) => `${named(exchange)}: ${fault}`);
}

/** SB-019, SB-020, AZ-074, AZ-086: nothing runs, nothing comes from elsewhere, nothing is framed. */
function pageFaults(exchange: Exchange): string[] {
  const { headers, body } = exchange;
  if (!headers.get('content-type')?.startsWith('text/html')) return [];
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );
  const faults = [
    ["default-src 'none'", policy.get('default-src') === "'none'"],
    ["frame-ancestors 'none'", policy.get('frame-ancestors') === "'none'"],
    ["base-uri 'none'", policy.get('base-uri') === "'none'"],
    ['no script source', !policy.has('script-src') || isFormPost(exchange, policy.get('script-src') ?? '')],
    ["form-action 'self'", /^'self'( [^* ]+)?$/.test(policy.get('form-action') ?? '')],
    ['nothing unsafe or starred', !/unsafe-|\*/.test([...policy.values()].join(' '))],
    ['x-frame-options', headers.get('x-frame-options') === 'DENY'],
    ['utf-8', headers.get('content-type') === 'text/html; charset=utf-8'],
    [
      'no script, frame, style or event handler',
      !/<(script|iframe|object|embed|style)|\s(on\w+|style)="/i.test(
        withoutFrames(exchange, policy.has('script-src') ? body.replace(oneScript, '') : body),
      ),
    ],
    ['frames of exactly these origins', (policy.get('frame-src') ?? '') === originsOfFrames(exchange)],
    ['nothing from elsewhere', !/<(link|img|source)[^>]*\s(href|src)="(?!\/(?!\/)|data:)/i.test(body)],
    ['no refresh', !headers.has('refresh') && !/http-equiv/i.test(withoutFrames(exchange, body))],
  ] as const;
  return faults.filter(([, holds]) => !holds).map(([what]) => `${named(exchange)}: ${what}`);
}

const oneScript = /<script>([^<]*)<\/script>/;

/** AZ-024, AZ-026: the one page that may run something, and that is one script by its hash, and posts one form. */
function isFormPost({ body }: Exchange, source: string): boolean {
  const script = oneScript.exec(body)?.[1];
  const hash = createHash('sha256')
    .update(script ?? '')
    .digest('base64');
  return script !== undefined && source === `'sha256-${hash}'` && answerInPage(body) !== undefined;
}

const oneFrame = /<iframe src="([^"]*)" sandbox="[^"]*" hidden><\/iframe>/g;

/** SL-050, SL-051: the one page that loads the apps' own, and goes on when it has. */
function withoutFrames({ url }: Exchange, text: string): string {
  if (!url.pathname.endsWith('/logged-out') || !url.searchParams.has('ticket')) return text;
  return text.replaceAll(oneFrame, '').replace(/<meta http-equiv="refresh" content="0;url=[^"]*">/, '');
}

function originsOfFrames({ body }: Exchange): string {
  const origins = [...body.matchAll(oneFrame)].map(([, src = '']) => new URL(src).origin);
  return [...new Set(origins)].join(' ');
}

/** AZ-081, AZ-082, AZ-085: a redirect is a 303; an answer has one of code and error, and texts of plain ASCII. */
function redirectFaults(exchange: Exchange): string[] {
  const text = exchange.headers.get('location');
  if (text === null) return [];
  const location = new URL(text, exchange.url);
  const parameters = readAnswer(answerInAddress(location));
  // A logout leads to the app without an answer to anything (RP-Initiated Logout §3).
  const ours = location.origin === exchange.url.origin || exchange.url.pathname.endsWith('/logout');
  const faults = [
    ['303', exchange.status === 303],
    ['printable', /^[\x21-\x7e]+$/.test(text)],
    ['an answer has an issuer', ours || parameters.getAll('iss').length === 1],
    ['code or error', ours || parameters.has('code') !== parameters.has('error')],
    ['error text', /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/.test(parameters.get('error_description') ?? '')],
  ] as const;
  return faults.filter(([, holds]) => !holds).map(([what]) => `${named(exchange)}: ${what} (${text})`);
}

const windowSize = 16;

/**
 * SB-032, AZ-045: a secret that was ever sent or issued stands only where it belongs. Secrets are looked for by their
 * first sixteen characters, so that half of one is found too.
 */
function leaks(target: Target, exchanges: readonly Exchange[]): string[] {
  const secrets = new Map<string, string>();
  const note = (kind: string, value: string | null) => {
    if (value !== null && value.length >= windowSize) secrets.set(value.slice(0, windowSize), kind);
  };
  for (const exchange of exchanges) noteSecrets(exchange, note);
  return exchanges.flatMap((exchange) => {
    const found = new Set<string>();
    for (const text of open(target, exchange)) {
      for (let at = 0; at + windowSize <= text.length; at += 1) {
        const kind = secrets.get(text.slice(at, at + windowSize));
        if (kind !== undefined) found.add(kind);
      }
    }
    return [...found].map((kind) => `${named(exchange)}: ${kind}`);
  });
}

const secretParameters = [
  'password',
  'password_again',
  'client_secret',
  'code_verifier',
  'code_challenge',
  'code',
  'refresh_token',
  'token',
];

function noteSecrets(exchange: Exchange, note: (kind: string, value: string | null) => void): void {
  for (const fields of [exchange.url.searchParams, new URLSearchParams(exchange.requestBody)])
    for (const name of secretParameters) note(name, fields.get(name));
  const basic = /^Basic (.+)$/.exec(exchange.requestHeaders.get('authorization') ?? '')?.[1];
  if (basic !== undefined)
    note('client_secret', Buffer.from(basic, 'base64').toString().split(':')[1] ?? null);
  const location = exchange.headers.get('location');
  if (location !== null) note('code', new URL(location, exchange.url).searchParams.get('code'));
  note('code', answerInPage(exchange.body)?.parameters.get('code') ?? null);
  for (const cookie of exchange.headers.getSetCookie()) note('cookie', cookie.split(/[=;]/)[1] ?? null);
  noteIssued(exchange, note);
}

function noteIssued(exchange: Exchange, note: (kind: string, value: string | null) => void): void {
  const names = issuedNames(exchange);
  if (names.length === 0) return;
  const issued = JSON.parse(exchange.body) as Record<string, string>;
  for (const name of names) note(name, issued[name] ?? null);
}

/** Members of an answer that are secrets of the client it goes to. */
function issuedNames(exchange: Exchange): readonly string[] {
  if (isRegistration(exchange)) return ['client_secret', 'registration_access_token'];
  const isTokens = exchange.url.pathname.endsWith('/token') && exchange.status === 200;
  return isTokens ? ['access_token', 'refresh_token'] : [];
}

/** What a client is told of its own registration (RFC 7591 §3.2.1, RFC 7592 §3). */
function isRegistration({ url, status, body }: Pick<Exchange, 'url' | 'status' | 'body'>): boolean {
  return /\/register(\/[^/]+)?$/.test(url.pathname) && status >= 200 && status < 300 && body !== '';
}

/** The parts of an answer in which no secret belongs: all but the tokens for a client, cookies, and a client's own code. */
function open({ issuer }: Target, { url, status, headers, body }: Exchange): string[] {
  const rest = [...headers].filter(([name]) => name !== 'set-cookie' && name !== 'location').map(String);
  const location = headers.get('location');
  if (location !== null) {
    const answer = new URL(location, url);
    if (answer.origin !== url.origin) answer.searchParams.delete('code');
    // A request that came by POST is asked for again by GET, to the browser it came from.
    if (answer.origin !== url.origin || !answer.pathname.endsWith('/authorize'))
      rest.push(answer.href, ...[...answer.searchParams].flat());
  }
  const isTokens =
    (status === 200 && url.href === `${issuer}/token`) || isRegistration({ url, status, body });
  const formPost = answerInPage(body) !== undefined;
  return isTokens ? rest : [...rest, formPost ? body.replace(/name="code" value="[^"]*"/, '') : body];
}

/** Every refusal and fault is told once, and every reference that someone was given leads to it. */
function referenceFaults({ events }: Target, exchanges: readonly Exchange[]): string[] {
  const given = exchanges.flatMap(({ headers, body }) => {
    const location = headers.get('location');
    const answer =
      location === null ? answerInPage(body) : answerInAddress(new URL(location, 'https://x.example'));
    const description = answer === undefined ? '' : readAnswer(answer).get('error_description');
    const texts = `${description ?? ''} ${answer === undefined ? body : ''}`;
    return [...texts.matchAll(/(?:\(reference |id="error-reference">)([0-9A-Z]{8})\b/g)].map(
      ([, id = '']) => id,
    );
  });
  const told = events.flatMap((event) => ('reference' in event ? [event.reference] : []));
  const hidden = exchanges.some(({ method }) => method === 'HEAD');
  const faults = [
    ...given.filter((id, at) => given.indexOf(id) !== at).map((id) => `${id} was given twice`),
    ...told.filter((id, at) => told.indexOf(id) !== at).map((id) => `${id} was told twice`),
    ...given.filter((id) => !told.includes(id)).map((id) => `${id} was given and not told`),
    ...(hidden ? [] : told.filter((id) => !given.includes(id)).map((id) => `${id} was told and not given`)),
  ];
  const known = new Set(requirements.map(({ id }) => id));
  for (const event of events) {
    if (event.type !== 'request.refused') continue;
    const { field, expected, got, requirement } = event;
    if (field === '' || expected === '' || got === '' || !known.has(requirement))
      faults.push(`${event.reference} lacks a reason: ${JSON.stringify(event)}`);
  }
  return faults;
}
