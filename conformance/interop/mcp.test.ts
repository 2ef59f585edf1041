import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeServer } from '../targets/node-server.ts';
import { type Publishing, publish } from '../targets/publishing.ts';
import type { Target, TestUser } from '../targets/target.ts';
import { Agent, type McpHost, openMcpHost } from './mcp-parties.ts';

const redirectUri = 'http://127.0.0.1:33418/callback';

/** The MCP TypeScript SDK's client, a guarded MCP server, and this server between them. */
describe('MCP', () => {
  let host: McpHost;
  let target: Target;
  let user: TestUser;
  let web: Publishing;
  beforeAll(async () => {
    host = await openMcpHost();
    web = await publish();
    target = await nodeServer({
      fetcher: web.fetcher,
      config: {
        scopes: { 'tools:use': { description: 'use the tools' } },
        resources: [{ identifier: host.url, name: 'Tools', scopes: ['tools:use'] }],
        registration: { mode: 'open' },
        features: { clientIdDocuments: true },
      },
    });
    host.start(target.issuer);
    user = await target.addUser();
  });
  afterAll(async () => {
    await host.close();
    await web.close();
    await target.stop();
  });

  const person = () => ({ user, fetch: target.fetch });

  it('MC-001, MC-003, MC-006, MC-007, MC-008: a client that is known signs in, calls, and refreshes', async () => {
    const client = await target.addClient({
      authenticationMethod: 'none',
      applicationType: 'native',
      redirectUris: [redirectUri],
      scopes: ['tools:use'],
    });
    const agent = new Agent({ known: { client_id: client.id }, redirectUri });
    expect(await agent.whoAmI(host, person())).toBe(user.id);
    const first = agent.tokens();
    expect(first).toMatchObject({ scope: 'tools:use', refresh_token: expect.any(String) });
    // Dead for the API, while the refresh token lives: the SDK refreshes by itself.
    agent.saveTokens({ ...first, access_token: 'no.such.token', token_type: 'Bearer' });
    expect(await agent.callTool(host)).toBe(user.id);
    expect(agent.tokens()?.refresh_token).not.toBe(first?.refresh_token);
  });

  it('MC-005: a client that nobody knows registers itself, and does so again when it was removed', async () => {
    const agent = new Agent({ redirectUri });
    expect(await agent.whoAmI(host, person())).toBe(user.id);
    const id = agent.clientInformation()?.client_id;
    expect(id).toBeTypeOf('string');
    await target.store.clients.remove(String(id));
    agent.saveTokens({ access_token: 'no.such.token', token_type: 'Bearer', refresh_token: 'gone' });
    expect(await agent.whoAmI(host, person())).toBe(user.id);
    expect(agent.clientInformation()?.client_id).not.toBe(id);
  });

  it('MC-004, MC-009: a client whose id is the URL of its metadata needs no registration', async () => {
    const metadataUrl = `${web.url}/agent.json`;
    web.documents.set('/agent.json', {
      client_id: metadataUrl,
      client_name: 'A published agent',
      // Without a port, as published agents have it; they come with the one they got.
      redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    });
    const agent = new Agent({ metadataUrl, redirectUri });
    expect(await agent.whoAmI(host, person())).toBe(user.id);
    expect(agent.clientInformation()?.client_id).toBe(metadataUrl);
    // Fetched once for the whole flow: it is kept.
    expect(web.asked).toEqual(['/agent.json']);
  });
});
