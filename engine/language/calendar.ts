// Wall clocks and calendars of the world's zones. Pure: it is always told the moment it is asked about.
// A wall clock that a zone skips (spring) means the moment after the gap; one that occurs twice (autumn) the earlier.

import { Temporal } from 'temporal-polyfill';
import type { Instant } from './values.ts';

export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Monday is 1, Sunday 7. */
  readonly weekday: number;
}

const zones = new Map<string, boolean>();

/** Whether this is a zone of the IANA database (or a fixed offset ICU knows). */
export function isZone(name: string): boolean {
  const known = zones.get(name);
  if (known !== undefined) return known;
  let real = true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
  } catch {
    real = false;
  }
  if (zones.size < 10_000) zones.set(name, real);
  return real;
}

function zoned(ms: Instant, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.trunc(ms)).toZonedDateTimeISO(isZone(zone) ? zone : 'UTC');
}

/** What a clock on the wall shows there. An unknown zone is taken as UTC. */
export function wallClock(ms: Instant, zone: string): WallClock {
  const { year, month, day, hour, minute, second, dayOfWeek } = zoned(ms, zone);
  return { year, month, day, hour, minute, second, weekday: dayOfWeek };
}

/** The first moment of the present day, week (Monday), month or year there. */
export function startOf(unit: 'day' | 'week' | 'month' | 'year', ms: Instant, zone: string): Instant {
  const here = zoned(ms, zone);
  const date = here.toPlainDate();
  const first =
    unit === 'day'
      ? date
      : unit === 'week'
        ? date.subtract({ days: date.dayOfWeek - 1 })
        : unit === 'month'
          ? date.with({ day: 1 })
          : date.with({ month: 1, day: 1 });
  return first.toZonedDateTime(here.timeZoneId).epochMilliseconds;
}

/** The same wall clock so many calendar days later (or earlier). */
export function addDays(ms: Instant, days: number, zone: string): Instant {
  return zoned(ms, zone).add({ days: Math.trunc(days) }).epochMilliseconds;
}

/** That wall clock on the local day of `ms`. */
export function atClock(ms: Instant, zone: string, clock: { hour: number; minute: number }): Instant {
  const here = zoned(ms, zone);
  return here
    .toPlainDate()
    .toZonedDateTime({ timeZone: here.timeZoneId, plainTime: new Temporal.PlainTime(clock.hour, clock.minute) })
    .epochMilliseconds;
}

/** The next moment after `ms` at which the clock there shows this (and it is that weekday, Monday 1). */
export function nextClock(ms: Instant, zone: string, at: { weekday?: number; hour: number; minute: number }): Instant {
  const here = zoned(ms, zone);
  const time = new Temporal.PlainTime(at.hour, at.minute);
  let date = here.toPlainDate();
  for (let tries = 0; tries < 9; tries += 1, date = date.add({ days: 1 })) {
    if (at.weekday !== undefined && date.dayOfWeek !== at.weekday) continue;
    const moment = date.toZonedDateTime({ timeZone: here.timeZoneId, plainTime: time }).epochMilliseconds;
    if (moment > ms) return moment;
  }
  return ms + 7 * 86_400_000;
}

/** An ISO 8601 text as a moment, or null. Without an offset it is the zone's wall clock, a date its midnight. */
export function parseMoment(text: string, zone: string): Instant | null {
  const iso = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T');
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(iso)) return null;
  try {
    if (/(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/.test(iso) && iso.includes('T'))
      return Temporal.Instant.from(iso).epochMilliseconds;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(isZone(zone) ? zone : 'UTC').epochMilliseconds;
  } catch {
    return null;
  }
}

/** `2026-03-02T09:00:00.000Z`; an absurd moment is written as its number. */
export function formatIso(ms: Instant): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(Math.trunc(ms)).toString({ fractionalSecondDigits: 3 });
  } catch {
    return String(ms);
  }
}

/** `2026-03-02 12:00:05` on the wall there; seconds only where there are any. */
export function formatLocal(ms: Instant, zone: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = wallClock(ms, zone);
  const seconds = clock.second === 0 ? '' : `:${two(clock.second)}`;
  return `${clock.year}-${two(clock.month)}-${two(clock.day)} ${two(clock.hour)}:${two(clock.minute)}${seconds}`;
}
