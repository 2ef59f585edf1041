import { shown } from '@valetkey/protocol';
import type { SigningAlgorithm } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import type { WireMetadata } from './wire-metadata.ts';

type SignedAnswer = Extract<keyof WireMetadata, `${string}_signed_response_alg`>;

/** An algorithm that the client wants something signed by; `undefined`: it names none. */
export function readSigningAlgorithm(
  { config, wire }: AskedMetadata,
  member: SignedAnswer,
): SigningAlgorithm | undefined {
  const asked = wire[member];
  const algorithm = config.keys.algorithms.find((known) => known === asked);
  if (asked === undefined || algorithm !== undefined) return algorithm;
  throw invalidMetadata(member, `${shown(asked)} is not an algorithm that this server signs with`, {
    expected: `one of ${config.keys.algorithms.join(' ')}`,
    got: shown(asked),
    requirement: 'MD-037',
  });
}

/** What was to be encrypted would travel in the clear: who asks for it must know that it cannot be had. */
export function refuseEncryption({ wire }: Pick<AskedMetadata, 'wire'>): void {
  const member = Object.keys(wire).find((name) => /_encrypted_response_alg$|_encryption_alg$/.test(name));
  if (member === undefined) return;
  throw invalidMetadata(member, 'cannot be had: nothing is encrypted here', {
    expected: 'no encryption',
    got: 'an algorithm for it',
    requirement: 'MD-037',
  });
}
