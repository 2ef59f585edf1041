import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { failed } from './ending.ts';
import { type Guard, judgeAddresses, type Target } from './guard.ts';

/** All addresses of a name. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** As the operating system resolves names. */
export async function lookUp(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/**
 * The addresses that may be connected to, all of them judged. Whoever connects has to use these: asked again, the name could
 * give others. Throws `Ending`.
 */
export async function resolveTarget(
  target: Target,
  guard: Guard,
  { resolve, signal }: { resolve: Lookup; signal: AbortSignal },
): Promise<readonly string[]> {
  const { name, host } = target;
  const addresses = isIP(name) === 0 ? await within(signal, () => found(resolve, name)) : [name];
  if (addresses.length === 0) throw failed(`${host} has no address`);
  judgeAddresses(target, addresses, guard);
  return addresses;
}

async function found(resolve: Lookup, name: string): Promise<readonly string[]> {
  try {
    return await resolve(name);
  } catch (error) {
    throw failed(
      `${name} cannot be resolved: ${(error as NodeJS.ErrnoException).code ?? 'no reason was given'}`,
    );
  }
}

/** A lookup cannot be stopped; it can be left alone. */
async function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
