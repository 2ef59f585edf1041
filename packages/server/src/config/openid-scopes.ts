/** Scopes of OpenID Connect (Core §5.4, §11) with the phrase that follows "APP wants to". The configuration may word them anew. */
export const openidScopes: Readonly<Record<string, { readonly description: string }>> = {
  openid: { description: 'know that it is you' },
  profile: { description: 'see your profile: your name, picture and the like' },
  email: { description: 'see your email address' },
  address: { description: 'see your postal address' },
  phone: { description: 'see your phone number' },
  offline_access: { description: 'stay connected while you are away' },
};

/** Whether a scope says something about the person's identity only, so that it belongs to no API. */
export function isOpenIdScope(scope: string): boolean {
  return Object.hasOwn(openidScopes, scope);
}
