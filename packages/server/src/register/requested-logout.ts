import { redirectUriFault, shown } from '@valetkey/protocol';
import type { Client, ClientLogout } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { requirePublishedUrl } from './published-url.ts';

type Redirects = Pick<Client, 'applicationType' | 'redirectUris'>;

/** Where the client is told, and the person sent, at the end of a session; of what is off here nothing is kept. */
export function readLogout(asked: AskedMetadata, redirects: Redirects): ClientLogout {
  const { openid, rpLogout, backChannelLogout, frontChannelLogout } = asked.config.features;
  if (!openid) return {};
  return {
    ...(rpLogout ? readReturns(asked, redirects) : {}),
    ...(backChannelLogout ? readBackchannel(asked) : {}),
    ...(frontChannelLogout ? readFrontchannel(asked, redirects) : {}),
  };
}

/** RP-Initiated Logout §3.1. A native app is returned to as it is answered. */
function readReturns({ config, wire }: AskedMetadata, { applicationType }: Redirects): ClientLogout {
  const uris = [...new Set(wire.post_logout_redirect_uris ?? [])];
  const member = 'post_logout_redirect_uris';
  for (const uri of uris) {
    const fault = applicationType === 'native' ? redirectUriFault(uri, 'native') : undefined;
    if (fault !== undefined) throw refused(member, `holds one that ${fault}`, uri);
    if (applicationType === 'web') requirePublishedUrl(config, { member }, uri);
  }
  return uris.length === 0 ? {} : { postLogoutRedirectUris: uris };
}

/** Back-Channel Logout §2.2. */
function readBackchannel({ config, wire }: AskedMetadata): ClientLogout {
  const uri = wire.backchannel_logout_uri;
  if (uri === undefined) return {};
  return present<ClientLogout>({
    backchannelUri: requirePublishedUrl(config, { member: 'backchannel_logout_uri' }, uri),
    backchannelSessionRequired: wire.backchannel_logout_session_required === true ? true : undefined,
  });
}

/** Front-Channel Logout §2: on the origin of a redirect URI. */
function readFrontchannel({ config, wire }: AskedMetadata, { redirectUris }: Redirects): ClientLogout {
  const member = 'frontchannel_logout_uri';
  const uri = wire[member];
  if (uri === undefined) return {};
  const { origin } = new URL(requirePublishedUrl(config, { member }, uri));
  if (!redirectUris.some((known) => new URL(known).origin === origin))
    throw refused(member, 'is not on the origin of a redirect URI', uri);
  return present<ClientLogout>({
    frontchannelUri: uri,
    frontchannelSessionRequired: wire.frontchannel_logout_session_required === true ? true : undefined,
  });
}

function refused(member: string, text: string, uri: string) {
  const expected = 'an address of the client, which may be called';
  return invalidMetadata(member, text, { expected, got: shown(uri), requirement: 'MD-043' });
}
