import { defaultPages } from './default-pages.ts';
import * as fixture from './views.fixture.ts';
import type { Frame } from './views.ts';

/** Where a view holds text; what a page does with each of them is the same whatever the text. */
export interface Texts {
  readonly text: () => string;
  readonly homepage: string | null;
}

/** Every page in every state, with each text of the view replaced. */
export async function documents(
  { text, homepage }: Texts,
  frame: Frame = fixture.frame(),
): Promise<Map<string, string>> {
  const person = () => ({ name: text(), username: text() });
  const scopes = () => [{ name: text(), description: text() }];
  const ticket = text();
  const app = () => fixture.app({ clientId: text(), name: text(), homepage, scopes: scopes() });
  const client = { name: text(), homepage };
  const signIn = { client, ticket, username: `u${text()}` };
  const asking = { ...client, redirectHost: text() };
  const asked = { person: person(), ticket, resources: [text(), text()] };
  const failure = { title: text(), advice: text(), code: text(), reference: text() };
  const retryAt = frame.now + 90_000;
  const { home, consent, apps, sessions, signOut, signedOut, error } = defaultPages;
  const pages = {
    home: home({ issuer: text(), person: null }, frame),
    'home signed in': home({ issuer: text(), person: person() }, frame),
    'sign-in': defaultPages.signIn(fixture.signIn(signIn), frame),
    'sign-in to the account': defaultPages.signIn(fixture.signIn({ ...signIn, client: null }), frame),
    'sign-in wrong': defaultPages.signIn(fixture.signIn({ ...signIn, problem: { kind: 'wrong' } }), frame),
    'sign-in throttled': defaultPages.signIn(
      fixture.signIn({ ...signIn, problem: { kind: 'throttled', retryAt } }),
      frame,
    ),
    consent: consent(
      fixture.consent({ ...asked, client: fixture.consentClient(asking), newScopes: scopes() }),
      frame,
    ),
    'consent with what is known': consent(
      fixture.consent({
        ...asked,
        client: fixture.consentClient({ ...asking, loopback: true, unverified: true }),
        newScopes: scopes(),
        knownScopes: scopes(),
      }),
      frame,
    ),
    'consent again': consent(fixture.consent({ ...asked, newScopes: [], knownScopes: scopes() }), frame),
    'consent for nothing': consent(fixture.consent({ ...asked, newScopes: [] }), frame),
    apps: apps(fixture.apps({ person: person(), ticket, apps: [app(), app()] }), frame),
    'apps after one was disconnected': apps(
      fixture.apps({ person: person(), ticket, apps: [app()], disconnected: text() }),
      frame,
    ),
    'apps empty': apps(fixture.apps({ person: person(), ticket, apps: [] }), frame),
    sessions: sessions(
      fixture.sessions({
        person: person(),
        ticket,
        sessions: [fixture.session({ id: text(), userAgent: `u${text()}`, address: text() })],
      }),
      frame,
    ),
    'sessions empty': sessions(fixture.sessions({ person: person(), ticket, sessions: [] }), frame),
    'sign-out': signOut({ person: person(), ticket }, frame),
    'sign-out of nobody': signOut({ person: null, ticket }, frame),
    'signed out': signedOut(frame),
    error: error(
      fixture.error({ ...failure, link: { href: 'https://print.example/', label: text() } }),
      frame,
    ),
    'error without a reference': error(fixture.error({ ...failure, reference: null, link: null }), frame),
  };
  const entries = Object.entries(pages).map(async ([name, html]) => [name, await html] as const);
  return new Map(await Promise.all(entries));
}
