import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agent } from '../interop/mcp-parties.ts';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { openPort, type Port } from '../targets/port.ts';
import { follow, type WorkedExample } from './worked-example.ts';

const ada = { id: '', username: 'ada', password: 'correct horse battery staple' };

describe('docs/fapi.md', () => {
  let example: WorkedExample;
  beforeAll(async () => {
    example = await follow('docs/fapi.md', [
      'valetkey serve',
      'node accounts-api.ts',
      'node account-viewer.ts',
    ]);
  });
  afterAll(() => example?.stop());

  it('leads to the accounts, by a token that is worth nothing without its key', async () => {
    const viewer = example.running('node account-viewer.ts');
    const [, asked = ''] = await viewer.says(/Open this:\n(\S+)\n/);
    expect([...new URL(asked).searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const answer = await walk(new Browser((request) => fetch(request)), asked, ada);
    viewer.tell(answer.href);
    expect((await viewer.says(/is signed in; the token is of type (\w+)/i))[1]).toMatch(/^dpop$/i);
    const [, accounts = ''] = await viewer.says(/^200 (\{.*\})$/m);
    expect(JSON.parse(accounts)).toMatchObject({ accounts: [{ name: 'Savings' }] });
    const api = example.at('http://localhost:9001/accounts');
    const bare = await fetch(api);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^DPoP/),
    ]);
  });
});

describe('docs/mcp.md', () => {
  let example: WorkedExample;
  let document: Port;
  beforeAll(async () => {
    document = await openPort();
    example = await follow('docs/mcp.md', ['valetkey serve', 'node mcp-server.ts']);
  });
  afterAll(async () => {
    await example?.stop();
    await document.close();
  });

  const redirectUri = 'http://127.0.0.1:33418/callback';
  const person = { user: ada, fetch: (request: Request) => fetch(request) };

  async function call(agent: Agent): Promise<string> {
    const url = example.at('http://localhost:9001/mcp');
    await retry(() => fetch(url));
    return agent.whoAmI({ url }, person);
  }

  it('lets an agent in that registers itself', async () => {
    const agent = new Agent({ redirectUri });
    expect(await call(agent)).toMatch(/^[\w-]{30}$/);
    expect(agent.clientInformation()?.client_id).toMatch(/^c_/);
  });

  it('lets an agent in that publishes what the page shows', async () => {
    const [, text = ''] = /```json\n(.*?)\n```/s.exec(readFileSync('docs/mcp.md', 'utf8')) ?? [];
    const metadataUrl = `${document.url}/client.json`;
    document.answerWith(() => Response.json({ ...JSON.parse(text), client_id: metadataUrl }));
    // The SDK publishes by https only (see mcp.test.ts), so that its agent is told its id here.
    const agent = new Agent({ known: { client_id: metadataUrl }, redirectUri });
    expect(await call(agent)).toMatch(/^[\w-]{30}$/);
    expect(agent.clientInformation()?.client_id).toBe(metadataUrl);
  });
});

/** A server that has just been started answers soon. */
async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + 30_000; Date.now() < until; ) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return attempt();
}

describe('docs/openid-connect.md', () => {
  let example: WorkedExample;
  beforeAll(async () => {
    example = await follow('docs/openid-connect.md', ['valetkey serve', 'node print-shop.ts']);
  });
  afterAll(() => example?.stop());

  it('leads to an ID token and to what userinfo knows', async () => {
    const shop = example.running('node print-shop.ts');
    const [, asked = ''] = await shop.says(/Open this:\n(\S+)\n/);
    const answer = await walk(new Browser((request) => fetch(request)), asked, ada);
    shop.tell(answer.href);
    const [said] = await shop.says(/ID token \{[^}]*\}\nuserinfo \{[^}]*\}\n/);
    for (const name of ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'amr', 'sid'])
      expect(said).toMatch(new RegExp(`  ${name}: `));
    expect(said).toMatch(/name: 'Ada Lovelace'/);
    expect(said).toMatch(/email: 'ada@example.com'/);
  });
});
