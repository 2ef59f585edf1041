import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';

/** A client that registered itself stays as long as it is used. */
export async function keepRegistration(_authority: Authority, _client: Client): Promise<void> {}
