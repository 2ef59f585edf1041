/** The type of a `Content-Type`, in lower case and without parameters; empty when there is none that can be read. */
export function readMediaType(contentType = ''): string {
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  return /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}$/.test(type) ? type : '';
}

/** Whether a type is listed; `+json` stands for every type that ends so, and an empty list for every type. */
export function isAccepted(mediaType: string, accept: readonly string[]): boolean {
  if (accept.length === 0) return true;
  return accept.some((wanted) =>
    wanted.startsWith('+') ? mediaType.endsWith(wanted) : mediaType === wanted.toLowerCase(),
  );
}

/** The `Accept` header; there is no way to write a suffix in it (RFC 9110 §12.5.1). */
export function writeAccept(accept: readonly string[]): string {
  const types = accept.filter((type) => !type.startsWith('+'));
  if (types.length === accept.length && types.length > 0) return types.join(', ');
  return [...types, types.length === 0 ? '*/*' : '*/*;q=0.1'].join(', ');
}
