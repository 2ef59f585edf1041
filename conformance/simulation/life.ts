import { StoreUnavailable } from '@valetkey/server';
import type { TokenAnswer } from '../support/flow.ts';
import { photosApi } from '../targets/in-process.ts';
import { ask, callFor, heldIn } from './calls.ts';
import { happen } from './events.ts';
import type { Rules } from './family.ts';
import type { Call, Operation, Outcome, Tokens } from './history.ts';
import type { Act, Program } from './program.ts';
import type { Beginning, Cast, World } from './world.ts';

/** One family as it was lived: what was done, what was answered, what was given away. */
export interface Life {
  readonly rules: Rules;
  readonly code: string;
  readonly scopes: readonly string[];
  readonly operations: readonly Operation[];
  /** Number of the first operation that looks, at the end and without faults, at what has become of the family. */
  readonly epilogue: number;
  readonly restarts: number;
}

/** What no answer may ever be, whatever the history. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Runs a program, then looks on both nodes at what is left. Throws `Violation`. */
export async function live(world: World, program: Program): Promise<Life> {
  const cast = await world.gather(program.client);
  const beginning = await world.authorize(cast);
  const life = new Liver(world, cast, beginning);
  for (const step of program.steps) {
    if (step.step === 'pass') world.clock.now += step.milliseconds;
    else if (step.step === 'restart') await world.restart(step.node);
    else await life.act(step.acts, step.choices);
  }
  await world.catchUp();
  const epilogue = life.operations.length;
  for (const node of [0, 1]) await life.look(node);
  const { rules, code, scopes } = beginning;
  const restarts = program.steps.filter(({ step }) => step === 'restart').length;
  return { rules, code, scopes, operations: life.operations, epilogue, restarts };
}

interface Answered {
  readonly outcome: Outcome;
  readonly tokens?: Tokens;
}

class Liver {
  readonly operations: Operation[] = [];
  readonly #world: World;
  readonly #cast: Cast;
  readonly #beginning: Beginning;
  #moment = 0;

  constructor(world: World, cast: Cast, beginning: Beginning) {
    this.#world = world;
    this.#cast = cast;
    this.#beginning = beginning;
  }

  /** All at once. What they present is settled before the first of them begins. */
  async act(acts: readonly Act[], choices: readonly number[]): Promise<void> {
    const held = heldIn(this.operations);
    const first = this.operations.length;
    const running = acts
      .flatMap((act) => {
        const call = callFor(act, held);
        return call === undefined ? [] : [{ act, call }];
      })
      .map(
        ({ act, call }, who) =>
          () =>
            this.#operate({ act, call, who, id: first + who }),
      );
    this.operations.push(...(await this.#world.together(running, choices)));
  }

  /** Everything a client and an API can ask at this node. */
  async look(node: number): Promise<void> {
    const ask = (act: Act['act'], pick = 0) => this.act([{ act, node, pick }], [0]);
    for (const pick of [0, 1, 2]) await ask('introspect', pick);
    await ask('introspect refresh token');
    await ask('refresh');
    await ask('introspect');
  }

  async #operate({
    act,
    call,
    who,
    id,
  }: {
    act: Act;
    call: Call;
    who: number;
    id: number;
  }): Promise<Operation> {
    const { clock } = this.#world;
    const called = this.#tick();
    const perform = () => this.#perform(call, act.node);
    const { outcome, tokens } = await this.#world.faults(act.node).during(who, act.fault, perform);
    const about = { id, node: act.node, call, now: clock.now, called };
    if (act.lost || outcome === 'unknown') {
      return { ...about, outcome: 'unknown', returned: Number.POSITIVE_INFINITY };
    }
    return { ...about, outcome, returned: this.#tick(), ...(tokens === undefined ? {} : { tokens }) };
  }

  #tick(): number {
    this.#moment += 1;
    return this.#moment;
  }

  async #perform(call: Call, index: number): Promise<Answered> {
    const node = this.#world.node(index);
    const [cast, beginning] = [this.#cast, this.#beginning];
    if (call.kind === 'event') {
      return attempt(() => happen(call.event, { node, cast, grantId: beginning.grantId }));
    }
    const answer = await ask(call, { node, cast, beginning, held: heldIn(this.operations) });
    if (answer.status === 400 || answer.status === 401) return { outcome: `refused: ${answer.body.error}` };
    if (answer.status === 503 && answer.headers.has('retry-after')) return { outcome: 'unknown' };
    if (answer.status !== 200) throw new Violation(`${call.kind} was answered ${answer.status}`);
    return this.#read(call, answer);
  }

  #read(call: Exclude<Call, { kind: 'event' }>, { body }: TokenAnswer): Answered {
    const { rotating } = this.#beginning.rules;
    switch (call.kind) {
      case 'exchange':
        return { outcome: 'tokens', tokens: tokensOf(body, 0) };
      case 'refresh':
        return { outcome: 'tokens', tokens: tokensOf(body, call.generation + (rotating ? 1 : 0)) };
      case 'introspect':
      case 'introspect-refresh':
        return { outcome: this.#isActive(body) ? 'active' : 'inactive' };
      default:
        return { outcome: 'ok' };
    }
  }

  #isActive(body: Record<string, unknown>): boolean {
    if (body.active === false && Object.keys(body).length === 1) return false;
    const [{ client, user }, { scopes }] = [this.#cast, this.#beginning];
    const mine = body.active === true && body.client_id === client.id && body.sub === user.id;
    const within = String(body.scope)
      .split(' ')
      .every((scope) => scopes.includes(scope));
    const meant = body.token_type === 'refresh_token' || body.aud === photosApi;
    if (mine && within && meant) return true;
    throw new Violation(`Introspection says ${JSON.stringify(body)}`);
  }
}

async function attempt(act: () => Promise<void>): Promise<Answered> {
  try {
    await act();
    return { outcome: 'ok' };
  } catch (error) {
    if (error instanceof StoreUnavailable) return { outcome: 'unknown' };
    throw error;
  }
}

function tokensOf(body: Record<string, unknown>, generation: number): Tokens {
  return {
    accessToken: String(body.access_token),
    refreshToken: String(body.refresh_token),
    generation,
    scopes: String(body.scope).split(' '),
  };
}
