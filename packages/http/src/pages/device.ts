/** The first that the text holds wins: most browsers also claim to be the ones below them. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['SamsungBrowser/', 'Samsung Internet'],
  ['FxiOS/', 'Firefox'],
  ['Firefox/', 'Firefox'],
  ['CriOS/', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'Mac'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

/** "Firefox on Windows", from what the browser said of itself; a text that names no known browser is shown as it came. */
export function deviceName(userAgent: string): string {
  const browser = nameIn(userAgent, BROWSERS);
  if (browser === undefined) return userAgent.trim() || 'A browser that gave no name';
  const system = nameIn(userAgent, SYSTEMS);
  return system === undefined ? browser : `${browser} on ${system}`;
}

function nameIn(text: string, names: readonly (readonly [sign: string, name: string])[]): string | undefined {
  return names.find(([sign]) => text.includes(sign))?.[1];
}
