/** What `valetkey init` writes. The type is imported as a type only, so that the file runs wherever it lies. */
export const starterConfig = `import type { DeploymentInput } from 'valetkey';

export default {
  // The address people and apps know this server by. In production: https, through a proxy that ends TLS.
  issuer: 'http://localhost:9000',

  // The name of this server on its pages.
  brand: 'Valetkey',

  // What apps can ask for, with the words that follow "APP wants to".
  scopes: {
    'photos:read': { description: 'see your photos' },
    'photos:write': { description: 'add photos to your albums' },
  },

  // The APIs that tokens are for, each with its scopes. The identifier becomes the token's audience.
  resources: [
    {
      identifier: 'http://localhost:9001',
      name: 'Photos',
      scopes: ['photos:read', 'photos:write'],
      // 'opaque' tokens are checked by asking this server, and end at once when they are revoked.
      accessTokenFormat: 'jwt',
    },
  ],

  // What is offered beyond OAuth 2.1. OpenID Connect, pushed and signed requests and DPoP are on; docs/configuration.md
  // has everything.
  features: {
    // People may make accounts of their own.
    signUp: false,
    // Apps may prove themselves by certificates; needs \`tls\`, or a proxy that passes them on.
    mutualTls: false,
    // Apps may be described by a document at the URL that is their id, as MCP clients are.
    clientIdDocuments: false,
  },
  // Apps may register themselves: 'open', or with one of \`initialAccessTokens\`: 'token'.
  registration: { mode: 'off' },
  // 'fapi2' holds every app to the FAPI 2.0 Security Profile; \`client add --profile fapi2\` holds one.
  securityProfile: 'oauth2.1',

  // Where this process listens. 'localhost' is 127.0.0.1 and ::1; behind a proxy on another machine use '0.0.0.0' or '::'.
  listen: { host: 'localhost', port: 9000 },

  // One file for one process, or PostgreSQL for several: { postgres: { env: 'DATABASE_URL' } }.
  store: { sqlite: 'valetkey.db' },

  // Seals everything else. Without it the database is worth nothing, to a thief and to you.
  rootKey: { file: 'valetkey.root-key' },

  // Proxies in front of this process, so that throttling sees the addresses of people: ['10.0.0.0/8'].
  trustedProxies: [],
} satisfies DeploymentInput;
`;
