import { shown } from '@valetkey/protocol';
import type { Client, GrantType } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';

const offered: readonly GrantType[] = ['authorization_code', 'refresh_token'];

/**
 * The grant types that this server knows; others are left out, which the answer tells (MD-037). The grant types and
 * response types that are sent have to agree (RFC 7591 §2.1).
 */
export function readFlow({ wire }: AskedMetadata): Pick<Client, 'grantTypes'> {
  const { grant_types: grants = ['authorization_code'], response_types: responses = ['code'] } = wire;
  const isForCode = (response: string) => response.split(' ').includes('code');
  if (!grants.includes('authorization_code')) throw disagreement('grant_types', grants, 'authorization_code');
  if (!responses.includes('code')) throw disagreement('response_types', responses, 'code');
  const isImplicit = responses.some((response) => !isForCode(response) || response.includes(' '));
  if (isImplicit && !grants.includes('implicit')) throw disagreement('grant_types', grants, 'implicit');
  return { grantTypes: offered.filter((grant) => grants.includes(grant)) };
}

function disagreement(member: string, values: readonly string[], missing: string) {
  return invalidMetadata(member, `lacks ${missing}`, {
    expected: `${missing} among them`,
    got: shown(values.join(' ')),
    requirement: 'MD-036',
  });
}
