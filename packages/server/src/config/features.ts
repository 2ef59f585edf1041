import { z } from 'zod';

/** What the server offers beyond OAuth 2.1. What is off is neither answered nor told in the metadata. */
export const features = z
  .strictObject({
    /** ID tokens, userinfo and the scopes of OpenID Connect. */
    openid: z.boolean().default(true),
    /** The `resource` parameter (RFC 8707). */
    resourceIndicators: z.boolean().default(true),
    /** RFC 9126. */
    pushedRequests: z.boolean().default(true),
    /** Request objects by value (RFC 9101). */
    requestObjects: z.boolean().default(true),
    /** Request objects fetched from addresses that the client registered. */
    requestUris: z.boolean().default(false),
    /** JARM. */
    signedResponses: z.boolean().default(true),
    /** RFC 9449. */
    dpop: z.boolean().default(true),
    /** Client certificates (RFC 8705); the HTTP server has to ask for them. */
    mutualTls: z.boolean().default(false),
    /** RFC 9701. */
    signedIntrospection: z.boolean().default(true),
    rpLogout: z.boolean().default(true),
    backChannelLogout: z.boolean().default(true),
    frontChannelLogout: z.boolean().default(false),
    /** Clients whose id is the URL of their metadata (MCP). */
    clientIdDocuments: z.boolean().default(false),
    /** People may make accounts of their own (`prompt=create`). */
    signUp: z.boolean().default(false),
  })
  .prefault({});

/** How requests have to come, from every client. */
export const requests = z
  .strictObject({
    requirePushed: z.boolean().default(false),
    requireSigned: z.boolean().default(false),
    /** Seconds that a pushed request can be used (RFC 9126 §2.2). */
    pushedLifetime: z.int().min(5).max(599).default(90),
  })
  .prefault({});

export const dpop = z
  .strictObject({
    /** Proofs must carry a nonce of this server (RFC 9449 §8). */
    requireNonce: z.boolean().default(false),
    /** Seconds that a nonce is good; a new one is given out halfway. */
    nonceLifetime: z.int().min(10).max(3600).default(300),
  })
  .prefault({});

/** Authentication contexts, strongest first: reached when the session was made by all `methods`, lately enough. */
export const authenticationContexts = z
  .array(
    z.strictObject({
      /** `acr` value. */
      value: z.string().min(1).max(200),
      /** Authentication methods (RFC 8176) the session must have. */
      methods: z.array(z.string().min(1)).min(1),
      /** Seconds since the last sign-in at most. */
      within: z.int().min(1).optional(),
    }),
  )
  .default([]);

/** Types of rich authorization requests (RFC 9396), each with the JSON Schema its objects must satisfy. */
export const authorizationDetails = z
  .record(
    z.string().min(1).max(200),
    z.strictObject({
      /** Heading at consent: "Make a payment". */
      title: z.string().min(1).max(100),
      /**
       * JSON Schema (draft 2020-12) of the object. Members it does not name are refused, at every depth, unless it says
       * otherwise there. `format` knows date, date-time, email, uri and uuid.
       */
      schema: z.record(z.string(), z.unknown()),
      /** Labels of members at consent, by JSON pointer: `/instructedAmount/amount`. */
      labels: z.record(z.string(), z.string().max(100)).default({}),
      /** Identifiers of the resources it is for; absent: any. */
      resources: z.array(z.string()).optional(),
    }),
  )
  .default({});

export type ConfiguredDetailTypes = z.output<typeof authorizationDetails>;

/** Clients that register themselves (RFC 7591, 7592). */
export const registration = z
  .strictObject({
    mode: z.enum(['off', 'token', 'open']).default('off'),
    /** Bearer tokens that allow it, for mode `token`. Keep them out of version control. */
    initialAccessTokens: z.array(z.string().min(32)).default([]),
    /** RFC 7592. */
    management: z.boolean().default(true),
    /** Seconds after which a client that nobody has used is removed; 0: never. */
    lifetime: z
      .int()
      .min(0)
      .default(90 * 86_400),
    /** Registrations from one address. */
    throttle: z
      .strictObject({ limit: z.int().min(1).default(20), windowSeconds: z.int().min(1).default(3600) })
      .prefault({}),
    /** What such a client may be granted; absent: everything. */
    scopes: z.array(z.string()).optional(),
  })
  .prefault({});

/** Clients that publish their metadata at the URL that is their id (`features.clientIdDocuments`). */
export const clientIdDocuments = z
  .strictObject({
    /** What such a client may be granted; absent: everything. */
    scopes: z.array(z.string()).optional(),
  })
  .prefault({});
