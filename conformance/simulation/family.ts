import type { Call, Event, Operation, Outcome } from './history.ts';

/** The sequential model of one grant (invariants.md): what a family is, and what each operation answers and changes. */
export interface Family {
  readonly stage: 'unopened' | 'alive' | 'dead';
  readonly generation: number;
  readonly advancedAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly endsAt: number;
  readonly accessEpoch: number;
  /** By the operation that gave it: under which epoch an access token was issued, and when it ends. */
  readonly issued: Readonly<Record<number, { readonly epoch: number; readonly expiresAt: number }>>;
  /** Person, consent and client are still those the code was made under. */
  readonly ground: boolean;
  readonly session: boolean;
  /** The client may prove itself. */
  readonly client: boolean;
}

/** Milliseconds, and how the client's refresh tokens behave. */
export interface Rules {
  readonly isPublic: boolean;
  readonly rotating: boolean;
  readonly issuedAt: number;
  readonly codeLife: number;
  readonly accessLife: number;
  readonly idle: number;
  readonly absolute: number;
  readonly grace: number;
  /** How old the last use of a lasting token has to be before it is written anew. */
  readonly staleAfter: number;
}

export interface Answer {
  readonly outcome: Outcome;
  readonly family: Family;
}

export const unopened: Family = {
  stage: 'unopened',
  generation: 0,
  advancedAt: 0,
  lastUsedAt: 0,
  expiresAt: 0,
  endsAt: 0,
  accessEpoch: 0,
  issued: {},
  ground: true,
  session: true,
  client: true,
};

/**
 * What the model may answer to one operation, whatever was observed, and the family after it. Proving a client and
 * judging its token are two steps: one that is disabled between them hears of the token instead.
 */
export function answers(rules: Rules, family: Family, operation: Operation): readonly Answer[] {
  const answer = answerOf(rules, family, operation);
  if (family.client) return [answer];
  const { outcome } = answerOf(rules, { ...family, client: true }, operation);
  return [answer, { outcome, family }];
}

function answerOf(rules: Rules, family: Family, { call, ...operation }: Operation): Answer {
  switch (call.kind) {
    case 'exchange':
      return exchange(rules, family, { ...operation, call });
    case 'refresh':
      return refresh(rules, family, { ...operation, call });
    case 'revoke':
    case 'revoke-access':
      return revoke(family, call, operation.now);
    case 'introspect':
      return told(family, isActive(family, call.of, operation.now));
    case 'introspect-refresh':
      if (rules.isPublic || !family.client) return refused(family, 'invalid_client');
      return told(family, isCurrent(family, call.generation, operation.now));
    case 'event':
      return { outcome: 'ok', family: afterEvent(family, call.event) };
  }
}

type Of<Kind extends Call['kind']> = Omit<Operation, 'call' | 'outcome'> & {
  readonly call: Extract<Call, { kind: Kind }>;
};

function exchange(rules: Rules, family: Family, operation: Of<'exchange'>): Answer {
  const { call, now } = operation;
  if (call.how === 'wrong-secret' || (call.how !== 'other-client' && !family.client)) {
    return refused(family, 'invalid_client');
  }
  if (call.how !== 'right') return refused(family, 'invalid_grant');
  if (family.stage !== 'unopened') return refused(dead(family), 'invalid_grant');
  const late = now - rules.issuedAt > rules.codeLife;
  if (late || !family.ground || !family.session) return refused(family, 'invalid_grant');
  const endsAt = now + rules.absolute;
  const opened: Family = {
    ...family,
    stage: 'alive',
    advancedAt: now,
    lastUsedAt: now,
    endsAt,
    expiresAt: Math.min(endsAt, now + rules.idle),
  };
  return gives(rules, opened, operation);
}

function refresh(rules: Rules, family: Family, operation: Of<'refresh'>): Answer {
  const { call, now } = operation;
  if (call.how === 'wrong-secret' || (call.how !== 'other-client' && !family.client)) {
    return refused(family, 'invalid_client');
  }
  if (call.how === 'other-client') return refused(family, 'invalid_grant');
  if (call.how === 'wider') return refused(family, 'invalid_scope');
  if (family.stage !== 'alive' || family.expiresAt <= now) return refused(family, 'invalid_grant');
  if (!rules.rotating) return gives(rules, used(rules, family, now), operation);
  if (call.generation === family.generation) return gives(rules, advanced(rules, family, now), operation);
  const repeated = call.generation === family.generation - 1 && now - family.advancedAt <= rules.grace;
  return repeated ? gives(rules, family, operation) : refused(dead(family), 'invalid_grant');
}

function advanced(rules: Rules, family: Family, now: number): Family {
  const expiresAt = Math.min(family.endsAt, now + rules.idle);
  return { ...family, generation: family.generation + 1, advancedAt: now, lastUsedAt: now, expiresAt };
}

function used(rules: Rules, family: Family, now: number): Family {
  if (now - family.lastUsedAt <= rules.staleAfter) return family;
  return { ...family, lastUsedAt: now, expiresAt: Math.min(family.endsAt, now + rules.idle) };
}

function revoke(
  family: Family,
  call: Extract<Call, { kind: 'revoke' | 'revoke-access' }>,
  now: number,
): Answer {
  if (call.how === 'wrong-secret' || (call.how !== 'other-client' && !family.client)) {
    return refused(family, 'invalid_client');
  }
  const over = call.kind === 'revoke-access' && (family.issued[call.of]?.expiresAt ?? 0) <= now;
  if (over) return { outcome: 'ok', family };
  if (call.how === 'other-client') return refused(family, 'unauthorized_client');
  const revoked = call.kind === 'revoke' ? dead(family) : { ...family, accessEpoch: family.accessEpoch + 1 };
  return { outcome: 'ok', family: revoked };
}

function isActive(family: Family, of: number, now: number): boolean {
  const token = family.issued[of];
  if (token === undefined || family.stage !== 'alive') return false;
  return token.epoch === family.accessEpoch && token.expiresAt > now;
}

function isCurrent(family: Family, generation: number, now: number): boolean {
  return family.stage === 'alive' && generation === family.generation && family.expiresAt > now;
}

function afterEvent(family: Family, event: Event): Family {
  switch (event) {
    case 'user-enabled':
    case 'user-disabled':
    case 'password-reset':
    case 'consent-withdrawn':
      return { ...dead(family), ground: false };
    case 'client-disabled':
      return { ...dead(family), ground: false, client: false };
    case 'client-enabled':
      return { ...family, client: true };
    case 'password-changed':
    case 'signed-out':
      return { ...family, session: false };
    case 'revoked-by-administrator':
      return dead(family);
  }
}

/** What has not been opened cannot die: there is no row to revoke. */
function dead(family: Family): Family {
  return family.stage === 'alive' ? { ...family, stage: 'dead' } : family;
}

function gives(rules: Rules, family: Family, { id, now }: { id: number; now: number }): Answer {
  const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
  const expiresAt = Math.min(seconds(now) + rules.accessLife / 1000, seconds(family.endsAt)) * 1000;
  const issued = { ...family.issued, [id]: { epoch: family.accessEpoch, expiresAt } };
  return { outcome: 'tokens', family: { ...family, issued } };
}

function refused(family: Family, code: string): Answer {
  return { outcome: `refused: ${code}`, family };
}

function told(family: Family, active: boolean): Answer {
  return { outcome: active ? 'active' : 'inactive', family };
}
