import { redirectUriFault } from '@valetkey/protocol';
import { type Config, isLoopbackHost } from '@valetkey/server';
import type { ClientAddOptions } from './client-add-options.ts';

/** Everything that keeps a client from being registered. */
export function clientFaults(options: ClientAddOptions, config: Config): string[] {
  return [
    ...idFaults(options.id),
    ...nameFaults(options.name),
    ...redirectFaults(options),
    ...scopeFaults(options, config),
    ...kindFaults(options),
    ...servesFaults(options, config),
    ...urlFaults(options),
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

function* nameFaults(name: string): Generator<string> {
  if (name.trim() === '' || name.length > 100) yield '--name must have 1 to 100 characters';
  if (/\p{Cc}/u.test(name)) yield '--name holds control characters';
}

function* redirectFaults({ redirectUri, native, serves }: ClientAddOptions): Generator<string> {
  if (redirectUri === undefined && serves === undefined) {
    yield 'it needs a --redirect-uri, where codes are sent (or --serves, if it is an API that introspects tokens)';
  }
  for (const uri of redirectUri ?? []) {
    const fault = redirectUriFault(uri, native ? 'native' : 'web');
    if (fault !== undefined) yield `--redirect-uri ${uri} ${fault}`;
  }
}

function* scopeFaults(
  { scope = [], defaultScope = [], redirectUri }: ClientAddOptions,
  config: Config,
): Generator<string> {
  const known = Object.keys(config.scopes);
  if (redirectUri !== undefined && scope.length === 0)
    yield 'it needs a --scope: what it may be granted at most';
  for (const name of scope) {
    if (!known.includes(name))
      yield `--scope ${name} is not in the configuration, which has ${known.join(', ')}`;
  }
  for (const name of defaultScope) {
    if (!scope.includes(name)) yield `--default-scope ${name} is not among its scopes`;
  }
}

function* kindFaults(options: ClientAddOptions): Generator<string> {
  if (options.public && options.serves !== undefined) {
    yield '--public and --serves exclude each other: introspection needs a secret (RFC 7662 section 2.1)';
  }
  if (options.public && options.rotate === false && options.refresh) {
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
