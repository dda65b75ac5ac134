// Times as the viewer sees them: their zone, and Slack's <!date> tokens.

const LOCALE = 'en-US';

export function dateOfTs(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

function format(date, tz, options) {
  try {
    return new Intl.DateTimeFormat(LOCALE, { timeZone: tz, ...options }).format(date);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, options).format(date);
  }
}

export function clockTime(date, tz) {
  return format(date, tz, { hour: 'numeric', minute: '2-digit' });
}

/** A sortable calendar day in the zone, e.g. 2026-03-01. */
export function dayKey(date, tz) {
  const parts = Object.fromEntries(partsIn(date, tz));
  return `${parts.year}-${parts.month}-${parts.day}`;
}

function partsIn(date, tz) {
  const formatter = new Intl.DateTimeFormat('en-CA', {
    timeZone: tz,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return formatter.formatToParts(date).map((part) => [part.type, part.value]);
}

function relativeDay(date, tz) {
  const key = dayKey(date, tz);
  const day = 86_400_000;
  if (key === dayKey(new Date(), tz)) return 'Today';
  if (key === dayKey(new Date(Date.now() - day), tz)) return 'Yesterday';
  if (key === dayKey(new Date(Date.now() + day), tz)) return 'Tomorrow';
  return null;
}

function ordinal(day) {
  const tens = day % 100;
  if (tens >= 11 && tens <= 13) return `${day}th`;
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`;
}

function longDate(date, tz, month, { weekday = false, year = true } = {}) {
  const day = ordinal(Number(format(date, tz, { day: 'numeric' })));
  const name = weekday ? `${format(date, tz, { weekday: 'long' })}, ` : '';
  return `${name}${format(date, tz, { month })} ${day}${year ? `, ${format(date, tz, { year: 'numeric' })}` : ''}`;
}

export function dayLabel(date, tz) {
  const sameYear = format(date, tz, { year: 'numeric' }) === format(new Date(), tz, { year: 'numeric' });
  return relativeDay(date, tz) ?? longDate(date, tz, 'long', { weekday: true, year: !sameYear });
}

export function fullTime(date, tz) {
  return `${longDate(date, tz, 'long', { weekday: true })} at ${format(date, tz, { hour: 'numeric', minute: '2-digit', second: '2-digit' })}`;
}

export function ago(date) {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  if (Math.abs(seconds) < 30) return 'just now';
  const past = seconds >= 0;
  const size = Math.abs(seconds);
  const [count, unit] =
    size < 60
      ? [size, 'second']
      : size < 3600
        ? [Math.round(size / 60), 'minute']
        : size < 86_400
          ? [Math.round(size / 3600), 'hour']
          : [Math.round(size / 86_400), 'day'];
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return past ? `${words} ago` : `in ${words}`;
}

const TOKENS = {
  date_num: (d, tz) => dayKey(d, tz),
  date_slash: (d, tz) => format(d, tz, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  date_long: (d, tz) => longDate(d, tz, 'long', { weekday: true }),
  date_long_full: (d, tz) => longDate(d, tz, 'long'),
  date_long_pretty: (d, tz) => relativeDay(d, tz) ?? longDate(d, tz, 'long', { weekday: true }),
  date: (d, tz) => longDate(d, tz, 'long'),
  date_pretty: (d, tz) => relativeDay(d, tz) ?? longDate(d, tz, 'long'),
  date_short: (d, tz) => format(d, tz, { month: 'short', day: 'numeric', year: 'numeric' }),
  date_short_pretty: (d, tz) =>
    relativeDay(d, tz) ?? format(d, tz, { month: 'short', day: 'numeric', year: 'numeric' }),
  time: (d, tz) => clockTime(d, tz),
  time_secs: (d, tz) => format(d, tz, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago: (d) => ago(d),
  day_divider_pretty: (d, tz) => dayLabel(d, tz),
};

/** Fill Slack's date tokens; null when one of them is unknown, so that the fallback is shown. */
export function fillDateTokens(pattern, unix, tz) {
  const date = new Date(Number(unix) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, name) => {
    if (!TOKENS[name]) known = false;
    return TOKENS[name]?.(date, tz) ?? '';
  });
  return known ? text : null;
}

/** `2026-03-01T09:30` for a datetime-local field, in the zone. */
export function wallClock(unix, tz) {
  const parts = Object.fromEntries(partsIn(new Date(unix * 1000), tz));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The instant (unix seconds) at which clocks in the zone show `wall`. */
export function unixOfWallClock(wall, tz) {
  const asUtc = Date.parse(`${wall}:00Z`) / 1000;
  if (Number.isNaN(asUtc)) return null;
  let guess = asUtc;
  // Twice: the first correction may cross a change of summer time.
  for (let round = 0; round < 2; round += 1) guess = asUtc - (Date.parse(`${wallClock(guess, tz)}:00Z`) / 1000 - guess);
  return guess;
}
