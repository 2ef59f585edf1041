/** Which scope tokens stand for which: each with all it implies, over any number of steps. */
export type Scopes = ReadonlyMap<string, ReadonlySet<string>>;

export function readScopes(implies: Readonly<Record<string, readonly string[]>>): Scopes {
  const direct = new Map(Object.entries(implies));
  return new Map([...direct.keys()].map((scope) => [scope, reachFrom(scope, direct)]));
}

function reachFrom(scope: string, direct: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set([scope]);
  // A set is walked through with what is added on the way.
  for (const one of reached) for (const next of direct.get(one) ?? []) reached.add(next);
  return reached;
}

/** Whether a scope covers all that is wanted; compared whole and with case (RFC 6749 §3.3). */
export function covers(scopes: Scopes, granted: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((scope) => granted.some((one) => one === scope || scopes.get(one)?.has(scope)));
}
