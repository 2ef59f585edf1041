import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colors a text if `stream` is a terminal and neither NO_COLOR nor the like says otherwise. */
export function styled(stream: NodeJS.WriteStream | WriteStream, format: Format, text: string): string {
  return styleText(format, text, { stream });
}

/** Control characters could move the cursor or worse, and what is shown was typed by others. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
