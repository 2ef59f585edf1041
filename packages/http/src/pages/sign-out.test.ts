import { describe, expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { element, text } from './reading.fixture.ts';
import * as fixture from './views.fixture.ts';

const frame = fixture.frame();
const { signOut, signedOut } = defaultPages;
const printShop = { name: 'Print Shop', href: 'https://print.example/' };

describe('sign-out', () => {
  it('asks, and can be left', async () => {
    const document = await signOut(fixture.signOut(), frame);
    expect(document).toContain('<form method="post" action="/logout">');
    expect(document).toContain('name="ticket" value="vkt1_ticket"');
    expect(element(document, 'logout-confirm')).toMatch(/^<button.*value="sign-out"/);
    expect(element(document, 'logout-cancel')).toContain('href="/account"');
    expect(text(document)).not.toContain('asks to sign you out');
  });

  it('says which app asks, and both answers are posted', async () => {
    const client = { name: 'Print Shop', homepage: 'https://print.example/' };
    const document = await signOut(fixture.signOut({ client }), frame);
    expect(text(document)).toContain('Print Shop asks to sign you out.');
    expect(document).toContain('>print.example</a>');
    expect(element(document, 'logout-confirm')).toContain('name="action" value="sign-out"');
    expect(element(document, 'logout-cancel')).toMatch(/^<button.*name="action" value="cancel"/);
  });
});

describe('signed out', () => {
  it('says so, in the place where automation looks', async () => {
    const document = await signedOut(fixture.signedOut(), frame);
    expect(document).toContain('<h1 id="logged-out">You are signed out</h1>');
    expect(document).toContain('href="/account"');
    expect(document).not.toMatch(/<iframe|http-equiv|logout-continue/);
  });

  it('leads back to the app', async () => {
    const document = await signedOut(fixture.signedOut({ client: printShop }), frame);
    expect(document).toContain('href="https://print.example/"');
    expect(text(document)).toContain('Go back to Print Shop');
    const homeless = await signedOut(fixture.signedOut({ client: { ...printShop, href: null } }), frame);
    expect(homeless).not.toContain('Go back to');
  });

  it('tells every app in a frame, then goes on by itself, and by a link where a frame hangs', async () => {
    const frames = ['https://a.example/out?iss=x&sid=1', 'https://b.example/out'];
    const view = { client: printShop, frames, continue: 'https://print.example/bye?state=a&b' };
    const document = await signedOut(view, frame);
    expect([...document.matchAll(/<iframe src="([^"]*)"[^>]* hidden>/g)].map(([, src]) => src)).toEqual([
      'https://a.example/out?iss=x&amp;sid=1',
      'https://b.example/out',
    ]);
    expect(document).toContain(
      '<meta http-equiv="refresh" content="0;url=https://print.example/bye?state=a&amp;b">',
    );
    expect(element(document, 'logout-continue')).toContain('href="https://print.example/bye?state=a&amp;b"');
    expect(text(document)).toContain('Continue to Print Shop');
  });

  it('goes nowhere by itself without a place to go to, or without an app to tell', async () => {
    const nowhere = await signedOut(fixture.signedOut({ frames: ['https://a.example/out'] }), frame);
    expect(nowhere).toContain('<iframe');
    expect(nowhere).not.toContain('http-equiv');
    const untold = await signedOut(fixture.signedOut({ continue: 'https://print.example/bye' }), frame);
    expect(untold).not.toContain('http-equiv');
    expect(text(untold)).toContain('Continue to print.example');
  });

  it('what is no address of the web is neither framed nor gone to', async () => {
    const view = { client: printShop, frames: ['https://a.example/'], continue: 'javascript:alert(1)' };
    const document = await signedOut(view, frame);
    expect(document).not.toMatch(/http-equiv|javascript/);
    expect(text(document)).toContain('Go back to Print Shop');
  });
});
