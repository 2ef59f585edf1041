import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultPages } from './default-pages.ts';
import { documents } from './documents.fixture.ts';
import { formPostScript } from './form-post-script.ts';
import { stylesheet } from './stylesheet.ts';
import * as fixture from './views.fixture.ts';

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;{{7*7}}\${8*8}`;
const homepages = [
  null,
  'https://print.example/?a=1&b="><script>',
  'javascript:alert(1)',
  'data:text/html,<script>1</script>',
  'https://trusted.example@evil.example/',
  'not an address',
];

describe.each(homepages)('with hostile texts and the homepage %s', (homepage) => {
  it('every page runs nothing, styles nothing in line and loads nothing from elsewhere', async () => {
    for (const [name, document] of await documents({ text: () => hostile, homepage })) {
      expect(withoutOurScript(document), name).not.toMatch(/<script/i);
      expect(tags(withoutOurScript(document)).flatMap(dangers), name).toEqual([]);
    }
  });
});

it('only http and https homepages become links, and a link shows the host it leads to', async () => {
  const shown = async (homepage: string) =>
    await defaultPages.consent(
      fixture.consent({ client: fixture.consentClient({ homepage }) }),
      fixture.frame(),
    );
  const link = (text: string) => /<p class="host">.*<\/p>/.exec(text)?.[0] ?? null;
  expect(link(await shown('http://print.example:8080/shop?x'))).toBe(
    '<p class="host"><a href="http://print.example:8080/shop?x" rel="noopener noreferrer">print.example:8080</a></p>',
  );
  expect(link(await shown('https://раypal.example/'))).toContain('>xn--ypal-43d9g.example<');
  for (const homepage of [
    'javascript:alert(1)',
    'ftp://print.example/',
    'https://a@b.example/',
    '//b.example',
  ]) {
    expect(link(await shown(homepage)), homepage).toBeNull();
  }
});

it('policy and terms are links to the web, and to nothing else', async () => {
  const shown = async (address: string) => {
    const client = fixture.consentClient({ policyUri: address, tosUri: address });
    return await defaultPages.consent(fixture.consent({ client }), fixture.frame());
  };
  const document = await shown('https://print.example/legal?a=1&b=2');
  for (const label of ['Privacy policy', 'Terms of service']) {
    expect(document).toContain(
      `<a href="https://print.example/legal?a=1&amp;b=2" rel="noopener nofollow">${label}</a>`,
    );
  }
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'https://a@b.example/', '/legal']) {
    expect(await shown(address), address).not.toMatch(/nofollow|Privacy|Terms/);
  }
});

it('a way back to an app leads to the web or to a scheme of its own, and nowhere else', async () => {
  const { interstitial, signedOut } = defaultPages;
  const frame = fixture.frame();
  const leads = async (address: string) => {
    const documents = [
      await interstitial(fixture.interstitial({ href: address }), frame),
      await signedOut(fixture.signedOut({ continue: address }), frame),
    ];
    return documents.map((document) => document.includes(`href="${address}"`));
  };
  for (const address of ['https://a.example/cb', 'http://127.0.0.1:9002/', 'com.example.app:/cb?error=x']) {
    expect(await leads(address), address).toEqual([true, true]);
  }
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc', '/elsewhere', '']) {
    expect(await leads(address), address).toEqual([false, false]);
  }
});

it('only the web is framed when one is signed out, and without hold of the window', async () => {
  const frames = ['https://a.example/out?x=1&y=2', 'javascript:alert(1)', 'data:text/html,x', '/account'];
  const document = await defaultPages.signedOut(fixture.signedOut({ frames }), fixture.frame());
  expect(document.match(/<iframe[^>]*>/g)).toEqual([
    '<iframe src="https://a.example/out?x=1&amp;y=2" sandbox="allow-scripts allow-same-origin allow-forms" hidden>',
  ]);
});

it('an error leads on over the web or to a path on this host, and nowhere else', async () => {
  const lead = async (href: string) =>
    (await defaultPages.error(fixture.error({ link: { href, label: 'On' } }), fixture.frame())).includes(
      '>On</a>',
    );
  for (const href of ['https://a.example/', 'http://localhost:9002/', '/', '/tenant/account?x=1']) {
    expect(await lead(href), href).toBe(true);
  }
  for (const href of [
    'javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'account',
    '',
  ]) {
    expect(await lead(href), href).toBe(false);
  }
});

it('whatever a text holds, it appears escaped and moves no tag', async () => {
  const plain = new Map<string | null, Promise<Map<string, string>>>(
    homepages.map((homepage) => [homepage, documents({ text: () => 'x', homepage })]),
  );
  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', '=', '/', ' ', '-', '!', '\n', 'a', 'o'),
      maxLength: 40,
    }),
  );
  await fc.assert(
    fc.asyncProperty(anyText, fc.constantFrom(...homepages), async (body, homepage) => {
      // The marks find the text again, and keep it from being empty or equal to another.
      const text = `\u00ab${body}\u00bb`;
      const benign = await plain.get(homepage);
      for (const [name, document] of await documents({ text: () => text, homepage })) {
        const found = document.match(/\u00ab.*?\u00bb/gs) ?? [];
        if (!body.includes('\u00ab') && !body.includes('\u00bb')) {
          expect(new Set(found), name).toEqual(name === 'signed out' ? new Set() : new Set([escaped(text)]));
        }
        expect(skeleton(document), name).toEqual(skeleton(benign?.get(name) ?? ''));
      }
    }),
    { numRuns: 150 },
  );
});

it('brand and base are escaped too', async () => {
  const frame = fixture.frame({ brand: hostile, base: '/a"b', stylesheet: '/s"><script>.css' });
  for (const [name, document] of await documents({ text: () => 'x', homepage: null }, frame)) {
    expect(withoutOurScript(document), name).not.toMatch(/<script/i);
    expect(document, name).toContain('href="/a&quot;b/favicon.svg"');
  }
});

it('the style sheet loads nothing and is named by what it holds', () => {
  expect(stylesheet.body).not.toMatch(/url\(|@import/);
  expect(stylesheet.path).toMatch(/^\/assets\/pages-[\w-]{12}\.css$/);
});

/** The one script there is, where it stands word for word. */
function withoutOurScript(document: string): string {
  return document.replace(`<script>${formPostScript.text}</script>`, '');
}

interface Tag {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

/** Reads the start tags as HTML does where all values are in double quotes; anything else stands out as a strange name. */
function tags(document: string): Tag[] {
  const found = document.matchAll(/<([a-z!/][^\s>]*)((?:[^>"]|"[^"]*")*)>/gi);
  return [...found].map(([, name = '', rest = '']) => ({
    name: name.toLowerCase(),
    attributes: [...rest.matchAll(/([^\s="]+)(?:="([^"]*)")?/g)].map(
      ([, attribute = '', value = '']) => [attribute.toLowerCase(), value] as const,
    ),
  }));
}

function dangers({ name, attributes }: Tag): string[] {
  const isDangerous = /^(script|style|object|embed|base|img)$/.test(name);
  return [...(isDangerous ? [name] : []), ...attributes.filter(isDanger).map(([attribute]) => attribute)];
}

function isDanger([attribute, value]: Tag['attributes'][number]): boolean {
  if (attribute === 'src') return !value.startsWith('https://print.example/');
  if (attribute === 'content') return /url=(?!https:\/\/print\.example\/)/i.test(value);
  if (attribute === 'href' || attribute === 'action')
    return !/^(\/(?!\/)|https:\/\/print\.example\/)/.test(value);
  return /^(style|on.*|srcset|formaction)$/.test(attribute);
}

function skeleton(document: string): string[] {
  return tags(document).map(({ name, attributes }) =>
    [name, ...attributes.map(([attribute]) => attribute)].join(' '),
  );
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
