import { OAuthError, type Parameters, shown } from '@valetkey/protocol';
import { profileRules } from '../config/profile-rules.ts';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';

/** How an answer travels to the client: in the URL, or in a form that the browser posts; `.jwt`: signed (JARM §2.3). */
export type ResponseMode = 'query' | 'form_post' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt';

/** OAuth 2.0 Form Post Response Mode, and JARM where it is on; nothing but JARM where it is demanded of everybody. */
export function offeredModes(config: Config): readonly string[] {
  const signed = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'];
  if (profileRules(config, {}).signed) return signed;
  return ['query', 'form_post', ...(config.features.signedResponses ? signed : [])];
}

/** Unknown, off, or not for this client: a bare page, since there is no agreed way to answer (OpenID Connect Core §3.1.2.6). */
export function readResponseMode(config: Config, client: Client, parameters: Parameters): ResponseMode {
  const asked = readable(parameters) ?? 'query';
  const allowed = offeredModes(config).filter((mode) => isAllowed(config, client, mode));
  // JARM §2.3.4: for a code the default of the signed modes is the query.
  if (allowed.includes(asked)) return asked === 'jwt' ? 'query.jwt' : (asked as ResponseMode);
  throw new OAuthError(
    'invalid_request',
    'The app asked for an answer in a form that this server does not offer.',
    {
      field: 'response_mode',
      expected: `one of ${allowed.join(' ')}`,
      got: shown(asked),
      requirement: profileRules(config, client).signed ? 'FP-052' : 'AZ-023',
    },
  );
}

function isAllowed(config: Config, client: Client, mode: string): boolean {
  if (profileRules(config, client).signed && !mode.endsWith('jwt')) return false;
  return client.requests?.responseModes?.includes(mode) ?? true;
}

/** A repeated or malformed value is none; the second phase refuses it. */
function readable(parameters: Parameters): string | undefined {
  try {
    return parameters.one('response_mode');
  } catch {
    return undefined;
  }
}
