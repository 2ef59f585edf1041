import type { Endpoint } from './context.ts';
import type { Cors } from './cors.ts';

/** A path with what it answers. `answers`: how a failure is told, as a page to a person or as JSON to a program. */
export interface Route {
  readonly path: string;
  readonly answers: 'page' | 'json';
  readonly cors: Cors;
  readonly get?: Endpoint;
  readonly post?: Endpoint;
}

export function methodsOf(route: Route): string[] {
  return [...(route.get === undefined ? [] : ['GET', 'HEAD']), ...(route.post === undefined ? [] : ['POST'])];
}

export function endpointFor(route: Route, method: string): Endpoint | undefined {
  if (method === 'POST') return route.post;
  return method === 'GET' || method === 'HEAD' ? route.get : undefined;
}
