import { isScopeToken, shown, writeScope } from '@valetkey/protocol';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';

/**
 * What the client may be granted: what such clients may have, or of that what it names. What it names is also what it is
 * asking for when it asks for nothing in particular.
 */
export function readScopes({
  config,
  wire,
  origin,
}: AskedMetadata): Pick<Client, 'scopes' | 'defaultScopes'> {
  const open = openScopes(config, origin);
  if (wire.scope === undefined) return { scopes: open, defaultScopes: [] };
  const named = [...new Set(wire.scope.split(' '))];
  const scopes = open.filter((scope) => named.includes(scope));
  if (named.every(isScopeToken) && scopes.length > 0) return { scopes, defaultScopes: scopes };
  throw invalidMetadata('scope', 'names nothing that this server gives to such clients', {
    expected: `some of ${writeScope(open)}`,
    got: shown(wire.scope),
    requirement: 'MD-042',
  });
}

function openScopes(config: Config, origin: AskedMetadata['origin']): readonly string[] {
  if (origin === 'operator') return Object.keys(config.scopes);
  const { scopes: open } = origin === 'document' ? config.clientIdDocuments : config.registration;
  return Object.keys(config.scopes).filter((scope) => open?.includes(scope) ?? true);
}
