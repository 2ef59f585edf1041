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
        .map(({ pointer, value }) => ({ label: type?.labels[pointer] ?? labelOf(pointer), value })),
    };
  });
}

/** Every value in it, by JSON pointer; a list of plain values is one. */
function* leavesOf(value: unknown, pointer: string): Generator<{ pointer: string; value: string }> {
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) {
    yield { pointer, value: value.map(String).join(', ') };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) yield* leavesOf(member, `${pointer}/${name}`);
  } else {
    yield { pointer, value: String(value) };
  }
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
    .join(', ');
}
