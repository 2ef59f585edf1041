import { expect, it } from 'vitest';
import { formTargetOf, type PageSources, pageHeaders } from './headers.ts';

const policy = (sources: PageSources = {}) =>
  pageHeaders({ https: false }, sources)['Content-Security-Policy'] ?? '';

it('a page runs nothing, frames nothing and posts to this origin, unless it names more', () => {
  expect(policy()).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  expect(policy({ formTarget: null, frames: [] })).toBe(policy());
});

it('what a page names is let through, and nothing beside it', () => {
  expect(policy({ script: "'sha256-x'" })).toMatch(/; script-src 'sha256-x';/);
  expect(policy({ formTarget: 'https://a.example' })).toMatch(/; form-action 'self' https:\/\/a\.example;/);
  const frames = ['https://a.example', 'https://b.example:8443', 'https://a.example'];
  expect(policy({ frames })).toMatch(/; frame-src https:\/\/a\.example https:\/\/b\.example:8443;/);
});

it('no page can be framed or kept, whatever it names', () => {
  const headers = pageHeaders({ https: true }, { script: "'sha256-x'", frames: ['https://a.example'] });
  expect(headers['Content-Security-Policy']).toContain("frame-ancestors 'none'");
  expect(headers).toMatchObject({ 'X-Frame-Options': 'DENY', 'Cache-Control': 'no-store' });
  expect(headers).toHaveProperty('Strict-Transport-Security');
});

it('a target is its origin, or its scheme where a policy cannot hold the origin', () => {
  expect(formTargetOf('https://a.example:8443/cb?x')).toBe('https://a.example:8443');
  expect(formTargetOf('http://[::1]:9002/cb')).toBe('http:');
  expect(formTargetOf('com.example.app:/cb')).toBe('com.example.app:');
});
