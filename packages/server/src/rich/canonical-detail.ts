import type { AuthorizationDetail } from '@valetkey/protocol';

/** One text for one detail, in whatever order its members came: details are the same when their texts are. */
export function canonicalDetail(detail: AuthorizationDetail): string {
  return write(detail);
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}
