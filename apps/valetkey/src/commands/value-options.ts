import { InvalidArgumentError, Option } from 'commander';
import { readDuration } from '../terminal/duration.ts';

/** An option for a duration, given to the command in milliseconds. */
export function durationOption(flags: string, text: string): Option {
  return new Option(flags, text).argParser((value) => {
    const milliseconds = readDuration(value);
    if (milliseconds !== undefined) return milliseconds;
    throw new InvalidArgumentError('A duration is a number with its unit, as 90s, 15m, 24h, 7d or 2w.');
  });
}

/** An option for a port, with the environment variable that stands in for it. */
export function portOption(flags: string, text: string, variable: string): Option {
  return new Option(flags, text).env(variable).argParser((value) => {
    const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
    if (port <= 65_535) return port;
    throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  });
}

/** For options that may be repeated. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** For options that may be repeated and may hold several words. */
export function collectWords(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, ...value.split(/\s+/).filter((word) => word !== '')];
}

/** An option whose value is one of a few. */
export function choice(flags: string, text: string, values: readonly string[]): Option {
  return new Option(flags, text).choices(values);
}

/** For options that may be repeated, each time with one of a few values; with `choices` it tells them in the help. */
export function collectChoice<T extends string>(values: readonly T[]) {
  return (value: string, earlier: readonly T[] = []): T[] => {
    const known = values.find((one) => one === value);
    if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${values.join(', ')}.`);
    return [...new Set([...earlier, known])];
  };
}
