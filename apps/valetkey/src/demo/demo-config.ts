import type { ConfigInput } from '@valetkey/server';
import type { DemoAddresses } from './addresses.ts';

/** The authorization server of the demo. */
export function demoConfig({ server, photos }: DemoAddresses): ConfigInput {
  return {
    issuer: server,
    scopes: { 'photos:read': { description: 'see your photos' } },
    resources: [{ identifier: photos, name: 'Photos', scopes: ['photos:read'] }],
  };
}
