export type JsonObject = Readonly<Record<string, unknown>>;

const deepest = 32;

/** Strings and the signs that give a JSON text its structure. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gs;

/**
 * Parses a JSON object; throws a `SyntaxError`. Refuses what two readers may read differently: member names that occur
 * twice, at any depth (RFC 7515 §4, RFC 7519 §4), and halves of surrogate pairs (RFC 8259 §8.2), which become the same
 * letter when they are stored. Refuses nesting deeper than 32.
 */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('not a JSON object');
  }
  checkTokens(text);
  return value as JsonObject;
}

/** Walks through a text that is known to be JSON, where a string before a colon is a member name. */
function checkTokens(text: string): void {
  const open: Set<string>[] = [];
  let latest = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') addName(open.at(-1), latest);
    else latest = readString(token);
    if (open.length > deepest) throw new SyntaxError('nested too deeply');
  }
}

/** Two spellings of a name are one name. */
function readString(token: string): string {
  const text: string = token.includes('\\') ? JSON.parse(token) : token.slice(1, -1);
  if (!text.isWellFormed()) throw new SyntaxError('half of a surrogate pair');
  return text;
}

function addName(names: Set<string> | undefined, name: string): void {
  if (names?.has(name)) throw new SyntaxError('a member name occurs twice');
  names?.add(name);
}
