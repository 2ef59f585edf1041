import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTVerifyResult, jwtVerify } from 'jose';
import { expect } from 'vitest';
import type { Target, TestClient } from '../targets/target.ts';
import { attribute } from './browser.ts';
import type { Place } from './pages.ts';

/** What the client hears from the authorization endpoint, and how it travelled. */
export interface AuthorizationAnswer {
  readonly by: 'query' | 'fragment' | 'form_post';
  /** The address without what was added. */
  readonly to: string;
  readonly parameters: URLSearchParams;
}

/** The answer that a browser carries, in its address or in the form of the page it is on. */
export function answerAt(place: Place): AuthorizationAnswer {
  if ('left' in place) return answerInAddress(place.left);
  return answerInPage(place.html) ?? expect.unreachable(`No answer at ${place.url}:\n${place.html}`);
}

export function answerInAddress(location: URL): AuthorizationAnswer {
  const bare = location.origin === 'null' ? location.protocol : location.origin;
  if (location.hash !== '') {
    const parameters = new URLSearchParams(location.hash.slice(1));
    return { by: 'fragment', to: location.href.split('#')[0] ?? bare, parameters };
  }
  return { by: 'query', to: location.href.split('?')[0] ?? bare, parameters: location.searchParams };
}

/** Of a page with the form of OAuth 2.0 Form Post Response Mode §2: one that posts hidden fields to another site. */
export function answerInPage(html: string): AuthorizationAnswer | undefined {
  const [form, ...others] = html.match(/<form\b[\s\S]*?<\/form>/g) ?? [];
  const [start = ''] = /^<form\b[^>]*>/.exec(form ?? '') ?? [];
  const to = attribute(start, 'action') ?? '';
  if (form === undefined || others.length > 0 || !/^[a-z][a-z0-9+.-]*:/i.test(to)) return undefined;
  const parameters = new URLSearchParams();
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g))
    parameters.append(attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '');
  return { by: 'form_post', to, parameters };
}

/** What a signed answer says, nothing verified; a plain one says what it says. */
export function readAnswer({ parameters }: AuthorizationAnswer): URLSearchParams {
  const response = parameters.get('response');
  if (response === null) return parameters;
  return new URLSearchParams(Object.entries(decodeJwt(response)).map(([name, value]) => [name, `${value}`]));
}

/** A signed answer (JARM §2.4), verified with the published keys of the server as its client would. */
export async function verifyAnswer(
  target: Target,
  client: Pick<TestClient, 'id'>,
  { parameters }: AuthorizationAnswer,
): Promise<JWTVerifyResult> {
  expect([...parameters.keys()].filter((name) => name === 'response')).toEqual(['response']);
  const jwks = await target.fetch(new Request(`${target.issuer}/jwks`));
  return jwtVerify(
    parameters.get('response') ?? '',
    createLocalJWKSet((await jwks.json()) as JSONWebKeySet),
    { issuer: target.issuer, audience: client.id, currentDate: new Date(target.now()) },
  );
}
