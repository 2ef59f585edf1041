import { describe, expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { element, inside, text } from './reading.fixture.ts';
import * as fixture from './views.fixture.ts';
import type { SignUpProblem } from './views.ts';

const frame = fixture.frame();
const { signIn, signUp, accountChoice } = defaultPages;
const names = ['name', 'username', 'password', 'password-again'];

describe('sign-up', () => {
  it('says where one is going, and posts a name, a username and a new password', async () => {
    const document = await signUp(fixture.signUp(), frame);
    expect(text(inside(document, 'h1'))).toBe('Create an account to continue to Print Shop');
    expect(document).toContain('<form method="post" action="/sign-up">');
    expect(document).toContain('name="ticket" value="vkt1_ticket"');
    expect(element(document, 'name')).toMatch(/name="name".*autocomplete="name" required autofocus/);
    expect(element(document, 'username')).toMatch(/name="username".*autocomplete="username" required>/);
    expect(element(document, 'password')).toContain('name="password" type="password"');
    expect(element(document, 'password-again')).toContain('name="password_again" type="password"');
    expect(document.match(/autocomplete="new-password"/g)).toHaveLength(2);
    for (const id of names) expect(document).toContain(`<label for="${id}">`);
    expect(element(document, 'sign-up-submit')).toMatch(/^<button/);
  });

  it('leads back to sign-in, and sign-in leads here where accounts may be opened', async () => {
    const ticket = 'a+b&c';
    const back = element(await signUp(fixture.signUp({ ticket }), frame), 'sign-in');
    expect(back).toContain('href="/login?ticket=a%2Bb%26c"');
    const open = await signIn(fixture.signIn({ ticket, signUp: true }), frame);
    expect(element(open, 'create-account')).toContain('href="/sign-up?ticket=a%2Bb%26c"');
    for (const closed of [fixture.signIn(), fixture.signIn({ signUp: false })]) {
      expect(await signIn(closed, frame)).not.toContain('sign-up');
    }
  });

  it.each<[SignUpProblem, string, string[]]>([
    [{ kind: 'taken' }, 'This username is taken.', ['username']],
    [{ kind: 'weak', least: 12 }, 'at least 12 characters', ['password', 'password-again']],
    [{ kind: 'mismatch' }, 'The two passwords differ.', ['password', 'password-again']],
    [{ kind: 'name' }, 'The name or the username is missing', ['name', 'username']],
    [
      { kind: 'throttled', retryAt: frame.now + 90_000 },
      'You can try again in 2 minutes, at Mar 14, 2026, 09:27 UTC.',
      [],
    ],
  ])('%o is announced, and the cursor is where it can be mended', async (problem, words, wrong) => {
    const view = fixture.signUp({ name: 'Maya Lindqvist', username: 'maya', problem });
    const document = await signUp(view, frame);
    expect(element(document, 'problem')).toContain('role="alert"');
    expect(text(document)).toContain(words);
    const marked = (mark: string) => names.filter((id) => element(document, id).includes(mark));
    expect(marked('aria-describedby="problem"')).toEqual(names);
    expect(marked('aria-invalid="true"')).toEqual(wrong);
    expect(marked('autofocus')).toEqual([wrong[0] ?? 'password']);
    expect(element(document, 'name')).toContain('value="Maya Lindqvist"');
    expect(document).not.toMatch(/type="password"[^>]* value=/);
  });

  it('the cursor starts in the first field that is empty', async () => {
    const focused = async (view: { name?: string; username?: string }) => {
      const document = await signUp(fixture.signUp(view), frame);
      return names.filter((id) => element(document, id).includes('autofocus'));
    };
    expect(await focused({})).toEqual(['name']);
    expect(await focused({ name: 'Maya' })).toEqual(['username']);
    expect(await focused({ name: 'Maya', username: 'maya' })).toEqual(['password']);
  });
});

describe('account choice', () => {
  it('offers the account of this browser, another, and the way out', async () => {
    const document = await accountChoice(fixture.accountChoice(), frame);
    expect(text(inside(document, 'h1'))).toBe('Choose an account to continue to Print Shop');
    expect(document).toContain('<form method="post" action="/login">');
    expect(document).toContain('name="ticket" value="vkt1_ticket"');
    expect(element(document, 'account-continue')).toContain('name="action" value="continue"');
    expect(element(document, 'account-other')).toContain('name="action" value="other"');
    expect(element(document, 'login-cancel')).toContain('name="action" value="cancel"');
    expect(text(inside(document, 'button'))).toBe('Continue as Maya Lindqvist maya@example.com');
  });

  it("has nothing to cancel on the way to one's own account", async () => {
    const document = await accountChoice(fixture.accountChoice({ client: null }), frame);
    expect(document).not.toContain('login-cancel');
    expect(inside(document, 'h1')).toBe('Choose an account');
  });
});
