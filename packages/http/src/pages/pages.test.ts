import { describe, expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { documents } from './documents.fixture.ts';
import { element, inside, text } from './reading.fixture.ts';
import * as fixture from './views.fixture.ts';

const frame = fixture.frame();
const { home, signIn, signUp, accountChoice, consent, apps, sessions, signOut, signedOut, error } =
  defaultPages;
const { formPost, interstitial } = defaultPages;

describe('every page', () => {
  it('is a document with a language, a viewport, one main part and one first heading, and stays out of search', async () => {
    for (const [name, document] of await documents({ text: () => 'x', homepage: null })) {
      expect(document, name).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(document, name).toContain(
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
      );
      expect(document, name).toContain('<meta name="robots" content="noindex">');
      expect(document.match(/<main>/g), name).toHaveLength(1);
      expect(document.match(/<h1[ >]/g), name).toHaveLength(1);
      const ids = [...document.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size, name).toBe(ids.length);
    }
  });

  it('has a title and a heading of its own', async () => {
    const all = await Promise.all([
      home(fixture.home(), frame),
      signIn(fixture.signIn(), frame),
      consent(fixture.consent(), frame),
      apps(fixture.apps(), frame),
      sessions(fixture.sessions(), frame),
      signUp(fixture.signUp(), frame),
      accountChoice(fixture.accountChoice(), frame),
      signOut(fixture.signOut(), frame),
      signedOut(fixture.signedOut(), frame),
      formPost(fixture.formPost(), frame),
      interstitial(fixture.interstitial(), frame),
      error(fixture.error(), frame),
    ]);
    expect(new Set(all.map((document) => inside(document, 'title'))).size).toBe(all.length);
    expect(new Set(all.map((document) => inside(document, 'h1'))).size).toBe(all.length);
  });

  it('is a plain string, so that any framework can send it', () => {
    expect(typeof signedOut(fixture.signedOut(), frame)).toBe('string');
  });

  it('stays below the base', async () => {
    const below = fixture.frame({ base: '/tenant', stylesheet: '/tenant/assets/pages.css' });
    for (const [name, document] of await documents({ text: () => 'x', homepage: null }, below)) {
      for (const [, path] of document.matchAll(/ (?:href|action)="(\/[^"]*)"/g)) {
        const isMetadata = path === '/.well-known/oauth-authorization-server/tenant';
        expect(isMetadata || path?.startsWith('/tenant/'), `${name}: ${path}`).toBe(true);
      }
    }
  });
});

describe('sign-in', () => {
  it('says first where one is going, and posts to /login', async () => {
    const document = await signIn(fixture.signIn(), frame);
    expect(text(inside(document, 'h1'))).toBe('Sign in to continue to Print Shop');
    expect(document).toContain('<form method="post" action="/login">');
    expect(element(document, 'username')).toMatch(/name="username".*autocomplete="username".* autofocus/s);
    expect(element(document, 'password')).toMatch(/name="password".*autocomplete="current-password"/s);
    expect(element(document, 'password')).not.toContain('autofocus');
    expect(element(document, 'login-submit')).toContain('name="action" value="sign-in"');
    expect(element(document, 'login-cancel')).toContain('name="action" value="cancel" formnovalidate');
    expect(document.indexOf('id="login-submit"')).toBeLessThan(document.indexOf('id="login-cancel"'));
  });

  it("has nothing to cancel on the way to one's own account", async () => {
    const document = await signIn(fixture.signIn({ client: null }), frame);
    expect(document).not.toContain('login-cancel');
  });

  it('a failure is announced, described by the fields, and leaves the cursor in the password', async () => {
    const view = fixture.signIn({ username: 'maya', problem: { kind: 'wrong' } });
    const document = await signIn(view, frame);
    expect(element(document, 'problem')).toContain('role="alert"');
    for (const id of ['username', 'password']) {
      expect(element(document, id)).toContain('aria-describedby="problem" aria-invalid="true"');
    }
    expect(element(document, 'username')).not.toContain('autofocus');
    expect(element(document, 'password')).toContain('autofocus');
    expect(document.match(/ value="maya"/g)).toHaveLength(1);
  });

  it('a lockout says when it ends, with its zone', async () => {
    const problem = { kind: 'throttled', retryAt: frame.now + 90_000 } as const;
    expect(await signIn(fixture.signIn({ problem }), frame)).toContain(
      'You can try again in 2 minutes, at Mar 14, 2026, 09:27 UTC.',
    );
    const over = { kind: 'throttled', retryAt: frame.now } as const;
    expect(await signIn(fixture.signIn({ problem: over }), frame)).toContain('You can try again now.');
  });
});

