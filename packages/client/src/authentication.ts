import { type ClientAuth, ClientSecretBasic, ClientSecretPost, None } from 'oauth4webapi';

/** How the client proves itself to the authorization server: a function that adds to a request. */
export type ClientAuthentication = ClientAuth;

/** `client_secret_basic`; id and secret are form-encoded before they are joined, as RFC 6749 §2.3.1 wants. */
export function clientSecretBasic(secret: string): ClientAuthentication {
  return ClientSecretBasic(secret);
}

/** `client_secret_post`: the secret in the body. RFC 6749 §2.3.1 */
export function clientSecretPost(secret: string): ClientAuthentication {
  return ClientSecretPost(secret);
}

/** A public client: it only names itself. */
export function none(): ClientAuthentication {
  return None();
}
