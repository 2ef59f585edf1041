import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, formWith } from '../support/browser.ts';
import { authorizeUrl, redeem } from '../support/flow.ts';
import { describeOperation } from './history.ts';
import { anyProgram, type Invariant, invariants } from './invariants.ts';
import { type Life, live } from './life.ts';
import { linearize } from './linearize.ts';
import type { Program } from './program.ts';
import { type Place, World } from './world.ts';

export interface Stage {
  readonly makePlace: () => Promise<Pick<Place, 'open'> & { discard?: () => Promise<void> }>;
  /** A durable place is made once, since making it takes longer than a life. */
  readonly durable: boolean;
  /** Histories for each invariant; four times as many are shown to the model. */
  readonly runs: number;
}

/**
 * The invariants of invariants.md, each put to the test in programs made for it. A history that fails is shrunk, and its
 * seed told: `SIMULATION_SEED=… vitest run conformance/simulation` runs it again; `SIMULATION_RUNS=100` runs a hundred
 * times as many. Number 18 speaks of client assertions, DPoP proofs, reset links and one-time codes, which are not here yet.
 */
export function describeLives(name: string, stage: Stage): void {
  describe(name, () => {
    const begin = worldsOf(stage);

    test('every history is explained by some order of its operations in the sequential model', async () => {
      await assertLives(anyProgram, 4 * stage.runs, async (program) =>
        expectExplained(await live(await begin(), program)),
      );
    });

    for (const invariant of invariants) {
      test(`invariant ${invariant.number}: ${invariant.text}`, async () => {
        let concerned = 0;
        await assertLives(invariant.programs, stage.runs, async (program) => {
          const life = await live(await begin(), program);
          if (invariant.concerns(life)) concerned += 1;
          expectKept(invariant, life);
          expectExplained(life);
        });
        expect(concerned).toBeGreaterThan(0);
      });
    }

    test('invariant 17: ten seconds after faults have ended, new flows succeed on every node', async () => {
      await assertLives(anyProgram, stage.runs, async (program) => {
        const world = await begin();
        await live(world, program);
        world.clock.now += 10_000;
        for (const index of [0, 1]) await expectNewFlow(world, index);
      });
    });

    test('invariant 19: one pending request gives one recorded decision, and each of its codes opens one grant at most', async () => {
      await expectOneDecision(await begin());
    });
  });
}

/** A new world for each life in memory; one for all of them where the data is durable. */
function worldsOf({ makePlace, durable }: Stage): () => Promise<World> {
  if (!durable) return async () => World.begin({ ...(await makePlace()), durable });
  let world: World;
  let place: Awaited<ReturnType<typeof makePlace>>;
  beforeAll(async () => {
    place = await makePlace();
    world = await World.begin({ ...place, durable });
  });
  afterAll(async () => {
    await world.end();
    await place.discard?.();
  });
  return async () => world;
}

function assertLives(
  programs: fc.Arbitrary<Program>,
  runs: number,
  check: (program: Program) => Promise<void>,
): Promise<void> {
  const { SIMULATION_SEED: seed, SIMULATION_RUNS: times } = process.env;
  return fc.assert(fc.asyncProperty(programs, check), {
    seed: Number(seed ?? 20_261_125),
    numRuns: runs * Number(times ?? 1),
  });
}

function expectExplained({ rules, operations }: Life): void {
  const verdict = linearize(rules, operations);
  if (!verdict.explained) throw new Error(verdict.report);
}

function expectKept({ brokenBy, number }: Invariant, life: Life): void {
  const broken = brokenBy(life);
  if (broken.length === 0) return;
  const [guilty, all] = [broken, life.operations].map((operations) =>
    operations.map(describeOperation).join('\n  '),
  );
  throw new Error(`Invariant ${number} is broken by\n  ${guilty}\nin\n  ${all}`);
}

async function expectNewFlow(world: World, index: number): Promise<void> {
  const cast = await world.gather('public');
  const tokens = await redeem(world.node(index), cast.client, await world.authorize(cast));
  expect(tokens.status).toBe(200);
}

/** The consent form is sent eight times at once, to both nodes, as impatience and a thief might. */
async function expectOneDecision(world: World): Promise<void> {
  const { client, user } = await world.gather('confidential');
  const browser = new Browser((request) => world.node(0).fetch(request));
  const { url, verifier } = authorizeUrl(world.node(0), client);
  const login = await browser.open(url);
  if (!('html' in login)) throw new Error('Nobody was asked to sign in.');
  const question = await browser.click(login, 'login-submit', {
    username: user.username,
    password: user.password,
  });
  if (!('html' in question)) throw new Error('Nobody was asked for consent.');
  const { action, fields } = formWith(question.html, 'consent-approve');
  const target = new URL(action, question.url).href;
  const answers = await Promise.all(Array.from({ length: 8 }, () => browser.post(target, fields)));
  const codes = answers.map(
    (answer) => new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '',
  );
  expect(new Set(codes).size).toBe(8);

  const { consents } = world.node(1).store;
  const decided = await consents.listOf(user.id);
  expect(decided).toMatchObject([
    { clientId: client.id, scopes: ['photos:read'], withdrawnAt: null, epoch: 0 },
  ]);
  await browser.post(target, { ...fields, decision: 'deny' });
  expect(await consents.listOf(user.id)).toEqual(decided);

  const redemptions = codes.flatMap((code) => [0, 1].map((index) => ({ code, index })));
  const statuses = await Promise.all(
    redemptions.map(async ({ code, index }) => {
      const answer = { code, verifier, redirectUri: client.redirectUri };
      return (await redeem(world.node(index), client, answer)).status;
    }),
  );
  expect(statuses.filter((status) => status === 200)).toHaveLength(8);
  expect(statuses.filter((status) => status === 400)).toHaveLength(8);
}
