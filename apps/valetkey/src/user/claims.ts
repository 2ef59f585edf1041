import type { UserProfile } from '@valetkey/server';
import { isObject } from '../terminal/json-file.ts';

/** A change of claims: `null` takes one away. */
export type ClaimChanges = Readonly<Record<string, unknown>>;

/** What is wrong with a value, after "must"; `undefined`: nothing. */
type Rule = (value: unknown) => string | undefined;

/** Reads `name=value` as it was typed: true, false, numbers and JSON where the claim is none of text. */
export function readTypedClaim(text: string): [name: string, value: unknown] | undefined {
  const [, name, typed] = /^([a-z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || typed === undefined) return undefined;
  if (typed === 'null') return [name, null];
  return [name, rules[name] !== undefined && notTexts.has(name) ? parsed(typed) : typed];
}

/** Everything that keeps claims from being set (OpenID Connect Core §5.1). */
export function* claimFaults(changes: ClaimChanges): Generator<string> {
  for (const [name, value] of Object.entries(changes)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (name === 'sub') yield 'sub is the id of the person, and never changes';
    else if (rule === undefined)
      yield `${name} is no standard claim; there are ${Object.keys(rules).join(', ')}`;
    else if (name === 'name' && value === null) yield 'name cannot be taken away: it stands on pages';
    else if (value !== null) {
      const fault = rule(value);
      if (fault !== undefined) yield `${name} must ${fault}`;
    }
  }
}

/** What a person's profile becomes. `now`: milliseconds. */
export function changedProfile(
  profile: UserProfile | undefined,
  changes: ClaimChanges,
  now: number,
): UserProfile {
  // The name is kept beside the profile.
  const { name: _, updated_at: updatedAt = Math.floor(now / 1000), ...others } = changes;
  const { updated_at: __, ...before } = profile ?? {};
  const all = { ...before, ...others, updated_at: updatedAt };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

const notTexts = new Set(['email_verified', 'phone_number_verified', 'updated_at', 'address']);

function parsed(typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

const text: Rule = (value) => {
  if (typeof value !== 'string' || value.trim() === '' || value.length > 1000)
    return 'be a text of 1 to 1000 characters (null takes the claim away)';
  return /\p{Cc}/u.test(value) ? 'hold no control characters' : undefined;
};

const matching =
  (expected: string, fits: (value: string) => boolean): Rule =>
  (value) =>
    text(value) ?? (fits(String(value)) ? undefined : expected);

const webUrl = matching('be an http or https URL', (value) => {
  const protocol = URL.parse(value)?.protocol;
  return protocol === 'https:' || protocol === 'http:';
});

const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'be true or false');

const addressMembers = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];

const address: Rule = (value) => {
  const expected = `be a JSON object with texts, of ${addressMembers.join(', ')}`;
  if (!isObject(value) || Object.keys(value).length === 0) return expected;
  const fits = Object.entries(value).every(
    ([name, part]) => addressMembers.includes(name) && typeof part === 'string' && part.length <= 1000,
  );
  return fits ? undefined : expected;
};

const rules: Readonly<Record<string, Rule>> = {
  name: matching('have 1 to 100 characters', (value) => value.length <= 100),
  given_name: text,
  family_name: text,
  middle_name: text,
  nickname: text,
  preferred_username: text,
  profile: webUrl,
  picture: webUrl,
  website: webUrl,
  email: matching('be an email address', (value) => /^[^\s@]+@[^\s@]+$/.test(value)),
  email_verified: flag,
  gender: text,
  birthdate: matching('be YYYY-MM-DD, 0000-MM-DD or YYYY', (value) => /^\d{4}(-\d\d-\d\d)?$/.test(value)),
  zoneinfo: matching('be a time zone, as Europe/Paris', isTimeZone),
  locale: matching('be a language tag, as en-US', isLanguageTag),
  phone_number: text,
  phone_number_verified: flag,
  address,
  updated_at: (value) =>
    Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'be a number of seconds since 1970',
};

function isTimeZone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isLanguageTag(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}
