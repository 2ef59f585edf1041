/** Who takes part: the same client, API and people at every server, so that every server does the same work. */

export const client = {
  id: 'print-shop',
  secret: 'Jx0SXp7pmsQ4rCqzT3nUOaY1vKc8hWdE2fGiLbMoRsA',
  redirectUri: 'https://print.example/callback',
} as const;

/** Asks about access tokens at introspection. */
export const api = { id: 'photo-api', secret: 'q8ZtVn5yPwB0eKxMj3rLgHc6aUfSdT1oIvYbE9XkW2Q' } as const;

/** Who it is, and one thing to do: the answer holds an ID token, an access token and a refresh token. */
export const scope = 'openid photos:read';
export const apiScope = 'photos:read';
export const resource = 'https://photos.example/api';
/** oidc-provider does not introspect JWTs: for this resource it issues tokens that can be. */
export const opaqueResource = `${resource}/opaque`;

export const password = 'correct horse battery staple';

/** Many of them, because some servers walk through all that one person has ever granted. */
export const people: readonly string[] = Array.from({ length: 32 }, (_, i) => `person-${i}`);

/** Seconds; as Valetkey has them unless told. */
export const lifetimes = {
  code: 60,
  accessToken: 600,
  refreshToken: 30 * 86_400,
  session: 14 * 86_400,
} as const;
