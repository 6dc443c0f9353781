// Wall clocks and calendars of the world's zones. Pure: it is always told the moment it is asked about.
// A wall clock that a zone skips (spring) means the moment as long after the gap as it lies behind the gap's beginning,
// as RFC 5545 and Temporal's "compatible" have it; one that occurs twice (autumn) means the earlier.
// Nothing here throws: an unknown zone is UTC, an absurd moment the nearest that can be counted.

import { Temporal } from 'temporal-polyfill';
import { dateOf, dayOf, weekdayOf } from './civil.ts';
import type { Instant, Millis } from './values.ts';
import { isZone, stretchAt } from './zones.ts';

export { isZone } from './zones.ts';

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

const DAY: Millis = 86_400_000;
/** Some years inside of what Temporal counts (±8.64e15), so that a neighbouring day can always be asked about. */
const FARTHEST: Instant = 8.63e15;
/** The longest text that is looked at as a moment. */
const MOST_TEXT = 64;

/** What a clock on the wall shows there. An unknown zone is taken as UTC. */
export function wallClock(ms: Instant, zone: string): WallClock {
  const local = localOf(ms, zone);
  const days = Math.floor(local / DAY);
  const seconds = Math.floor((local - days * DAY) / 1_000);
  return {
    ...dateOf(days),
    hour: Math.floor(seconds / 3_600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    weekday: weekdayOf(days),
  };
}

/** The first moment of the present day, week (Monday), month or year there; where midnight is skipped, that after it. */
export function startOf(unit: 'day' | 'week' | 'month' | 'year', ms: Instant, zone: string): Instant {
  const days = Math.floor(localOf(ms, zone) / DAY);
  const { year, month } = dateOf(days);
  switch (unit) {
    case 'day':
      return midnight(days, zone);
    case 'week':
      return midnight(days - weekdayOf(days) + 1, zone);
    case 'month':
      return midnight(dayOf(year, month, 1), zone);
    default:
      return midnight(dayOf(year, 1, 1), zone);
  }
}

/** The same wall clock so many calendar days later (or earlier). */
export function addDays(ms: Instant, days: number, zone: string): Instant {
  const whole = Math.trunc(days) || 0;
  return whole === 0 ? ms : momentOf(localOf(ms, zone) + whole * DAY, zone);
}

/** That wall clock on the local day of `ms`. */
export function atClock(ms: Instant, zone: string, clock: { hour: number; minute: number }): Instant {
  return momentOf(Math.floor(localOf(ms, zone) / DAY) * DAY + sinceMidnight(clock), zone);
}

/** The next moment after `ms` at which the clock there shows this (and it is that weekday, Monday 1). */
export function nextClock(ms: Instant, zone: string, at: { weekday?: number; hour: number; minute: number }): Instant {
  const today = Math.floor(localOf(ms, zone) / DAY);
  // Yesterday's counts where it lies in a gap that ends today.
  for (let days = today - 1; days <= today + 8; days += 1) {
    if (at.weekday !== undefined && weekdayOf(days) !== at.weekday) continue;
    const moment = momentOf(days * DAY + sinceMidnight(at), zone);
    if (moment > ms) return moment;
  }
  return ms + 7 * DAY;
}

/**
 * An ISO 8601 text as a moment, or null. Without an offset it is the zone's wall clock, a date its midnight; a space may
 * stand for the `T`.
 */
export function parseMoment(text: string, zone: string): Instant | null {
  const iso = text.trim().replace(/^(\d{4}-\d{2}-\d{2}) (?=\d)/, '$1T');
  if (iso.length > MOST_TEXT || !/^\d{4}-\d{2}-\d{2}(T[^[]*)?$/.test(iso)) return null;
  try {
    if (/T.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$/.test(iso)) return Temporal.Instant.from(iso).epochMilliseconds;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(isZone(zone) ? zone : 'UTC').epochMilliseconds;
  } catch {
    return null;
  }
}

/** `2026-03-02T09:00:00.000Z`; an absurd moment is written as its number. */
export function formatIso(ms: Instant): string {
  const whole = Math.trunc(ms);
  if (!(Math.abs(whole) <= LAST_MOMENT)) return String(ms);
  const days = Math.floor(whole / DAY_MS);
  const { year, month, day } = dateOf(days);
  const within = whole - days * DAY_MS;
  const time = [Math.floor(within / 3_600_000), Math.floor(within / 60_000) % 60, Math.floor(within / 1_000) % 60];
  return `${isoYear(year)}-${digits(month, 2)}-${digits(day, 2)}T${time.map((part) => digits(part, 2)).join(':')}.${digits(within % 1_000, 3)}Z`;
}

/** The furthest moment either way that ECMAScript, and so every ISO text we exchange, can name. */
const LAST_MOMENT = 8.64e15;
const DAY_MS = 86_400_000;

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}

/** Years beyond four digits carry a sign and have six. */
function isoYear(year: number): string {
  if (year >= 0 && year <= 9999) return digits(year, 4);
  return `${year < 0 ? '-' : '+'}${digits(Math.abs(year), 6)}`;
}

/** `2026-03-02 12:00:05` on the wall there; seconds only where there are any. */
export function formatLocal(ms: Instant, zone: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = wallClock(ms, zone);
  const seconds = clock.second === 0 ? '' : `:${two(clock.second)}`;
  return `${String(clock.year).padStart(4, '0')}-${two(clock.month)}-${two(clock.day)} ${two(clock.hour)}:${two(clock.minute)}${seconds}`;
}

function sinceMidnight({ hour, minute }: { hour: number; minute: number }): Millis {
  return (hour * 60 + minute) * 60_000;
}

function countable(ms: number): Instant {
  return Math.max(-FARTHEST, Math.min(FARTHEST, Math.trunc(ms) || 0));
}

/** The wall clock as milliseconds: what they would be, were the wall in UTC. */
function localOf(ms: Instant, zone: string): Millis {
  const whole = countable(ms);
  return whole + stretchAt(whole, zone).offset;
}

/** The moment of a wall clock, by the rule at the head of this file. */
function momentOf(local: Millis, zone: string): Instant {
  const { moments, afterGap } = momentsOf(countable(local), zone);
  return moments[0] ?? afterGap;
}

function midnight(days: number, zone: string): Instant {
  const { moments, afterGap } = momentsOf(countable(days * DAY), zone);
  return moments[0] ?? stretchAt(afterGap, zone).from;
}

/** Every moment at which the wall shows this, earliest first; none in a gap, which ends before `afterGap`. */
function momentsOf(local: Millis, zone: string): { moments: readonly Instant[]; afterGap: Instant } {
  const before = stretchAt(local - DAY, zone);
  const after = stretchAt(local + DAY, zone);
  const early = local - before.offset;
  if (before === after) return { moments: [early], afterGap: early };
  const both = before.offset === after.offset ? [early] : [early, local - after.offset].sort((a, b) => a - b);
  return { moments: both.filter((moment) => moment + stretchAt(moment, zone).offset === local), afterGap: early };
}
