import { createGuard, type Guard, type Reason, type ResourceConfig, type TrustedIssuer } from './index.ts';
import { AUDIENCE, type FakeIssuer, fakeIssuer, NOW } from './issuer.fixture.ts';

/** A stage: one issuer, one guard, one clock in milliseconds, and the reasons of the refusals. */
export interface Stage {
  readonly issuer: FakeIssuer;
  readonly guard: Guard;
  readonly clock: { now: number };
  readonly reasons: Reason[];
}

export async function stage(overrides: Partial<ResourceConfig & TrustedIssuer> = {}): Promise<Stage> {
  const issuer = await fakeIssuer();
  const clock = { now: NOW * 1000 };
  const reasons: Reason[] = [];
  const guard = createGuard({
    issuer: issuer.issuer,
    audience: AUDIENCE,
    fetch: issuer.fetch,
    clock: () => clock.now,
    onRefusal: (reason) => reasons.push(reason),
    ...overrides,
  });
  return { issuer, guard, clock, reasons };
}

export function request(authorization?: string, url = `${AUDIENCE}/photos`): Request {
  return new Request(url, authorization === undefined ? {} : { headers: { authorization } });
}

export interface Outcome {
  readonly status: number;
  readonly challenge: string | null;
  readonly rule: string | undefined;
}

/** What a token gets: status (200 for access), challenge, and the requirement a refusal rests on. */
export async function outcome({ guard }: Stage, token: string, scope: string[] = []): Promise<Outcome> {
  const verdict = await guard.check(request(`Bearer ${token}`), { scope });
  if ('granted' in verdict) return { status: 200, challenge: null, rule: undefined };
  const { refused, reason } = verdict;
  return { status: refused.status, challenge: refused.headers.get('www-authenticate'), rule: reason.rule };
}
