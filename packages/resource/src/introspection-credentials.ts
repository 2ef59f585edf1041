/** How the API proves itself at the introspection endpoint: a function that adds to the request. RFC 7662 §2.1 */
export interface IntrospectionAuthentication {
  (request: { headers: Headers; body: URLSearchParams }): void;
  /** Who asks: the `aud` of signed answers (RFC 9701 §5). Needed for those only. */
  readonly clientId?: string;
}

/** `client_secret_basic`; id and secret are form-encoded before they are joined, as RFC 6749 §2.3.1 wants. */
export function clientSecretBasic(clientId: string, secret: string): IntrospectionAuthentication {
  const credentials = btoa(`${formEncode(clientId)}:${formEncode(secret)}`);
  return named(clientId, ({ headers }) => headers.set('authorization', `Basic ${credentials}`));
}

/** `client_secret_post`: both in the body. RFC 6749 §2.3.1 */
export function clientSecretPost(clientId: string, secret: string): IntrospectionAuthentication {
  return named(clientId, ({ body }) => {
    body.set('client_id', clientId);
    body.set('client_secret', secret);
  });
}

function named(clientId: string, authenticate: IntrospectionAuthentication): IntrospectionAuthentication {
  return Object.assign(authenticate, { clientId });
}

/** RFC 6749 Appendix B */
function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
