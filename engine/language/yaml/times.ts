// Shapes of times: durations, clocks, windows, moments.

import { parseMoment } from '../calendar.ts';
import { parseDuration } from '../duration.ts';
import type { Clock, Window } from '../journey.ts';
import type { Millis } from '../values.ts';
import { parseClock, parseWindow, WEEKDAYS } from './clock-texts.ts';
import { matching, scalar } from './scalars.ts';
import type { Shape } from './shape.ts';

/** Units from the greater to the smaller, as `parseDuration` reads them. */
const DURATION = /^(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,7}m)?(?:\d{1,9}s)?$/;
export const duration: Shape<Millis> = scalar(
  'a duration such as 30m, 2h, 3d or 1h30m',
  (typed) => (/\d/.test(typed) ? (parseDuration(typed) ?? undefined) : undefined),
  {
    schema: matching(DURATION),
    hint: durationHint,
  },
);
/** A duration with an optional sign. */
export const offset: Shape<Millis> = scalar(
  'an offset such as -10m or +2h',
  (typed) => {
    const span = parseDuration(typed.replace(/^[-+]/, ''));
    return span === null ? undefined : typed.startsWith('-') ? -span : span;
  },
  { schema: matching(/^[-+]?\d[\dwdhms]*$/) },
);

export const clock: Shape<Clock> = scalar('a time of day such as 10:00', parseClock, {
  schema: matching(/^(?:[01]?\d|2[0-3]):[0-5]\d$/),
  hint: (typed) => clockHint(typed),
});

export const window: Shape<Window> = scalar('hours such as 10:00-20:00 or mon-fri 10:00-20:00', parseWindow, {
  schema: { type: 'string' },
});

/** `mon 10:00`, `10:00`. */
export const weekdayClock: Shape<{ readonly weekday: number | null; readonly at: Clock }> = scalar(
  'a time of day, with a weekday if you like: 10:00 or mon 10:00',
  (typed) => {
    const [, day, time = ''] = /^(?:([a-z]+)\s+)?(\S+)$/i.exec(typed) ?? [];
    const weekday = day === undefined ? null : WEEKDAYS.indexOf(day.toLowerCase().slice(0, 3)) + 1;
    const at = parseClock(time);
    return at === undefined || weekday === 0 ? undefined : { weekday, at };
  },
  {
    schema: matching(/^((mon|tue|wed|thu|fri|sat|sun)\w*\s+)?([01]?\d|2[0-3]):[0-5]\d$/),
    hint: (typed) => clockHint(typed),
  },
);

/** A moment as text: `2026-11-27`, `2026-03-02T12:00:00+03:00`. */
export const moment = scalar(
  'a date and time such as 2026-03-02T12:00:00+03:00',
  (typed) => (parseMoment(typed, 'UTC') === null ? undefined : typed),
  { schema: { type: 'string' } },
);

const UNITS: Readonly<Record<string, string>> = {
  s: 's',
  sec: 's',
  second: 's',
  m: 'm',
  min: 'm',
  minute: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  w: 'w',
  week: 'w',
};

/** `2 hours` → `2h`; a number alone, months and fractions have no unit to guess. */
function durationHint(typed: string): string | null {
  const found = /^(\d+)[\s-]*([A-Za-z]+)\.?$/.exec(typed);
  const unit = found === null ? undefined : UNITS[(found[2] ?? '').toLowerCase().replace(/(?<=..)s$/, '')];
  if (found !== null && unit !== undefined) return `Did you mean "${found[1]}${unit}"?`;
  if (/^\d+$/.test(typed)) return `Name the unit: ${typed}m, ${typed}h or ${typed}d.`;
  if (/month|mo$/i.test(typed)) return 'Months differ in length: write days, such as 30d.';
  return null;
}

/** `9` → `09:00`, `7.30 pm` → `19:30`. */
function clockHint(typed: string): string | null {
  const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$/i.exec(typed);
  if (found === null) return null;
  const [, told, minute = '00', half] = found;
  const hour = half === undefined ? Number(told) : (Number(told) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return hour < 24 && Number(minute) < 60 ? `Did you mean "${String(hour).padStart(2, '0')}:${minute}"?` : null;
}
