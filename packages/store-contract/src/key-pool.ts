import type { KeyObject } from 'node:crypto';
import { type NewKeyPair, newKeyPair, type SigningAlgorithm } from '@valetkey/server';

const pairsOfAnAlgorithm = 2;

/** The pairs of this process. The one state that tests share: a pair of RSA keys takes longer than most of them. */
const made = new Map<string, Promise<KeyObject>>();

/**
 * For `newKeyPair` of an authority in a test: real key pairs, two of an algorithm in turn, made once a process. Keys of
 * a store have ids of their own even where they share a pair.
 */
export function keyPool(): NewKeyPair {
  const asked = new Map<SigningAlgorithm, number>();
  return (algorithm) => {
    const times = asked.get(algorithm) ?? 0;
    asked.set(algorithm, times + 1);
    return pair(algorithm, times % pairsOfAnAlgorithm);
  };
}

function pair(algorithm: SigningAlgorithm, index: number): Promise<KeyObject> {
  const name = `${algorithm} ${index}`;
  const known = made.get(name) ?? newKeyPair(algorithm);
  made.set(name, known);
  return known;
}
