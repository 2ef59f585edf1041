export * from './account/apps.ts';
export * from './account/sessions.ts';
export { type Authority, createAuthority, type Ports } from './authority.ts';
export type { Answer } from './authorize/answer.ts';
export { authorize, decline, resume } from './authorize/authorize.ts';
export { askConsent, type ConsentQuestion, giveConsent } from './authorize/consent.ts';
export type { AuthorizeOutcome, Browser, PageName } from './authorize/outcome.ts';
export type { PendingRequest } from './authorize/request.ts';
export { afterChoice, afterSignIn, withNewAccount, withOtherAccount } from './authorize/signed-in.ts';
export { newBinding, type OpenedTicket, openTicket, sealTicket, type Ticket } from './authorize/ticket.ts';
export type { Caller, ClientCertificate } from './caller.ts';
export {
  type Config,
  ConfigError,
  type ConfigInput,
  configSchema,
  isLoopbackHost,
  readConfig,
} from './config.ts';
export type * from './events.ts';
export { timeOrderedId } from './ids.ts';
export { type Introspection, introspect, signIntrospection } from './introspect.ts';
export { type KeyState, keyStates } from './keys/key-ring.ts';
export { type NewKeyPair, newKeyPair } from './keys/make-key.ts';
export { WrongRootKey } from './keys/root-key.ts';
export {
  confirmLogout,
  type Farewell,
  farewellOf,
  type LogoutOutcome,
  logout,
  type PendingLogout,
} from './logout/logout.ts';
export { type LogoutRequest, readLogoutRequest } from './logout/logout-request.ts';
export { clientsOfSession } from './logout/session-clients.ts';
export { metadata } from './metadata.ts';
export * from './model.ts';
export { pushRequest } from './par.ts';
export * from './ports.ts';
export { nonceToGive, offeredProofAlgorithms } from './proof/dpop.ts';
export { newReference, recordFault, recordRefusal } from './refusal.ts';
export { type ClientMetadata, readClientMetadata } from './register/client-metadata.ts';
export { findUsableClient } from './register/find-client.ts';
export {
  type Manager,
  readRegistration,
  removeRegistration,
  updateRegistration,
} from './register/manage.ts';
export { newSecret, newSecretValue, secretRecord } from './register/new-secret.ts';
export { ownAddress } from './register/own-address.ts';
export { type RegistrationOutcome, type RegistrationRequest, register } from './register/register.ts';
export { requireSector } from './register/sector-identifier.ts';
export { toClient } from './register/to-client.ts';
export { knownMetadata } from './register/wire-metadata.ts';
export type { RegistrationAnswer } from './register/write-registration.ts';
export { revoke } from './revoke.ts';
export { findVisitor, type Visitor } from './session.ts';
export { hashPassword } from './sign-in/password-hash.ts';
export { type SignInOutcome, signInWithPassword } from './sign-in/sign-in.ts';
export { type SignUpOutcome, signUp } from './sign-in/sign-up.ts';
export { hashClientSecret } from './token/client-secret.ts';
export { token } from './token/token.ts';
export { type Presented, type UserInfo, userinfo } from './userinfo.ts';
