/** A browser's cookie jar for one host. */
export interface Browser {
  readonly cookies: Map<string, string>;
  get(url: string): Request;
  post(url: string, headers?: Record<string, string>): Request;
  /** Takes the cookies of a response and gives it back. */
  take(response: Response): Response;
}

export function browser(): Browser {
  const cookies = new Map<string, string>();
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    cookies,
    get: (url) => new Request(url, { headers: { cookie: header() } }),
    post: (url, headers = {}) =>
      new Request(url, { method: 'POST', headers: { cookie: header(), ...headers } }),
    take(response) {
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = '', ...attributes] = cookie.split('; ');
        const [name = '', value = ''] = pair.split('=');
        if (attributes.includes('Max-Age=0')) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}
