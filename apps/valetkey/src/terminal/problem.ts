/** Exit codes, in the tradition of sysexits.h. docs/operations.md explains them to operators. */
export const exitCodes = {
  /** The command line was not understood. */
  usage: 64,
  /** What was given cannot be taken: it is malformed, or exists already. */
  data: 65,
  /** What was named is not there. */
  unknown: 66,
  /** Something that is needed cannot be had now: the database, a port. */
  unavailable: 69,
  /** A fault of Valetkey. */
  fault: 70,
  /** A file cannot be made. */
  cannotCreate: 73,
  /** The configuration is broken or missing. */
  config: 78,
} as const;

export interface Explanation {
  readonly exitCode: (typeof exitCodes)[keyof typeof exitCodes];
  /** What happened: a sentence. */
  readonly what: string;
  /** Why; several reasons stand below each other. */
  readonly why: string | readonly string[];
  /** What to do now. */
  readonly fix: string;
}

/** What ends a command, told to the person who gave it: what, why, what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly exitCode: Explanation['exitCode'];
  readonly why: readonly string[];
  readonly fix: string;

  constructor({ exitCode, what, why, fix }: Explanation, options?: ErrorOptions) {
    super(what, options);
    this.exitCode = exitCode;
    this.why = [why].flat();
    this.fix = fix;
  }
}
