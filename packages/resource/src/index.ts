export type { Access } from './access.ts';
export type { GuardConfig, Introspection, ResourceConfig, TrustedIssuer } from './config.ts';
export { createGuard, type Guard, type Needs, type Verdict } from './guard.ts';
export {
  clientSecretBasic,
  clientSecretPost,
  type IntrospectionAuthentication,
} from './introspection-credentials.ts';
export type { Fetch } from './outgoing.ts';
export type { Reason, RefusalCode } from './refusal.ts';
