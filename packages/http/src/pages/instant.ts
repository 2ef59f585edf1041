const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Largest first; the first that fits at least once is used. */
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

const relativeFormat = new Intl.RelativeTimeFormat('en-US', { numeric: 'always' });
const absoluteFormat = new Intl.DateTimeFormat('en-US', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** "3 days ago", "in 4 minutes". What lies ahead is rounded up, so that nobody comes back too early. */
export function relative(instant: number, now: number): string {
  const distance = instant - now;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? ['minute', MINUTE];
  if (distance > 0) return relativeFormat.format(Math.ceil(distance / length), unit);
  const count = Math.floor(-distance / length);
  return count === 0 ? 'just now' : relativeFormat.format(-count, unit);
}

/** "Nov 25, 2025, 06:36 UTC". */
export function absolute(instant: number): string {
  return `${absoluteFormat.format(instant)} UTC`;
}
