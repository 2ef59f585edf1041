import { expect } from 'vitest';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { Browser } from './browser.ts';
import { authorizeUrl } from './flow.ts';
import { leftTo, signIn } from './pages.ts';

/** A browser that somebody is signed in at: clients with implied consent get codes without a page. */
export interface Session {
  readonly user: TestUser;
  readonly code: (
    client: TestClient,
    over?: Readonly<Record<string, string | undefined>>,
  ) => Promise<{ code: string; verifier: string }>;
  /** Of a request that stands in an address already. */
  readonly codeAt: (url: string) => Promise<string>;
}

export async function signedInSession(target: Target): Promise<Session> {
  const [browser, user] = [new Browser(target.fetch), await target.addUser()];
  await signIn(browser, target, user);
  const codeAt = async (url: string) => {
    const answer = leftTo(await browser.open(url));
    return answer.searchParams.get('code') ?? expect.unreachable(`No code came back: ${answer}`);
  };
  return {
    user,
    codeAt,
    code: async (client, over = {}) => {
      const { url, verifier } = authorizeUrl(target, client, over);
      return { code: await codeAt(url), verifier };
    },
  };
}
