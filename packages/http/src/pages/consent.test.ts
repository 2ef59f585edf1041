import { expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { text } from './reading.fixture.ts';
import * as fixture from './views.fixture.ts';
import type { ConsentView } from './views.ts';

const asked = async (view: Partial<ConsentView>) =>
  await defaultPages.consent(fixture.consent(view), fixture.frame());

it('each detail is a card of its facts, beside the scopes', async () => {
  const document = await asked({ details: [fixture.detail(), fixture.detail({ title: 'Read an account' })] });
  const read = text(document);
  expect(read).toContain('Print Shop wants to:');
  expect(read).toContain('Print Shop also wants your permission for:');
  expect(document.match(/<h2><bdi>(Make a payment|Read an account)<\/bdi><\/h2>/g)).toHaveLength(2);
  expect(document).toContain('<dt><bdi>Amount</bdi></dt><dd><bdi>123.50 EUR</bdi></dd>');
});

it('details alone are all that is asked for', async () => {
  const document = await asked({ newScopes: [], details: [fixture.detail()] });
  expect(text(document)).toContain('Print Shop wants your permission for:');
  expect(text(document)).not.toMatch(/nothing in particular|wants to:/);
});

it('a detail without a title or facts is shown by its type', async () => {
  const document = await asked({ details: [fixture.detail({ title: '', facts: [] })] });
  expect(document).toContain('<h2><bdi>payment_initiation</bdi></h2>');
});

it('a long value stays whole, and a keyboard can reach it', async () => {
  const value = 'DE02100100100930711860'.repeat(20);
  const document = await asked({ details: [fixture.detail({ facts: [{ label: 'To', value }] })] });
  expect(document).toContain(`<dt><bdi>To</bdi></dt><dd tabindex="0"><bdi>${value}</bdi></dd>`);
});

it('says where an app is published, and that it has changed since it was allowed', async () => {
  const client = fixture.consentClient({ documentHost: 'agent.example', changed: true });
  const document = await asked({ client });
  expect(document).toContain('<dt>Published at</dt><dd><code>agent.example</code></dd>');
  expect(text(document)).toContain('Since you allowed it, this app has changed its addresses or the keys');
  const plain = text(await asked({}));
  expect(plain).not.toMatch(/Published at|has changed|Privacy policy|Terms of service/);
});

it('loads no picture of the app', async () => {
  const client = fixture.consentClient({ unverified: true, documentHost: 'agent.example' });
  expect(await asked({ client, details: [fixture.detail()] })).not.toMatch(/<img|<picture|background/);
});
