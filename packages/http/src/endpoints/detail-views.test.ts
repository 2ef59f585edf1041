import { type Config, readConfig } from '@valetkey/server';
import { expect, test } from 'vitest';
import { viewDetails } from './detail-views.ts';

const config: Config = readConfig({
  issuer: 'https://auth.example',
  scopes: { read: { description: 'read' } },
  resources: [{ identifier: 'https://api.example', name: 'API', scopes: ['read'] }],
  authorizationDetails: {
    payment: {
      title: 'Make a payment',
      schema: { type: 'object', additionalProperties: true },
      labels: { '/amount/value': 'Amount', '/to': 'Payee' },
    },
  },
});

function factsOf(detail: Record<string, unknown>): (readonly [string, string])[] {
  const [view] = viewDetails(config, [{ type: 'payment', ...detail }]);
  return (view?.facts ?? []).map(({ label, value }) => [label, value]);
}

test('AZ-097: every value is shown, each under the label it was given or one made of its name', () => {
  const facts = factsOf({
    amount: { value: '10.00', currency: 'EUR' },
    to: 'Ada',
    isUrgent: true,
    due_date: null,
    tags: ['a', 'b'],
    lines: [{ text: 'x' }, { text: 'y', more: {} }],
    none: [],
  });
  expect(facts).toEqual([
    ['Amount', '10.00'],
    ['amount, currency', 'EUR'],
    ['Payee', 'Ada'],
    ['is urgent', 'true'],
    ['due date', 'null'],
    ['tags', 'a, b'],
    ['lines, 0, text', 'x'],
    ['lines, 1, text', 'y'],
    ['lines, 1, more', ''],
    ['none', ''],
  ]);
});

test('AZ-097: the type is shown by its title; one that is not configured any more, by its name', () => {
  const views = viewDetails(config, [{ type: 'payment' }, { type: 'gone', a: 1 }]);
  expect(views.map(({ type, title }) => [type, title])).toEqual([
    ['payment', 'Make a payment'],
    ['gone', 'gone'],
  ]);
});

test('AZ-097: a member cannot take the label of another by its name', () => {
  expect(factsOf({ 'amount/value': '1', 'a~1b': '2' })).toEqual([
    ['amount/value', '1'],
    ['a~1b', '2'],
  ]);
});

test('AZ-097: characters that turn a text around or are not there to the eye are made visible', () => {
  const facts = factsOf({
    amount: { value: '\u202e00.1\u202c EUR' },
    'a\u200bb': 'x\u0000y\u2028z',
    lang: 'नि\u200dय\n',
  });
  expect(facts).toEqual([
    ['Amount', '\ufffd00.1\ufffd EUR'],
    ['a\ufffdb', 'x\ufffdy\ufffdz'],
    ['lang', 'नि\u200dय\n'],
  ]);
});
