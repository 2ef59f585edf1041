import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type {
  OAuthClientInformationMixed,
  OAuthClientMetadata,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { createGuard } from '@valetkey/resource';
import type { Fetch } from '../support/browser.ts';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { openPort } from '../targets/port.ts';
import type { TestUser } from '../targets/target.ts';

export interface McpHost {
  /** Canonical URI of the MCP server: the audience of its tokens. */
  readonly url: string;
  readonly start: (issuer: string) => void;
  readonly close: () => Promise<void>;
}

/** An MCP server with one tool, guarded by `@valetkey/resource`. */
export async function openMcpHost(): Promise<McpHost> {
  const port = await openPort();
  const url = `${port.url}/mcp`;
  return {
    url,
    start: (issuer) => {
      const guard = createGuard({
        issuer,
        audience: url,
        scopesSupported: ['tools:use'],
        allowInsecureLoopback: true,
      });
      port.answerWith(
        (request) =>
          guard.metadata(request) ??
          guard.protect(request, { scope: ['tools:use'] }, async ({ subject }) => {
            const server = toolsFor(subject ?? '');
            const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
            await server.connect(transport);
            return transport.handleRequest(request);
          }),
      );
    },
    close: port.close,
  };
}

function toolsFor(subject: string): McpServer {
  const server = new McpServer({ name: 'tools', version: '1.0.0' });
  server.registerTool('whoami', { description: 'Says who you are.' }, () => ({
    content: [{ type: 'text', text: subject }],
  }));
  return server;
}

/** How an MCP client comes to its id: given, published under a URL, or registered by itself. */
export interface AgentIdentity {
  readonly known?: OAuthClientInformationMixed;
  readonly metadataUrl?: string;
  readonly redirectUri: string;
}

/** An agent: the SDK's client, a memory for what it must keep, and a person who signs in and allows it. */
export class Agent implements OAuthClientProvider {
  readonly #identity: AgentIdentity;
  #information: OAuthClientInformationMixed | undefined;
  #tokens: OAuthTokens | undefined;
  #verifier = '';
  asked: URL | undefined;
  readonly forgotten: string[] = [];
  readonly clientMetadataUrl?: string;

  constructor(identity: AgentIdentity) {
    this.#identity = identity;
    this.#information = identity.known;
    if (identity.metadataUrl !== undefined) this.clientMetadataUrl = identity.metadataUrl;
  }

  get redirectUrl(): string {
    return this.#identity.redirectUri;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: 'An agent',
      redirect_uris: [this.#identity.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  clientInformation(): OAuthClientInformationMixed | undefined {
    return this.#information;
  }

  saveClientInformation(information: OAuthClientInformationMixed): void {
    this.#information = information;
  }

  tokens(): OAuthTokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: OAuthTokens): void {
    this.#tokens = tokens;
  }

  redirectToAuthorization(url: URL): void {
    this.asked = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    this.forgotten.push(scope);
    if (scope === 'all' || scope === 'client') this.#information = undefined;
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined;
  }

  /** Tries, lets the person decide where that is asked for, tries again, and calls the tool. */
  async whoAmI(host: Pick<McpHost, 'url'>, person: { user: TestUser; fetch: Fetch }): Promise<string> {
    try {
      return await this.callTool(host);
    } catch (error) {
      if (this.asked === undefined) throw error;
    }
    const answer = await walk(new Browser(person.fetch), this.asked.href, person.user);
    this.asked = undefined;
    await this.#transport(host).finishAuth(answer.searchParams.get('code') ?? '');
    return this.callTool(host);
  }

  async callTool(host: Pick<McpHost, 'url'>): Promise<string> {
    const client = new Client({ name: 'agent', version: '1.0.0' });
    await client.connect(this.#transport(host));
    try {
      const { content } = (await client.callTool({ name: 'whoami' })) as { content: { text: string }[] };
      return content[0]?.text ?? '';
    } finally {
      await client.close();
    }
  }

  #transport(host: Pick<McpHost, 'url'>): StreamableHTTPClientTransport {
    return new StreamableHTTPClientTransport(new URL(host.url), { authProvider: this });
  }
}
