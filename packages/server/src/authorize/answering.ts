import { OAuthError, type Parameters } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { StoreUnavailable } from '../ports.ts';
import { recordFault, recordRefusal } from '../refusal.ts';
import { findVisitor } from '../session.ts';
import { answerTo } from './answer.ts';
import type { AuthorizeOutcome, Browser, Told } from './outcome.ts';
import { PushedRequestUsed } from './pushed-request.ts';
import type { Recipient } from './recipient.ts';

interface Asking {
  readonly recipient: Recipient;
  /** Given while nobody has seen a page of ours yet. */
  readonly browser?: Browser;
  readonly parameters?: Parameters;
}

/** From here on every failure has a proven target: the client hears of it too. */
export async function answering(
  authority: Authority,
  { recipient, browser, parameters }: Asking,
  answer: () => Promise<AuthorizeOutcome>,
): Promise<AuthorizeOutcome> {
  try {
    return await answer();
  } catch (thrown) {
    if (thrown instanceof PushedRequestUsed) throw thrown;
    const error = report(authority, recipient, thrown);
    const description = `${error.text} (reference ${error.reference})`;
    const told = await answerTo(authority, recipient, { error: error.code, description });
    const unasked = browser !== undefined && recipient.client.origin !== undefined && !isSilent(parameters);
    if (unasked && (await findVisitor(authority, browser.sessionCookie)) === null) {
      return { outcome: 'interstitial', answer: told, recipient, error };
    }
    return { outcome: 'answer', answer: told, renewedCookie: null };
  }
}

function isSilent(parameters: Parameters | undefined): boolean {
  return parameters?.pairs().some(([name, value]) => name === 'prompt' && value === 'none') ?? false;
}

function report(authority: Authority, recipient: Recipient, error: unknown): Told {
  const endpoint = 'authorize';
  if (error instanceof OAuthError) {
    const reference = recordRefusal(authority, { error, endpoint, clientId: recipient.client.id });
    return { code: error.code, text: error.description, reference };
  }
  if (error instanceof StoreUnavailable) {
    const reference = recordFault(authority, { type: 'store.unavailable', endpoint, cause: error });
    return {
      code: 'temporarily_unavailable',
      text: 'The server cannot answer now. Try again soon.',
      reference,
    };
  }
  const reference = recordFault(authority, { type: 'fault', endpoint, cause: error });
  return { code: 'server_error', text: 'The server failed to handle the request.', reference };
}
