// A time as people type it. What names no zone is in that of the browser, a bare day too: Date would take that one for UTC.

const TIME = /^(?:(\d{4})-(\d{1,2})-(\d{1,2}))?(?:(?:^|[T ]+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** @returns a Date of `14:05`, `2026-01-31`, `2026-01-31 14:05:06.789`, or one with `Z` or `+01:00` behind it; null of anything else */
export function when(text, now = new Date()) {
  const found = TIME.exec(text.trim());
  if (!found || !found[0]) return null;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', zone] = found;
  const date = year ? [+year, month - 1, +day] : [now.getFullYear(), now.getMonth(), now.getDate()];
  const time = [+hour, +minute, +second, Math.floor(Number(`0.${fraction || 0}`) * 1000)];
  // What no calendar or clock has would be counted on into the next month or day.
  const utc = new Date(Date.UTC(...date, ...time));
  if (utc.getUTCMonth() !== date[1] || utc.getUTCDate() !== date[2] || hour > 23 || minute > 59 || second > 59) return null;
  return zone ? new Date(utc.getTime() - offsetMillis(zone)) : new Date(...date, ...time);
}

function offsetMillis(zone) {
  if (/z/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(zone);
  return (sign === '-' ? -1 : 1) * (hours * 60 + +minutes) * 60_000;
}
