import { shown } from '@valetkey/protocol';
import type { Client, ClientAbout } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { requirePublishedUrl } from './published-url.ts';

/** What the client says of itself: nobody vouches for any of it (MD-039). */
export function readAbout(asked: AskedMetadata): Pick<Client, 'name' | 'homepage'> & { about: ClientAbout } {
  const { config, wire } = asked;
  const { initiate_login_uri: login } = wire;
  return {
    name: wire.client_name ?? 'Unnamed app',
    homepage: readWebPage(asked, 'client_uri') ?? null,
    about: present<ClientAbout>({
      logoUri: readWebPage(asked, 'logo_uri'),
      policyUri: readWebPage(asked, 'policy_uri'),
      tosUri: readWebPage(asked, 'tos_uri'),
      contacts: wire.contacts?.length ? wire.contacts : undefined,
      initiateLoginUri:
        login === undefined
          ? undefined
          : requirePublishedUrl(config, { member: 'initiate_login_uri' }, login),
      softwareId: wire.software_id,
      softwareVersion: wire.software_version,
    }),
  };
}

/** It may become a link on a page: nothing but http and https. */
function readWebPage(
  { wire }: AskedMetadata,
  member: 'client_uri' | 'logo_uri' | 'policy_uri' | 'tos_uri',
): string | undefined {
  const value = wire[member];
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  const isPlain = /^https?:\/\/[^/?#@]+([/?#]|$)/i.test(value) && !/\s/.test(value);
  if (isPlain && url !== null && url.username === '' && url.password === '') return value;
  throw invalidMetadata(member, 'is not the http or https URL of a page', {
    expected: 'an http or https URL',
    got: shown(value),
    requirement: 'MD-039',
  });
}
