import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type CertificateSubject,
  certificateSubjectKinds,
  compatibilities,
} from '../client/client-add-options.ts';
import { choice, collect, collectChoice, collectWords } from './value-options.ts';

/** The options of `valetkey client add`, in groups. */
export function withClientAddOptions(command: Command): Command {
  const groups = [withApp, withProof, withGrants, withOpenId, withStrictness];
  return groups.reduce((grown, add) => add(grown), command);
}

function withApp(command: Command): Command {
  return command
    .optionsGroup('The app:')
    .option('--name <name>', 'what people see at sign-in and consent')
    .option('--redirect-uri <uri>', 'where codes are sent, compared exactly (repeatable)', collect)
    .option('--native', 'it is installed on a device: private-use schemes, and any port on loopback')
    .option('--homepage <url>', 'linked at consent')
    .option('--id <id>', 'its client_id (default: made from its name)')
    .option(
      '--metadata <file>',
      'client metadata in JSON, in the names of RFC 7591, for what has no option; options go before it',
    );
}

function withProof(command: Command): Command {
  return command
    .optionsGroup('How it proves itself:')
    .addOption(
      choice('--auth-method <method>', 'at the token endpoint (default: client_secret_basic)', [
        'client_secret_basic',
        'client_secret_post',
        'client_secret_jwt',
        'private_key_jwt',
        'tls_client_auth',
        'self_signed_tls_client_auth',
        'none',
      ]),
    )
    .addOption(
      new Option(
        '--public',
        'short for --auth-method none: it cannot keep a secret, on a device or in a browser',
      ).conflicts(['authMethod', 'post']),
    )
    .addOption(
      new Option(
        '--post',
        'short for --auth-method client_secret_post: in the body, not in the header',
      ).conflicts('authMethod'),
    )
    .addOption(new Option('--jwks <file>', 'its public keys, a JWK Set').conflicts('jwksUri'))
    .option('--jwks-uri <url>', 'where it publishes its public keys')
    .addOption(new Option('--certificate <file>', 'its self-signed certificate, in PEM').conflicts('jwksUri'))
    .addOption(
      new Option(
        '--certificate-subject <subject>',
        'whom its certificate names for tls_client_auth, as san_dns=app.example or subject_dn=CN=app,O=Example',
      ).argParser(readSubject),
    );
}

function withGrants(command: Command): Command {
  return command
    .optionsGroup('What it may be granted:')
    .option(
      '--scope <scopes>',
      'what it may be granted at most (repeatable, or a list with blanks)',
      collectWords,
    )
    .option('--default-scope <scopes>', 'what it asks for when it names no scope (likewise)', collectWords)
    .option('--no-refresh', 'give it no refresh tokens')
    .option('--rotate', 'replace its refresh token at each use (default: for public clients)')
    .option('--no-rotate', 'keep its refresh token (default: for confidential clients)')
    .addOption(
      choice('--token-format <format>', 'format of its access tokens (default: as the API says)', [
        'jwt',
        'opaque',
      ]),
    )
    .addOption(
      choice('--binding <kind>', 'bind its access tokens to a key that it has to prove', [
        'dpop',
        'certificate',
      ]),
    )
    .option('--first-party', 'it is yours: people are not asked for consent')
    .option(
      '--allowed-origin <origin>',
      'a browser app there may call the token endpoint (repeatable)',
      collect,
    )
    .option(
      '--serves <resource>',
      'it is the API with this identifier, and may introspect its tokens (repeatable)',
      collect,
    );
}

function withOpenId(command: Command): Command {
  return command
    .optionsGroup('OpenID Connect (with --scope openid):')
    .addOption(
      choice('--id-token-alg <algorithm>', 'its ID tokens are signed so (default: RS256)', [
        'RS256',
        'ES256',
        'PS256',
        'EdDSA',
      ]),
    )
    .option(
      '--claims-in-id-token',
      'put the claims of its scopes there, too, for apps that never call userinfo',
    )
    .option('--pairwise', 'it knows people by ids that no other app can link')
    .option('--post-logout-redirect-uri <uri>', 'where people return after sign-out (repeatable)', collect)
    .option('--backchannel-logout-uri <url>', 'where this server tells it that a person has signed out')
    .option('--frontchannel-logout-uri <url>', "the same through a frame in the person's browser");
}

function withStrictness(command: Command): Command {
  return command
    .optionsGroup('How strict to be:')
    .addOption(
      choice('--profile <profile>', 'hold it to FAPI 2.0, whatever the server is set to', [
        'fapi2',
        'fapi2-message-signing',
      ]),
    )
    .option('--require-par', 'it has to push its authorization requests (RFC 9126)')
    .option('--require-signed-request', 'it has to sign them (RFC 9101)')
    .addOption(
      new Option('--compat <what>', 'let it be weaker than others in one point (repeatable)')
        .choices(compatibilities)
        .argParser(collectChoice(compatibilities)),
    );
}

function readSubject(text: string): CertificateSubject {
  const [, name, value] = /^([a-z_]+)=(.+)$/s.exec(text) ?? [];
  const kind = certificateSubjectKinds.find((known) => known === name);
  if (kind !== undefined && value !== undefined) return { kind, value };
  throw new InvalidArgumentError(`Write it KIND=VALUE, KIND one of ${certificateSubjectKinds.join(', ')}.`);
}
