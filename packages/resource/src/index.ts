export type { Access, AuthorizationDetail, BoundKey } from './access.ts';
export type { AnswerHeaders } from './answer-headers.ts';
export type { Call } from './call.ts';
export { certificateFromProxy } from './certificate-from-proxy.ts';
export type {
  DpopConfig,
  GuardConfig,
  Introspection,
  MtlsConfig,
  NonceConfig,
  ResourceConfig,
  TrustedIssuer,
} from './config.ts';
export { createGuard, type Guard, type Verdict } from './guard.ts';
export {
  clientSecretBasic,
  clientSecretPost,
  type IntrospectionAuthentication,
} from './introspection-credentials.ts';
export type { Needs } from './needs.ts';
export type { Fetch } from './outgoing.ts';
export type { Reason, RefusalCode } from './refusal.ts';
export { memoryReplay, type ReplayStore } from './replay-store.ts';
