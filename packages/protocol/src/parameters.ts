import { OAuthError, shown } from './error.ts';

export type Pair = readonly [name: string, value: string];

/**
 * Form-encoded parameters of one request (RFC 6749 Appendix B): names and values are case-sensitive, an empty value is
 * the same as none (§3.1), a repeated parameter is refused when it is asked for.
 */
export class Parameters {
  readonly #values = new Map<string, string[]>();
  readonly #malformed = new Set<string>();

  private constructor() {}

  /** Never throws: what cannot be decoded is remembered as malformed under its name. */
  static read(text: string): Parameters {
    const parameters = new Parameters();
    for (const pair of text.split('&')) {
      if (pair !== '') parameters.#readPair(pair);
    }
    return parameters;
  }

  static of(pairs: Iterable<Pair>): Parameters {
    const parameters = new Parameters();
    for (const [name, value] of pairs) parameters.#add(name, value);
    return parameters;
  }

  /** The value of a parameter that may occur once; `undefined` when absent or empty. */
  one(name: string): string | undefined {
    if (this.#malformed.has(name)) {
      throw new OAuthError('invalid_request', 'A parameter is not form-encoded UTF-8.', {
        field: shown(name),
        expected: 'form-encoded UTF-8',
        got: 'a broken escape or invalid UTF-8',
        requirement: 'AZ-006',
      });
    }
    const values = this.#values.get(name);
    if (values === undefined) return undefined;
    if (values.length > 1) throw repeated(name, values.length);
    return values[0] === '' ? undefined : values[0];
  }

  /** The values of a parameter that may occur several times, those that are not empty, in order. */
  all(name: string): string[] {
    if (this.#malformed.has(name)) this.one(name);
    return (this.#values.get(name) ?? []).filter((value) => value !== '');
  }

  /** Refuses the request as a whole if any parameter is malformed, or repeated without leave (RFC 8707 §2). */
  requireWellFormed(repeatable: readonly string[] = ['resource']): void {
    for (const name of this.#malformed) this.one(name);
    for (const [name, values] of this.#values) {
      if (values.length > 1 && !repeatable.includes(name)) throw repeated(name, values.length);
    }
  }

  /** Whether everything could be decoded, so that `pairs` is the whole request. */
  get isDecoded(): boolean {
    return this.#malformed.size === 0;
  }

  /** All pairs that could be decoded, in order of first appearance. */
  pairs(): Pair[] {
    return [...this.#values].flatMap(([name, values]) => values.map((value): Pair => [name, value]));
  }

  has(name: string): boolean {
    return this.#values.get(name)?.some((value) => value !== '') ?? false;
  }

  #readPair(pair: string): void {
    const equals = pair.indexOf('=');
    const rawName = equals === -1 ? pair : pair.slice(0, equals);
    const name = decode(rawName);
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) this.#malformed.add(name ?? rawName);
    else this.#add(name, value);
  }

  #add(name: string, value: string): void {
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [value]);
    else values.push(value);
  }
}

/** Form-encodes pairs: a blank becomes `+`, all but letters, digits and `*-._` an escape of UTF-8. */
export function writePairs(pairs: Iterable<Pair>): string {
  return [...pairs].map(([name, value]) => `${encodeFormValue(name)}=${encodeFormValue(value)}`).join('&');
}

const plain = /^[A-Za-z0-9*._-]*$/;

export function encodeFormValue(text: string): string {
  if (plain.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()~]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** `undefined` for broken escapes and invalid UTF-8. */
export function decodeFormValue(text: string): string | undefined {
  return decode(text);
}

function decode(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

function repeated(name: string, times: number): OAuthError {
  return new OAuthError('invalid_request', 'A parameter is given more than once.', {
    field: shown(name),
    expected: 'at most once',
    got: `${times} times`,
    requirement: 'AZ-004',
  });
}
