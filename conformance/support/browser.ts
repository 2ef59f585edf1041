/**
 * A browser without a screen: keeps cookies by host, follows nothing by itself, reads forms by the ids that automation
 * relies on. It speaks to whatever answers requests: a handler in this process or a server behind a port.
 */

export type Fetch = (request: Request) => Promise<Response>;

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

export class Browser {
  readonly #fetch: Fetch;
  readonly #cookies = new Map<string, string>();
  readonly #headers: Record<string, string>;

  constructor(fetch: Fetch, headers: Record<string, string> = {}) {
    this.#fetch = fetch;
    this.#headers = headers;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  forgetCookies(): void {
    this.#cookies.clear();
  }

  /** Another browser with the cookies of this one: a thief's, or this one restored from a backup. */
  copy(): Browser {
    const other = new Browser(this.#fetch, this.#headers);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    return other;
  }

  /** One request, no redirects. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({
      'user-agent': 'Firefox/147.0',
      ...this.#headers,
      ...Object.fromEntries(new Headers(init.headers)),
    });
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await this.#fetch(new Request(url, { ...init, headers, redirect: 'manual' }));
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  get(url: string): Promise<Response> {
    return this.send(url);
  }

  post(url: string, fields: Record<string, string>): Promise<Response> {
    return this.send(url, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    });
  }

  /** Follows redirects within the origin of `url`; returns the page, or the redirect that leaves. */
  async open(url: string): Promise<Page | { readonly left: URL }> {
    return this.follow(url, await this.get(url));
  }

  async follow(url: string, response: Response): Promise<Page | { readonly left: URL }> {
    let at = url;
    let answer = response;
    for (let hops = 0; hops < 10; hops += 1) {
      const location = answer.headers.get('location');
      if (location === null)
        return { url: at, status: answer.status, headers: answer.headers, html: await answer.text() };
      const next = new URL(location, at);
      if (next.origin !== new URL(at).origin) return { left: next };
      at = next.href;
      answer = await this.get(at);
    }
    throw new Error('More than ten redirects.');
  }

  /** Submits the form that the element with this id belongs to, as a click on it would. */
  async click(
    page: Page,
    id: string,
    fields: Record<string, string> = {},
  ): Promise<Page | { readonly left: URL }> {
    const form = formWith(page.html, id);
    const action = new URL(form.action, page.url).href;
    return this.follow(action, await this.post(action, { ...form.fields, ...fields }));
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals).trim();
    if (attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0'))
      this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(equals + 1));
  }
}

/** The hidden fields of the form around an element, with the element's own name and value. */
export function formWith(html: string, id: string): { action: string; fields: Record<string, string> } {
  for (const [form] of html.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    const element = [...form.matchAll(/<(?:button|input)\b[^>]*>/g)]
      .map(([tag]) => tag)
      .find((tag) => attribute(tag, 'id') === id);
    if (element === undefined) continue;
    const fields: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(tag, 'name');
      if (name !== undefined && attribute(tag, 'type') === 'hidden')
        fields[name] = attribute(tag, 'value') ?? '';
    }
    const name = attribute(element, 'name');
    if (name !== undefined) fields[name] = attribute(element, 'value') ?? '';
    return { action: attribute(form, 'action') ?? '', fields };
  }
  throw new Error(`There is no form with #${id} on the page:\n${html.slice(0, 2000)}`);
}

/** The value of an attribute in a tag, unescaped. */
export function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The text inside the element with this id. */
export function textOf(html: string, id: string): string | undefined {
  return new RegExp(`id="${id}"[^>]*>([^<]*)<`).exec(html)?.[1];
}
