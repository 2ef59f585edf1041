/** An error and what it rests on, as plain values: names, texts and codes, and where it was thrown; nothing else of it. */
export function describeCause(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const below = cause === undefined || depth >= 3 ? {} : { cause: describeCause(cause, depth + 1) };
  return { name, message, ...code, stack, ...below };
}
