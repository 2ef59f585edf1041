export type JsonObject = Readonly<Record<string, unknown>>;

const DEEPEST = 32;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/**
 * Parses a JSON object. RFC 7515 §4 and RFC 7519 §4 let a reader refuse member names that occur twice: two readers that
 * pick different ones would not be reading the same token. Fails with a `SyntaxError`.
 */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('not a JSON object');
  refuseDuplicates(text);
  return value as JsonObject;
}

/** Walks through text that is known to be JSON: a string before a colon is a member name. */
function refuseDuplicates(text: string): void {
  const open: Set<string>[] = [];
  let latest = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addMember(open.at(-1), JSON.parse(latest));
    else latest = token;
    if (open.length > DEEPEST) throw new SyntaxError('nested too deeply');
  }
}

function addMember(members: Set<string> | undefined, name: string): void {
  if (members?.has(name)) throw new SyntaxError('a member name occurs twice');
  members?.add(name);
}
