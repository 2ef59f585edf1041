import type { Client } from '@valetkey/server';

/** What to do with a secret that is printed now and never again. */
export function keepSecret({ authenticationMethod }: Pick<Client, 'authenticationMethod'>): string {
  const kept =
    authenticationMethod === 'client_secret_jwt'
      ? 'it is stored wrapped under the root key, as client_secret_jwt needs it'
      : 'only a hash of it is stored';
  return `Keep the secret now: ${kept}, and it will not be shown again.`;
}
