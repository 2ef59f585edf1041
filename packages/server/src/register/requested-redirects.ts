import { isLoopbackRedirectUri, redirectUriFault, shown } from '@valetkey/protocol';
import { isLoopbackHost } from '../config.ts';
import type { Client } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';

/** Where the client may be answered, and what kind of client that makes it (MD-033, MD-034). */
export function readRedirects(asked: AskedMetadata): Pick<Client, 'applicationType' | 'redirectUris'> {
  const redirectUris = [...new Set(asked.wire.redirect_uris ?? [])];
  const isOperator = asked.origin === 'operator';
  if (redirectUris.length === 0 && !isOperator) throw absent();
  const applicationType = asked.wire.application_type ?? inferredType(asked, redirectUris);
  for (const uri of redirectUris) {
    const fault =
      redirectUriFault(uri, applicationType) ?? (isOperator ? undefined : webFault(uri, applicationType));
    if (fault !== undefined) throw unfit(uri, { fault, applicationType });
  }
  return { applicationType, redirectUris };
}

/**
 * The default is `web`. Programs that listen on loopback leave the type out as a rule, and are told that they are native; one
 * that publishes its metadata cannot be told, so that an app's own scheme says it as well.
 */
function inferredType({ origin }: AskedMetadata, uris: readonly string[]): Client['applicationType'] {
  const isWebUrl = (uri: string) => /^https:/i.test(uri);
  const isNative = (uri: string) => isLoopbackRedirectUri(uri) || (origin === 'document' && !isWebUrl(uri));
  return uris.some(isNative) && uris.every((uri) => isNative(uri) || isWebUrl(uri)) ? 'native' : 'web';
}

/** OpenID Connect Registration §2: a web client is reached by https, at a host of its own. */
function webFault(uri: string, applicationType: Client['applicationType']): string | undefined {
  if (applicationType === 'native') return undefined;
  const { protocol, hostname } = new URL(uri);
  if (protocol !== 'https:') return 'is http; a web client needs https (register the client as native)';
  const isLocal = isLoopbackHost(hostname) || hostname.endsWith('.localhost');
  return isLocal ? 'is on localhost (register the client as native)' : undefined;
}

function absent() {
  return invalidMetadata('redirect_uris', 'is missing', {
    expected: 'at least one redirect URI',
    got: 'none',
    requirement: 'MD-033',
  });
}

function unfit(uri: string, why: { fault: string; applicationType: Client['applicationType'] }) {
  return invalidMetadata('redirect_uris', `holds one that ${why.fault}`, {
    expected: `redirect URIs of a ${why.applicationType} client`,
    got: shown(uri),
    requirement: isOfItsType(uri) ? 'MD-034' : 'MD-033',
  });
}

/** It could be registered, but for the type of the client. */
function isOfItsType(uri: string): boolean {
  return redirectUriFault(uri, 'native') === undefined || redirectUriFault(uri, 'web') === undefined;
}
