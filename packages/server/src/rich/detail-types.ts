import type { AuthorizationDetail } from '@valetkey/protocol';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ConfiguredDetailTypes } from '../config/features.ts';
import type { Client } from '../model.ts';
import { closed } from './closed-schema.ts';
import { formats } from './formats.ts';

/** The configured types of rich authorization requests (RFC 9396 §2), their schemas compiled once. */
export class DetailTypes {
  readonly #validators: ReadonlyMap<string, ValidateFunction>;

  /** Throws for a schema that cannot be compiled; `detailTypeFaults` tells of all of them. */
  constructor(types: ConfiguredDetailTypes) {
    const compile = compiler();
    this.#validators = new Map(
      Object.entries(types).map(([type, { schema }]) => [type, compile(type, schema)]),
    );
  }

  /** Nothing is configured: the parameter means nothing here. */
  get isEmpty(): boolean {
    return this.#validators.size === 0;
  }

  get names(): readonly string[] {
    return [...this.#validators.keys()];
  }

  /** RFC 9396 §5. What the schema of its type has against it, without a value of it; `undefined` when it fits. */
  faultOf(detail: AuthorizationDetail): string | undefined {
    const validate = this.#validators.get(detail.type);
    if (validate === undefined) return 'its type is unknown';
    if (validate(detail) === true) return undefined;
    const [error] = validate.errors ?? [];
    return `${error?.instancePath || 'it'} ${error?.message ?? 'does not fit'}`;
  }
}

/** Whether a client may ask for a type: those it registered, or all if an operator put it in and named none. */
export function isOpenType(client: Client, type: string): boolean {
  const named = client.requests?.authorizationDetailsTypes;
  return named === undefined ? client.origin === undefined : named.includes(type);
}

/** Those of granted details that the client could still be granted; of a removed type nobody knows what it meant. */
export function permittedDetails(
  { authorizationDetails }: { readonly authorizationDetails: ConfiguredDetailTypes },
  client: Client,
  details: readonly AuthorizationDetail[],
): readonly AuthorizationDetail[] {
  return details.filter(({ type }) => Object.hasOwn(authorizationDetails, type) && isOpenType(client, type));
}

/** Types whose schema does not compile, or that name a resource that is not there. */
export function* detailTypeFaults({
  authorizationDetails,
  resources,
}: {
  readonly authorizationDetails: ConfiguredDetailTypes;
  readonly resources: readonly { readonly identifier: string }[];
}): Generator<string> {
  const compile = compiler();
  for (const [type, { schema, resources: meant = [] }] of Object.entries(authorizationDetails)) {
    const fault = thrownBy(() => compile(type, schema));
    if (fault !== undefined) yield `authorizationDetails.${type}.schema: ${fault}`;
    for (const resource of meant) {
      if (!resources.some(({ identifier }) => identifier === resource))
        yield `authorizationDetails.${type}.resources: ${resource} is not among resources`;
    }
  }
}

type Compile = (type: string, schema: ConfiguredDetailTypes[string]['schema']) => ValidateFunction;

function compiler(): Compile {
  const ajv = new Ajv2020({
    // A member called `constructor` is there only if it was sent.
    ownProperties: true,
    // Types are independent of each other, whatever `$id` they bear.
    addUsedSchema: false,
    // Misspelt keywords are faults; matters of taste are not.
    strictTypes: false,
    strictTuples: false,
    logger: false,
    formats,
  });
  return (type, schema) => {
    const validate = ajv.compile(closed(schema, type));
    // Such a function answers with a promise, which is never `true`.
    if ('$async' in validate) throw new Error('$async is no keyword of JSON Schema');
    return validate;
  };
}

function thrownBy(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
