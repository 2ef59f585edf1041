import type { Endpoint } from './context.ts';
import type { Cors } from './cors.ts';

/** A path with what it answers. `answers`: how a failure is told, as a page to a person or as JSON to a program. */
export interface Route {
  readonly path: string;
  readonly answers: 'page' | 'json';
  readonly cors: Cors;
  readonly get?: Endpoint;
  readonly post?: Endpoint;
  readonly put?: Endpoint;
  readonly delete?: Endpoint;
}

const members = { GET: 'get', HEAD: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

export function methodsOf(route: Route): string[] {
  return Object.entries(members).flatMap(([method, member]) => (route[member] === undefined ? [] : [method]));
}

export function endpointFor(route: Route, method: string): Endpoint | undefined {
  const member = Object.entries(members).find(([name]) => name === method)?.[1];
  return member === undefined ? undefined : route[member];
}
