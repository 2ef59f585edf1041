import { defaultPages } from './default-pages.ts';
import * as fixture from './views.fixture.ts';
import type { Frame, Html } from './views.ts';

/** Where a view holds text; what a page does with each of them is the same whatever the text. */
export interface Texts {
  readonly text: () => string;
  readonly homepage: string | null;
}

type Documents = Record<string, Html>;

/** Every page in every state, with each text of the view replaced. */
export async function documents(texts: Texts, frame: Frame = fixture.frame()): Promise<Map<string, string>> {
  const pages = {
    ...entrances(texts, frame),
    ...consents(texts, frame),
    ...accountPages(texts, frame),
    ...exits(texts, frame),
  };
  const entries = Object.entries(pages).map(async ([name, html]) => [name, await html] as const);
  return new Map(await Promise.all(entries));
}

function parts({ text, homepage }: Texts) {
  return {
    person: () => ({ name: text(), username: text() }),
    scopes: () => [{ name: text(), description: text() }],
    client: { name: text(), homepage },
    ticket: text(),
  };
}

function entrances(texts: Texts, frame: Frame): Documents {
  const { text } = texts;
  const { person, client, ticket } = parts(texts);
  const { home, signIn, signUp, accountChoice } = defaultPages;
  const known = { client, ticket, username: `u${text()}` };
  const fresh = { ...known, name: `n${text()}` };
  const throttled = { kind: 'throttled', retryAt: frame.now + 90_000 } as const;
  return {
    home: home({ issuer: text(), person: null }, frame),
    'home signed in': home({ issuer: text(), person: person() }, frame),
    'sign-in': signIn(fixture.signIn(known), frame),
    'sign-in with the way to sign up': signIn(fixture.signIn({ ...known, signUp: true }), frame),
    'sign-in to the account': signIn(fixture.signIn({ ...known, client: null }), frame),
    'sign-in wrong': signIn(fixture.signIn({ ...known, problem: { kind: 'wrong' } }), frame),
    'sign-in throttled': signIn(fixture.signIn({ ...known, problem: throttled }), frame),
    'sign-up': signUp(fixture.signUp(fresh), frame),
    'sign-up for the account': signUp(fixture.signUp({ ...fresh, client: null }), frame),
    'sign-up taken': signUp(fixture.signUp({ ...fresh, problem: { kind: 'taken' } }), frame),
    'sign-up weak': signUp(fixture.signUp({ ...fresh, problem: { kind: 'weak', least: 12 } }), frame),
    'sign-up mismatch': signUp(fixture.signUp({ ...fresh, problem: { kind: 'mismatch' } }), frame),
    'sign-up without a name': signUp(fixture.signUp({ ...fresh, problem: { kind: 'name' } }), frame),
    'sign-up throttled': signUp(fixture.signUp({ ...fresh, problem: throttled }), frame),
    'account choice': accountChoice({ client, person: person(), ticket }, frame),
    'account choice for the account': accountChoice({ client: null, person: person(), ticket }, frame),
  };
}

function consents(texts: Texts, frame: Frame): Documents {
  const { text, homepage } = texts;
  const { person, scopes, client, ticket } = parts(texts);
  const { consent } = defaultPages;
  const asking = { ...client, redirectHost: text() };
  const asked = { person: person(), ticket, resources: [text(), text()] };
  const detail = { type: text(), title: text(), facts: [{ label: text(), value: text() }] };
  const published = { ...asking, documentHost: text(), policyUri: homepage, tosUri: homepage };
  const doubtful = { loopback: true, unverified: true, changed: true };
  return {
    consent: consent(
      fixture.consent({ ...asked, client: fixture.consentClient(asking), newScopes: scopes() }),
      frame,
    ),
    'consent with what is known': consent(
      fixture.consent({
        ...asked,
        client: fixture.consentClient({ ...asking, ...doubtful }),
        newScopes: scopes(),
        knownScopes: scopes(),
      }),
      frame,
    ),
    'consent again': consent(fixture.consent({ ...asked, newScopes: [], knownScopes: scopes() }), frame),
    'consent for nothing': consent(fixture.consent({ ...asked, newScopes: [] }), frame),
    'consent to details': consent(
      fixture.consent({
        ...asked,
        client: fixture.consentClient(published),
        newScopes: scopes(),
        details: [detail, { ...detail, title: '', facts: [] }],
      }),
      frame,
    ),
    'consent to details alone': consent(
      fixture.consent({ ...asked, newScopes: [], details: [detail] }),
      frame,
    ),
  };
}

function accountPages(texts: Texts, frame: Frame): Documents {
  const { text, homepage } = texts;
  const { person, scopes, client, ticket } = parts(texts);
  const { apps, sessions } = defaultPages;
  const app = () => fixture.app({ clientId: text(), name: text(), homepage, scopes: scopes() });
  const browser = { id: text(), userAgent: `u${text()}`, address: text(), apps: [client] };
  return {
    apps: apps(fixture.apps({ person: person(), ticket, apps: [app(), app()] }), frame),
    'apps after one was disconnected': apps(
      fixture.apps({ person: person(), ticket, apps: [app()], disconnected: text() }),
      frame,
    ),
    'apps empty': apps(fixture.apps({ person: person(), ticket, apps: [] }), frame),
    sessions: sessions(
      fixture.sessions({ person: person(), ticket, sessions: [fixture.session(browser)] }),
      frame,
    ),
    'sessions empty': sessions(fixture.sessions({ person: person(), ticket, sessions: [] }), frame),
  };
}

/** Pages that end something, or lead back to the app. */
function exits(texts: Texts, frame: Frame): Documents {
  const { text } = texts;
  const { person, client, ticket } = parts(texts);
  const { signOut, signedOut, formPost, interstitial, error } = defaultPages;
  const failure = { title: text(), advice: text(), code: text(), reference: text() };
  const link = { href: 'https://print.example/', label: text() };
  const home = { name: text(), href: 'https://print.example/' };
  const unvouched = { ...failure, clientName: text(), host: text() };
  return {
    'sign-out': signOut(fixture.signOut({ person: person(), ticket }), frame),
    'sign-out of nobody': signOut(fixture.signOut({ person: null, ticket }), frame),
    'sign-out for an app': signOut({ person: person(), client, ticket }, frame),
    'signed out': signedOut(fixture.signedOut(), frame),
    'signed out of an app': signedOut(fixture.signedOut({ client: home }), frame),
    'signed out of every app': signedOut(
      { client: home, frames: ['https://print.example/out?a="b"'], continue: 'https://print.example/?s="x"' },
      frame,
    ),
    'form post': formPost(fixture.formPost({ clientName: text(), fields: [[text(), text()]] }), frame),
    interstitial: interstitial({ ...unvouched, href: texts.homepage ?? '' }, frame),
    error: error(fixture.error({ ...failure, link }), frame),
    'error without a reference': error(fixture.error({ ...failure, reference: null, link: null }), frame),
  };
}
