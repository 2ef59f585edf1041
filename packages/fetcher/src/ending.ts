/** Why a fetch ended without an answer: our guard (`refused`) or the other side (`failed`). `why` holds no secret. */
export class Ending extends Error {
  override readonly name = 'Ending';
  readonly outcome: 'refused' | 'failed';
  readonly why: string;

  constructor(outcome: 'refused' | 'failed', why: string, options?: ErrorOptions) {
    super(why, options);
    this.outcome = outcome;
    this.why = why;
  }
}

export function refused(why: string): Ending {
  return new Ending('refused', why);
}

export function failed(why: string, cause?: unknown): Ending {
  return new Ending('failed', why, { cause });
}
