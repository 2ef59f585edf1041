import { isPlainHost, shown } from '@valetkey/protocol';
import { type Config, isLoopbackHost } from '../config.ts';
import { invalidMetadata } from './metadata-fault.ts';

/**
 * Why a URL is not one that this server calls or sends people to, or `undefined` if it is: https, without fragment and
 * user information. A server that itself runs by http on loopback (development) takes such URLs too.
 */
function publishedUrlFault({ issuer }: Pick<Config, 'issuer'>, text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:\/\/[^/?#]/i.test(text)) return 'must be an absolute URL';
  if (text.includes('#')) return 'must have no fragment';
  if (/^[^/?#]*\/\/[^/?#]*@/.test(text)) return 'must have no user information';
  if (!/^[\x21-\x7e]+$/.test(text)) return 'holds characters that a URL cannot hold';
  if (!isPlainHost(url.hostname)) return 'has a host that is neither a DNS name nor an address';
  if (url.protocol === 'https:') return undefined;
  return issuer.startsWith('http:') && isLoopbackHost(url.hostname) ? undefined : 'must be https';
}

/** The URL of a member, checked. Throws `invalid_client_metadata`. */
export function requirePublishedUrl(
  config: Config,
  { member, requirement = 'MD-043' }: { member: string; requirement?: string },
  value: string,
): string {
  const fault = publishedUrlFault(config, value);
  if (fault === undefined) return value;
  throw invalidMetadata(member, fault, { expected: 'an https URL', got: shown(value), requirement });
}
