import { redirectUriFault } from '@valetkey/protocol';
import { type Config, isLoopbackHost } from '@valetkey/server';
import type { Asked } from './asked.ts';
import type { ClientAddOptions } from './client-add-options.ts';
import { compatibilityFaults } from './compatibility.ts';
import { featureFaults } from './feature-faults.ts';
import { clientProfileFaults } from './profile-faults.ts';
import { proofFaults } from './proof-faults.ts';
import { textOf, textsOf, type WireMetadata } from './wire-metadata.ts';

/** What keeps a client from being registered, as far as options can say it; the rest is said by the reader of metadata. */
export function clientFaults(asked: Asked): string[] {
  const { options, wire, config } = asked;
  return [
    ...idFaults(options.id),
    ...nameFaults(wire),
    ...redirectFaults(asked),
    ...scopeFaults(asked),
    ...kindFaults(asked),
    ...proofFaults(asked),
    ...servesFaults(options, config),
    ...urlFaults(options),
    ...featureFaults(options, config),
    ...compatibilityFaults(asked),
    ...clientProfileFaults(asked),
  ];
}

/** A client_id is neither a URL (those name metadata documents) nor what could pass for a person or an API (RFC 9068 §5). */
function* idFaults(id: string | undefined): Generator<string> {
  if (id === undefined) return;
  if (id.includes(':')) yield `--id ${id} looks like a URL or URI, and must not be mistaken for one`;
  else if (!/^[A-Za-z0-9._~-]{1,100}$/.test(id))
    yield '--id may hold letters, digits and . _ ~ -, 100 of them at most';
  else if (/^[A-Za-z0-9_-]{30}$/.test(id))
    yield `--id ${id} has the form of a person's id; make it longer or shorter`;
}

function* nameFaults(wire: WireMetadata): Generator<string> {
  const name = textOf(wire, 'client_name');
  if (name === undefined) yield 'it needs a --name: what people see at sign-in and consent';
  else if (name.trim() === '' || name.length > 100) yield '--name must have 1 to 100 characters';
  if (/\p{Cc}/u.test(name ?? '')) yield '--name holds control characters';
}

function* redirectFaults({ options, wire }: Asked): Generator<string> {
  if (textsOf(wire, 'redirect_uris').length === 0 && options.serves === undefined) {
    yield 'it needs a --redirect-uri, where codes are sent (or --serves, if it is an API that introspects tokens)';
  }
  for (const uri of options.redirectUri ?? []) {
    const fault = redirectUriFault(uri, wire.application_type === 'native' ? 'native' : 'web');
    if (fault !== undefined) yield `--redirect-uri ${uri} ${fault}`;
  }
}

function* scopeFaults({ options, wire, config }: Asked): Generator<string> {
  const known = Object.keys(config.scopes);
  const scopes = (textOf(wire, 'scope') ?? '').split(' ').filter((name) => name !== '');
  if (textsOf(wire, 'redirect_uris').length > 0 && scopes.length === 0)
    yield 'it needs a --scope: what it may be granted at most';
  for (const name of scopes) {
    if (!known.includes(name))
      yield `--scope ${name} is not in the configuration, which has ${known.join(', ')}`;
  }
  for (const name of options.defaultScope ?? []) {
    if (!scopes.includes(name)) yield `--default-scope ${name} is not among its scopes`;
  }
}

function* kindFaults({ options, wire }: Asked): Generator<string> {
  if (wire.token_endpoint_auth_method !== 'none') return;
  if (options.serves !== undefined) {
    yield '--public and --serves exclude each other: introspection needs a secret (RFC 7662 section 2.1)';
  }
  if (options.rotate === false && options.refresh) {
    yield '--public and --no-rotate exclude each other: who has no secret needs a new refresh token each time (RFC 9700 section 2.2.2)';
  }
}

function* servesFaults({ serves = [] }: ClientAddOptions, { resources }: Config): Generator<string> {
  const known = resources.map(({ identifier }) => identifier);
  for (const resource of serves) {
    if (!known.includes(resource))
      yield `--serves ${resource} is not in the configuration, which has ${known.join(', ')}`;
  }
}

function* urlFaults({ homepage, allowedOrigin = [] }: ClientAddOptions): Generator<string> {
  if (homepage !== undefined && !isWebUrl(homepage))
    yield '--homepage must be an https URL (http on loopback only)';
  for (const origin of allowedOrigin) {
    if (!isWebUrl(origin) || URL.parse(origin)?.origin !== origin) {
      yield `--allowed-origin ${origin} is not an origin, as https://app.example (http on loopback only)`;
    }
  }
}

function isWebUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
}
