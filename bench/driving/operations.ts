import { createHash, randomBytes } from 'node:crypto';
import { api, client, password, people, scope } from '../stage.ts';
import { Browser } from './browser.ts';
import { HttpClient, type Reply } from './http-client.ts';

/** A code and what it takes to redeem it. */
export interface Answer {
  readonly code: string;
  readonly verifier: string;
}

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Speaks OAuth with one server, as the client, the API and all the people. Throws when an answer is not a success. */
export class Operations {
  readonly #origin: string;
  readonly #http = new HttpClient();
  readonly #browsers = people.map(() => new Browser(this.#http));
  #turn = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Everyone signs in and approves, once. */
  async signIn(over: Record<string, string> = {}): Promise<void> {
    for (const [i, browser] of this.#browsers.entries()) {
      const { url } = this.#request(over);
      const target = await browser.walk(url, { username: people[i] ?? '', password });
      if (!target.searchParams.has('code')) throw new Error(`No code came back: ${target}`);
    }
  }

  /** A request of someone who is signed in and has approved: one redirect. */
  async authorize(over: Record<string, string> = {}): Promise<Answer> {
    const { url, verifier } = this.#request(over);
    this.#turn = (this.#turn + 1) % people.length;
    const reply = await (this.#browsers[this.#turn] as Browser).get(url);
    const code = URL.parse(reply.headers.location ?? '')?.searchParams.get('code');
    if (!code) throw refused('authorize', reply);
    return { code, verifier };
  }

  exchange({ code, verifier }: Answer): Promise<Tokens> {
    const { redirectUri } = client;
    const fields = { code, code_verifier: verifier, redirect_uri: redirectUri };
    return this.#call('/token', client, { grant_type: 'authorization_code', ...fields });
  }

  refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return this.#call('/token', client, { grant_type: 'refresh_token', refresh_token });
  }

  async introspect({ access_token }: Tokens): Promise<void> {
    const answer = await this.#call<{ active: boolean }>('/introspect', api, { token: access_token });
    if (!answer.active) throw new Error('introspect: the token is not active');
  }

  close(): void {
    this.#http.close();
  }

  #request(over: Record<string, string>): { url: string; verifier: string } {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: client.id,
      redirect_uri: client.redirectUri,
      scope,
      state: randomBytes(12).toString('base64url'),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...over,
    });
    return { url: `${this.#origin}/authorize?${query}`, verifier };
  }

  async #call<Body>(
    path: string,
    caller: { id: string; secret: string },
    fields: Record<string, string>,
  ): Promise<Body> {
    const reply = await this.#http.send({
      method: 'POST',
      url: this.#origin + path,
      headers: {
        authorization: `Basic ${Buffer.from(`${caller.id}:${caller.secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(fields).toString(),
    });
    if (reply.status !== 200) throw refused(path, reply);
    return JSON.parse(reply.body);
  }
}

function refused(what: string, { status, headers, body }: Reply): Error {
  return new Error(`${what}: ${status} ${headers.location ?? body}`);
}
