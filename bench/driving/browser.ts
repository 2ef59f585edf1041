import type { HttpClient, Reply } from './http-client.ts';

/** The browser of one person: keeps cookies, follows redirects at one server, presses the button of a form. */
export class Browser {
  readonly #client: HttpClient;
  readonly #cookies = new Map<string, string>();

  constructor(client: HttpClient) {
    this.#client = client;
  }

  async get(url: string): Promise<Reply> {
    const reply = await this.#client.send({ method: 'GET', url, headers: this.#headers() });
    this.#keep(reply);
    return reply;
  }

  /** Goes on from page to page, filling in every form, until a redirect leads to another server; returns its target. */
  async walk(url: string, fields: Record<string, string>): Promise<URL> {
    let at = url;
    let reply = await this.get(at);
    for (let steps = 0; steps < 20; steps += 1) {
      if (reply.headers.location === undefined) {
        const form = readForm(reply.body, at);
        at = form.action;
        reply = await this.#post(at, { ...form.hidden, ...fields });
        continue;
      }
      const next = new URL(reply.headers.location, at);
      if (next.origin !== new URL(at).origin) return next;
      at = next.href;
      reply = await this.get(at);
    }
    throw new Error(`The walk from ${url} does not end`);
  }

  async #post(url: string, fields: Record<string, string>): Promise<Reply> {
    const body = new URLSearchParams(fields).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const reply = await this.#client.send({
      method: 'POST',
      url,
      body,
      headers: { ...this.#headers(), ...form },
    });
    this.#keep(reply);
    return reply;
  }

  #headers(): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { 'user-agent': 'Firefox/147.0', accept: 'text/html', ...(cookie === '' ? {} : { cookie }) };
  }

  #keep({ headers }: Reply): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const gone = /; *(max-age=0|expires=Thu, 01 Jan 1970)/i.test(line);
      if (gone) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

const buttons = ['login-submit', 'consent-approve'];

/** The form that holds a button to go on with, what is hidden in it, and what the button adds. */
function readForm(html: string, at: string): { action: string; hidden: Record<string, string> } {
  for (const [form] of html.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    const tags = [...form.matchAll(/<(?:input|button)\b[^>]*>/g)].map(([tag]) => tag);
    const button = tags.find((tag) => buttons.includes(attribute(tag, 'id') ?? ''));
    if (button === undefined) continue;
    const sent = tags.filter((tag) => tag === button || attribute(tag, 'type') === 'hidden');
    const pairs = sent.map((tag) => [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? '']);
    const action = new URL(attribute(form, 'action') || at, at).href;
    return { action, hidden: Object.fromEntries(pairs.filter(([name]) => name !== '')) };
  }
  throw new Error(`There is no form to go on with at ${at}:\n${html.slice(0, 2000)}`);
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&');
}
