import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const screens = [
  { name: 'phone, light', viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  { name: 'desktop, dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
] as const;

/** A page that everybody can read: by eye on this screen, by ear, and with a keyboard. */
export async function expectReadable(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly impact: string; readonly help: string }[];
}

/** What a screen reader or a keyboard would stumble over. The page's own policy forbids scripts, so it is asked from outside. */
async function expectAccessible(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const expression = `${axe}; axe.run(document).then((result) => JSON.stringify({ violations: result.violations }))`;
  const answer = await session.send('Runtime.evaluate', { expression, awaitPromise: true });
  const { violations } = JSON.parse(String(answer.result.value)) as AxeResult;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious, page.url()).toEqual([]);
}

/** Nothing may be wider than the screen. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, page.url()).toBeLessThanOrEqual(0);
}
