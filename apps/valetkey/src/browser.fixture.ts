export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

/** A browser without a screen: keeps the cookies of one host, follows redirects, submits forms. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  /** Everything a server has given it that nobody else may see: cookies, and the parameters of redirects. */
  readonly secrets: string[] = [];
  /** Addresses that are not opened, such as an app's that does not run here. */
  readonly #closed: string | undefined;

  constructor(closed?: string) {
    this.#closed = closed;
  }

  open(url: string): Promise<Page> {
    return this.#go(url, {});
  }

  /** Submits the form around the element with this id, as a click on it would. */
  submit(page: Page, id: string, fields: Record<string, string> = {}): Promise<Page> {
    const form = formWith(page.html, id);
    return this.#go(new URL(form.action, page.url).href, {
      method: 'POST',
      body: new URLSearchParams({ ...form.fields, ...fields }),
      headers: { 'sec-fetch-site': 'same-origin' },
    });
  }

  async #go(url: string, init: RequestInit): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(init.headers as Record<string, string>), cookie };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    const location = answer.headers.get('location');
    if (location === null) return { url, status: answer.status, html: await answer.text() };
    const next = new URL(location, url);
    this.secrets.push(...['code', 'ticket'].flatMap((name) => next.searchParams.get(name) ?? []));
    if (this.#closed !== undefined && next.href.startsWith(this.#closed)) {
      return { url: next.href, status: answer.status, html: '' };
    }
    return this.#go(next.href, {});
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    this.#cookies.set(name, value);
    if (value.length > 15) this.secrets.push(value);
  }
}

function formWith(html: string, id: string): { action: string; fields: Record<string, string> } {
  for (const [form] of html.matchAll(/<form\b[\s\S]*?<\/form>/g)) {
    if (!form.includes(`id="${id}"`)) continue;
    const tags = [...form.matchAll(/<(?:input|button)\b[^>]*>/g)].map(([tag]) => tag);
    const sent = tags.filter((tag) => tag.includes('type="hidden"') || tag.includes(`id="${id}"`));
    const pairs = sent.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')]);
    return { action: attribute(form, 'action'), fields: Object.fromEntries(pairs) };
  }
  throw new Error(`There is no #${id} in a form on this page:\n${html}`);
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&') ?? '';
}
