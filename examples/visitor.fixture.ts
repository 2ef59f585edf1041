import { createHash, randomBytes } from 'node:crypto';
import { ada, notebook } from './authority.ts';

interface Page {
  readonly url: string;
  readonly html: string;
}

export interface Approval {
  /** Where the authorization server sent the browser in the end. */
  readonly answer: URL;
  readonly verifier: string;
}

/** A browser without a screen, and Ada before it. */
export class Visitor {
  readonly #issuer: string;
  readonly #cookies = new Map<string, string>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** Walks from the authorization request to the answer: signs in, approves. */
  async approve(): Promise<Approval> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: notebook.id,
      state: 'xyz',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const signIn = await this.#page(await this.#send(`${this.#issuer}/authorize?${query}`));
    const consent = await this.#page(await this.#submit(signIn, { action: 'sign-in', ...ada }));
    const last = await this.#submit(consent, { decision: 'approve' });
    return { answer: new URL(last.headers.get('location') ?? ''), verifier };
  }

  /** Posts the form of a page, with the fields of a person's choice. */
  async #submit({ url, html }: Page, fields: Record<string, string>): Promise<Response> {
    const ticket = /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const body = new URLSearchParams({ ticket, ...fields });
    return this.#send(url.replace(/\?.*/, ''), { method: 'POST', body });
  }

  async #page(redirect: Response): Promise<Page> {
    const url = new URL(redirect.headers.get('location') ?? '', this.#issuer).href;
    return { url, html: await (await this.#send(url)).text() };
  }

  async #send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    return response;
  }
}

/** The app: posts to an endpoint with its credentials. */
export async function post(url: string, fields: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${notebook.id}:${notebook.secret}`)}` },
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}
