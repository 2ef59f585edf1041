import type { Config } from '@valetkey/server';
import type { ClientAddOptions } from './client-add-options.ts';

type Feature = keyof Config['features'];

/** Which of these features an option needs; one of them is enough. */
const needs: readonly (readonly [keyof ClientAddOptions, flag: string, readonly Feature[]])[] = [
  ['idTokenAlg', '--id-token-alg', ['openid']],
  ['claimsInIdToken', '--claims-in-id-token', ['openid']],
  ['pairwise', '--pairwise', ['openid']],
  ['postLogoutRedirectUri', '--post-logout-redirect-uri', ['rpLogout']],
  ['backchannelLogoutUri', '--backchannel-logout-uri', ['backChannelLogout']],
  ['frontchannelLogoutUri', '--frontchannel-logout-uri', ['frontChannelLogout']],
  ['requirePar', '--require-par', ['pushedRequests']],
  ['requireSignedRequest', '--require-signed-request', ['requestObjects', 'requestUris']],
];

/** Options for what the server does not offer: they would come to nothing, or to refusals later on. */
export function* featureFaults(options: ClientAddOptions, { features }: Config): Generator<string> {
  for (const [name, flag, offered] of needs) {
    if (options[name] !== undefined && !offered.some((feature) => features[feature]))
      yield `${flag} needs features.${offered.join(' or features.')} in the configuration`;
  }
  if (options.binding === 'dpop' && !features.dpop)
    yield '--binding dpop needs features.dpop in the configuration';
  const needsCertificates = options.authMethod?.includes('tls') || options.binding === 'certificate';
  if (needsCertificates && !features.mutualTls)
    yield 'certificates of clients need features.mutualTls in the configuration (docs/operations.md says how to ask for them)';
}
