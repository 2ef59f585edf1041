import type { Config } from '@valetkey/server';
import type { ScopeView } from '../pages/views.ts';

/** Scopes with their plain phrases; one that is no longer described is shown by its name. */
export function viewScopes(config: Config, scopes: readonly string[]): ScopeView[] {
  return scopes.map((name) => ({ name, description: config.scopes[name]?.description ?? name }));
}
