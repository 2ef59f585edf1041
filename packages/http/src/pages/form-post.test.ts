import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { formPostScript } from './form-post-script.ts';
import { element, inside, text } from './reading.fixture.ts';
import * as fixture from './views.fixture.ts';

const frame = fixture.frame();
const { formPost, interstitial } = defaultPages;

it('one form posts exactly the fields to exactly the redirect URI', async () => {
  const action = 'https://print.example/cb?a=1&b=%22#';
  const fields = [
    ['code', 'a"b<c'],
    ['state', "x'&y"],
  ] as const;
  const document = await formPost(fixture.formPost({ action, fields }), frame);
  expect(document.match(/<form [^>]*>/g)).toEqual([
    '<form method="post" action="https://print.example/cb?a=1&amp;b=%22#">',
  ]);
  expect(document.match(/<input [^>]*>/g)).toEqual([
    '<input type="hidden" name="code" value="a&quot;b&lt;c">',
    '<input type="hidden" name="state" value="x&#39;&amp;y">',
  ]);
});

it('the script runs under its own hash, and a button stands in where none runs', async () => {
  const document = await formPost(fixture.formPost(), frame);
  const script = inside(document, 'script');
  expect(script).toBe(formPostScript.text);
  const digest = createHash('sha256').update(script).digest('base64');
  expect(formPostScript.source).toBe(`'sha256-${digest}'`);
  expect(document.indexOf('</form>')).toBeLessThan(document.indexOf('<script>'));
  const fallback = inside(document, 'noscript');
  expect(text(inside(fallback, 'button'))).toBe('Continue to Print Shop');
  // A named button would be one more parameter.
  expect(fallback).not.toContain('name=');
});

it('says where the browser is going', async () => {
  const document = await formPost(fixture.formPost(), frame);
  expect(text(inside(document, 'h1'))).toBe('Taking you back to Print Shop');
});

it('an app nobody vouches for is gone back to by a link that names its host', async () => {
  const document = await interstitial(fixture.interstitial(), frame);
  expect(text(inside(document, 'h1'))).toBe('The app asked for a scope that does not exist.');
  expect(element(document, 'go-back')).toContain('href="https://print.example/cb?error=invalid_scope"');
  expect(text(document)).toContain('Go back to Print Shop (print.example)');
  expect(text(document)).toContain('Nobody has checked this app');
  expect(document).toContain('<code id="error-code">invalid_scope</code>');
  expect(document).toContain('<code id="error-reference">ref_01JPA6V3N8</code>');
  expect(document).not.toMatch(/http-equiv|<script/);
});

it('whose turn it is depends on who failed', async () => {
  const said = async (code: string) => text(await interstitial(fixture.interstitial({ code }), frame));
  expect(await said('invalid_scope')).toContain('Only its makers can put this right.');
  expect(await said('server_error')).toContain('Wait a moment, then start again there.');
  expect(await said('temporarily_unavailable')).not.toContain('its makers');
});

it('without a reference none is shown', async () => {
  expect(await interstitial(fixture.interstitial({ reference: null }), frame)).not.toContain(
    'error-reference',
  );
});
