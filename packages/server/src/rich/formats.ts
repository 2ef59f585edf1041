/**
 * Values of `format` that are checked (JSON Schema Validation §7.3). Any other one is a fault of the configuration: nobody
 * should rely on what is not looked at.
 */
export const formats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  date: isDate,
  'date-time': isDateTime,
  email: /^[^\s@]{1,64}@[^\s@]{1,255}$/,
  uri: (text) => URL.canParse(text) && !/\s/.test(text),
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

/** RFC 3339 §5.6. The thirtieth of February is none. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return day >= 1 && day <= (daysOf(year)[month - 1] ?? 0);
}

function daysOf(year: number): readonly number[] {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
}

function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/.exec(
    text,
  );
  if (parts === null) return false;
  const [, date = '', hours, minutes, seconds] = parts;
  // A leap second is one.
  return isDate(date) && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) <= 60;
}
