import type { Access } from './access.ts';
import { admit } from './admit.ts';
import { type AnswerHeaders, keptPrivate, withHeaders } from './answer-headers.ts';
import { type Call, callOf } from './call.ts';
import { type Offer, respond } from './challenge.ts';
import type { GuardConfig } from './config.ts';
import { corsHeaders, preflight } from './cors.ts';
import { type Scheme, schemeOf } from './credentials.ts';
import type { Needs } from './needs.ts';
import { type Reason, Refusal } from './refusal.ts';
import { resourceMetadata, respondWithMetadata } from './resource-metadata.ts';
import { readConfig, type Settings } from './settings.ts';

/** Access, with the headers of the answer; or the answer to send in place of the resource, with the reason for the log. */
export type Verdict =
  | { readonly granted: Access; readonly headers: AnswerHeaders }
  | { readonly refused: Response; readonly reason: Reason };

/** The guard of one protected resource. */
export interface Guard {
  /** Where the resource metadata is (RFC 9728 §3.1). */
  readonly metadataUrl: string;
  /**
   * Looks at the access token of a request: access, or the challenge of RFC 6750 §3. Never fails because of a request;
   * fails with a `TypeError` where revocation is to be checked and the issuer has no introspection.
   */
  check(call: Request | Call, needs?: Needs): Promise<Verdict>;
  /** Answers a request whole: preflight, check, then `handler`; the answer is kept out of shared caches. */
  protect(
    call: Request | Call,
    needs: Needs,
    handler: (access: Access) => Response | Promise<Response>,
  ): Promise<Response>;
  /** Serves the resource metadata (RFC 9728 §3); `undefined` if the request is for something else. */
  metadata(request: Request): Response | undefined;
  /** Answers a preflight, which carries no token; `undefined` if it is none, or if no origin is allowed. */
  preflight(request: Request): Response | undefined;
}

/** Makes a guard; faulty settings are a `TypeError` with all faults named. Nothing is fetched before it is needed. */
export function createGuard(config: GuardConfig): Guard {
  const settings = readConfig(config);
  const document = resourceMetadata(config, settings);
  const { allowedOrigins, metadataUrl, transport } = settings;
  const guard: Guard = {
    metadataUrl: metadataUrl.href,
    check: (call, needs = {}) => check(settings, callOf(call), needs),
    async protect(call, needs, handler) {
      const early = guard.preflight(callOf(call).request);
      if (early) return early;
      const verdict = await guard.check(call, needs);
      if ('refused' in verdict) return verdict.refused;
      return withHeaders(await handler(verdict.granted), verdict.headers);
    },
    metadata(request) {
      const response = respondWithMetadata(request, metadataUrl, document);
      if (response === undefined) return undefined;
      const headers = [...transport, ...corsHeaders(request, allowedOrigins)];
      return guard.preflight(request) ?? withHeaders(response, headers);
    },
    preflight: (request) => preflight(request, allowedOrigins),
  };
  return guard;
}

async function check(settings: Settings, call: Call, needs: Needs): Promise<Verdict> {
  const { request } = call;
  const used = schemeOf(request.headers.get('authorization'));
  try {
    const granted = await admit(settings, call, needs);
    return { granted, headers: [...(await headersOf(settings, request, used)), ...keptPrivate] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    settings.onRefusal(error.reason, request);
    const response = respond(error, offerOf(settings, needs, used));
    return { refused: withHeaders(response, await headersOf(settings, request, used)), reason: error.reason };
  }
}

function offerOf({ schemes, dpop, metadataUrl }: Settings, needs: Needs, used: Scheme | undefined): Offer {
  return {
    schemes,
    used: dpop === undefined ? 'Bearer' : used,
    needs,
    algorithms: dpop?.algorithms ?? [],
    resourceMetadata: metadataUrl.href,
  };
}

/** RFC 9449 §9: whoever makes proofs is always told the nonce for the next one. */
async function headersOf(
  { dpop, allowedOrigins, transport }: Settings,
  request: Request,
  used: Scheme | undefined,
): Promise<AnswerHeaders> {
  const headers = [...transport, ...corsHeaders(request, allowedOrigins)];
  if (used !== 'DPoP' || dpop?.nonces === undefined) return headers;
  return [...headers, ['dpop-nonce', (await dpop.nonces.now()).current]];
}
