const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** Milliseconds of a duration such as `90s`, `15m`, `24h`, `7d`, `2w`, or `undefined` if the text is none. */
export function readDuration(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * units[unit as keyof typeof units] * 1000;
}
