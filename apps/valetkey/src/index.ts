import type { DeploymentInput } from './config/deployment.ts';

export type { DeploymentInput };

/** Gives a configuration file its types: `export default defineConfig({ ... })`. Checks nothing. */
export function defineConfig(config: DeploymentInput): DeploymentInput {
  return config;
}