describe('consent', () => {
  it('names the app, the host that gets the answer, the wishes, the places and the person', async () => {
    const document = await consent(fixture.consent(), frame);
    expect(text(inside(document, 'h1'))).toBe('Allow Print Shop to use your account?');
    for (const words of [
      'print.example',
      'see your photos',
      'Photos',
      'Maya Lindqvist',
      'maya@example.com',
    ]) {
      expect(document).toContain(words);
    }
    expect(document).not.toContain('photos.read');
  });

  it('offers Allow and Cancel alike, and another account', async () => {
    const document = await consent(fixture.consent({ ticket: 'a+b&c' }), frame);
    expect(document).toContain('<form method="post" action="/consent">');
    expect(document).toContain('<button id="consent-approve" name="decision" value="approve">Allow</button>');
    expect(document).toContain('<button id="consent-deny" name="decision" value="deny">Cancel</button>');
    expect(element(document, 'switch-account')).toContain('href="/login?ticket=a%2Bb%26c"');
  });

  it('marks what is new only beside what is known', async () => {
    const knownScopes = [{ name: 'profile', description: 'see your name' }];
    expect(await consent(fixture.consent(), frame)).not.toContain('>New<');
    const mixed = await consent(fixture.consent({ knownScopes }), frame);
    expect(mixed.match(/>New</g)).toHaveLength(2);
    expect(await consent(fixture.consent({ newScopes: [], knownScopes }), frame)).not.toContain('>New<');
  });

  it('warns of an app nobody vouches for and of a program on this device', async () => {
    const asked = async (client: Parameters<typeof fixture.consentClient>[0]) =>
      await consent(fixture.consent({ client: fixture.consentClient(client) }), frame);
    expect(await asked({})).not.toContain('caution');
    expect(await asked({ unverified: true })).toContain('Nobody has checked this app');
    expect(await asked({ loopback: true })).toContain('a program on this device');
  });
});

describe('connected apps', () => {
  it('each has what it may do, since when, when it was last used, and its end', async () => {
    const document = await apps(fixture.apps(), frame);
    expect(document.match(/action="\/account\/apps\/revoke"/g)).toHaveLength(2);
    expect(document).toContain('name="client_id" value="print-shop"');
    expect(element(document, 'revoke-1')).not.toBe('');
    expect(element(document, 'revoke-2')).not.toBe('');
    expect(text(document)).toContain('Connected 2 months ago, last used 2 hours ago');
    expect(text(document)).toContain('Connected 3 days ago, not used yet');
    expect(document).toContain('up to 10 minutes');
  });

  it('says what became of the one that was disconnected', async () => {
    const view = fixture.apps({ disconnected: 'Old Calendar', accessTokenMinutes: 1 });
    const document = await apps(view, frame);
    expect(text(document)).toContain('Old Calendar is disconnected. It gets no new access.');
    expect(document.match(/up to 1 minute\./g)).toHaveLength(1);
  });

  it('an empty list says what will appear and how', async () => {
    const document = await apps(fixture.apps({ apps: [] }), frame);
    expect(document).toContain('No app can use your account.');
    expect(document).toContain('To connect one');
  });
});

describe('sessions', () => {
  it('each can be ended, all can be ended, and the current one is marked', async () => {
    const document = await sessions(fixture.sessions(), frame);
    expect(document.match(/action="\/account\/sessions\/end"/g)).toHaveLength(3);
    expect(document).toContain('name="session" value="s2"');
    expect(element(document, 'sign-out-everywhere')).toContain('name="session" value="all"');
    expect(document.match(/>This browser</g)).toHaveLength(1);
    expect(text(document)).toContain('Apps signed in here:Print Shop print.exampleInbox Agent');
    expect(document.match(/Apps signed in here/g)).toHaveLength(1);
    expect(text(document)).toContain('Signed in 9 days ago, password last entered 40 minutes ago');
  });
});

it('account pages mark the page one is on and lead to the way out', async () => {
  const current = (document: string) => /href="([^"]*)" aria-current="page"/.exec(document)?.[1];
  const documents = [await apps(fixture.apps(), frame), await sessions(fixture.sessions(), frame)];
  expect(documents.map(current)).toEqual(['/account', '/account/sessions']);
  for (const document of documents) expect(document).toContain('href="/logout"');
});

it('an error shows its code and its reference as text, and the way on', async () => {
  const document = await error(fixture.error({ title: 'The app is unknown.' }), frame);
  expect(document).toContain('<code id="error-code">invalid_redirect_uri</code>');
  expect(document).toContain('<code id="error-reference">ref_01JPA6V3N8</code>');
  expect(document).toContain('href="https://print.example/"');
  expect(inside(document, 'title')).toBe('The app is unknown · Valetkey');
  expect(await error(fixture.error({ reference: null }), frame)).not.toContain('error-reference');
});

it('home says what this is and leads people to their account and developers to the metadata', async () => {
  const document = await home(fixture.home(), frame);
  expect(inside(document, 'title')).toBe('Valetkey');
  for (const path of ['/account', '/.well-known/oauth-authorization-server', '/jwks']) {
    expect(document).toContain(`href="${path}"`);
  }
});
