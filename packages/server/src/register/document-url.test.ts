import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentUrlFault, isDocumentUrl } from './document-url.ts';

const issuer = 'https://auth.example';

test.each([
  'https://agent.example/client.json',
  'https://agent.example:8443/a/b?c=d',
  'https://[2001:db8::1]/x',
  'https://agent.example/a..b/.well-known/x',
])('MD-060: %s may be a client id', (id) => {
  expect(documentUrlFault({ issuer }, id)).toBeUndefined();
});

test('MD-060: http is for a server that itself runs by http on loopback, and for loopback', () => {
  const local = { issuer: 'http://localhost:9000' };
  expect(documentUrlFault(local, 'http://127.0.0.1:7000/x')).toBeUndefined();
  expect(documentUrlFault(local, 'http://agent.example/x')).toBe('it is not https');
  expect(documentUrlFault({ issuer }, 'http://127.0.0.1:7000/x')).toBe('it is not https');
  expect(documentUrlFault({ issuer: 'https://localhost' }, 'http://localhost/x')).toBe('it is not https');
});

test('MD-060: whatever is taken is https with a path, and the one spelling of its URL', () => {
  const path = fc.stringMatching(/^[a-z./%#?@\\ A-Z0-9:]{0,12}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('https://h.example/', 'https:/h.example/', 'https://'),
      path,
      (head, tail) => {
        const id = head + tail;
        if (documentUrlFault({ issuer }, id) !== undefined) return;
        const url = new URL(id);
        expect(url.href).toBe(id);
        expect([url.protocol, url.hash, url.username, url.password]).toEqual(['https:', '', '', '']);
        expect(url.pathname.length).toBeGreaterThan(1);
        expect(id).not.toMatch(/#|\/\.{1,2}(\/|\?|$)/);
      },
    ),
    { numRuns: 1000 },
  );
});

test('only what looks like a URL of the web is one', () => {
  for (const id of ['https://a.example/x', 'HTTP:x']) expect(isDocumentUrl(id)).toBe(true);
  for (const id of ['print-shop', 'c_1', 'httpsomething', 'urn:x:y', ''])
    expect(isDocumentUrl(id)).toBe(false);
});
