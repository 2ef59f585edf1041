import type { AuthorizationDetail } from '@valetkey/protocol';
import type { Config } from '@valetkey/server';
import type { DetailView } from '../pages/views.ts';

/** What is shown of rich authorization requests at consent (RFC 9396 §3.1): every value, each under its label. */
export function viewDetails(config: Config, details: readonly AuthorizationDetail[]): DetailView[] {
  return details.map((detail) => {
    const type = config.authorizationDetails[detail.type];
    return {
      type: detail.type,
      title: type?.title ?? detail.type,
      facts: [...leavesOf(detail, '')]
        .filter(({ pointer }) => pointer !== '/type')
        .map(({ pointer, value }) => ({
          label: type?.labels[pointer] ?? legible(labelOf(pointer)),
          value: legible(value),
        })),
    };
  });
}

/** Every value in it, by JSON pointer (RFC 6901); a list of plain values is one, and so is what is empty. */
function* leavesOf(value: unknown, pointer: string): Generator<{ pointer: string; value: string }> {
  if (typeof value !== 'object' || value === null) {
    yield { pointer, value: String(value) };
  } else if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    yield { pointer, value: value.map(String).join(', ') };
  } else {
    const members = Object.entries(value);
    if (members.length === 0) yield { pointer, value: '' };
    for (const [name, member] of members) yield* leavesOf(member, `${pointer}/${escaped(name)}`);
  }
}

/** So that a member called `a/b` is not taken for the member `b` of `a`. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** `/instructedAmount/amount` reads as "instructed amount, amount". */
function labelOf(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((part) =>
      part
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase(),
    )
    .join(', ')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}

/**
 * What cannot be seen is made visible: a character that turns the direction of a text, or that is not there to the eye,
 * could make one amount look like another (RFC 9396 §12). Joiners are left, since scripts are written with them.
 */
function legible(text: string): string {
  return text.replaceAll(/(?![\n\t\u200c\u200d])[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd');
}
