import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import {
  addDays,
  atClock,
  formatIso,
  formatLocal,
  isZone,
  nextClock,
  parseMoment,
  startOf,
  wallClock,
} from './calendar.ts';
import type { Instant } from './values.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const DAY = 86_400_000;
const UNITS = ['day', 'week', 'month', 'year'] as const;

const zoned = (ms: Instant, zone: string) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
const zones = fc.constantFrom(...ZONES);
const anywhere = fc.tuple(zones, fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2060, 0, 1) }));
/** Within a day and a half of a change of the clocks, where there is one: the only times at which anything can go wrong. */
const aroundChanges = fc
  .tuple(anywhere, fc.integer({ min: -1.5 * DAY, max: 1.5 * DAY }))
  .map(([[zone, ms], off]): [string, Instant] => [
    zone,
    (zoned(ms, zone).getTimeZoneTransition('next')?.epochMilliseconds ?? ms) + off,
  ]);
const places = fc.oneof(anywhere, aroundChanges);
const clocks = fc.record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.integer({ min: 0, max: 59 }) });

/** The same question put to Temporal itself, without any of our arithmetic. */
const oracle = {
  atClock: (ms: Instant, zone: string, { hour, minute }: { hour: number; minute: number }, days = 0) =>
    zoned(ms, zone)
      .toPlainDate()
      .add({ days })
      .toZonedDateTime({ timeZone: zone, plainTime: new Temporal.PlainTime(hour, minute) }).epochMilliseconds,
  startOf: (unit: (typeof UNITS)[number], ms: Instant, zone: string) => {
    const date = zoned(ms, zone).toPlainDate();
    const first = {
      day: date,
      week: date.subtract({ days: date.dayOfWeek - 1 }),
      month: date.with({ day: 1 }),
      year: date.with({ month: 1, day: 1 }),
    }[unit];
    return first.toZonedDateTime(zone).epochMilliseconds;
  },
};

describe('the calendar agrees with Temporal in every zone, most of all where the clocks change (property)', () => {
  test('what the wall shows', () => {
    fc.assert(
      fc.property(places, ([zone, ms]) => {
        const { year, month, day, hour, minute, second, dayOfWeek } = zoned(ms, zone);
        expect(wallClock(ms, zone)).toEqual({ year, month, day, hour, minute, second, weekday: dayOfWeek });
      }),
      { numRuns: 800 },
    );
  });

  test('starts of day, week, month and year', () => {
    fc.assert(
      fc.property(places, fc.constantFrom(...UNITS), ([zone, ms], unit) => {
        const start = startOf(unit, ms, zone);
        expect(start).toBe(oracle.startOf(unit, ms, zone));
        expect(start).toBeLessThanOrEqual(ms);
        expect(startOf(unit, start, zone)).toBe(start);
      }),
      { numRuns: 800 },
    );
  });

  test('calendar days later and earlier', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: -800, max: 800 }), ([zone, ms], days) => {
        expect(addDays(ms, days, zone)).toBe(zoned(ms, zone).add({ days }).epochMilliseconds);
      }),
      { numRuns: 800 },
    );
  });

  test('a wall clock on the local day', () => {
    fc.assert(
      fc.property(places, clocks, ([zone, ms], clock) => {
        expect(atClock(ms, zone, clock)).toBe(oracle.atClock(ms, zone, clock));
      }),
      { numRuns: 800 },
    );
  });

  test('the next wall clock is the first after the moment, on the weekday asked for', () => {
    const weekdays = fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined });
    fc.assert(
      fc.property(places, clocks, weekdays, ([zone, ms], clock, weekday) => {
        const next = nextClock(ms, zone, { ...clock, ...(weekday !== undefined && { weekday }) });
        const all = Array.from({ length: 12 }, (_, n) => n - 2)
          .filter((d) => weekday === undefined || zoned(ms, zone).toPlainDate().add({ days: d }).dayOfWeek === weekday)
          .map((days) => oracle.atClock(ms, zone, clock, days));
        expect(next).toBe(Math.min(...all.filter((moment) => moment > ms)));
      }),
      { numRuns: 500 },
    );
  });

  test('a text without an offset means the wall there, whatever it shows', () => {
    fc.assert(
      fc.property(places, ([zone, ms]) => {
        const local = formatLocal(ms, zone);
        const read = parseMoment(local, zone);
        expect(read).not.toBeNull();
        expect(formatLocal(read ?? 0, zone)).toBe(local);
        // Of two moments with one wall clock it is the earlier.
        expect(read ?? 0).toBeLessThanOrEqual(ms);
        expect(parseMoment(formatIso(ms), zone)).toBe(ms);
      }),
      { numRuns: 500 },
    );
  });
});

describe('where clocks change', () => {
  // Riga, 2026-03-29: 03:00 becomes 04:00. 2026-10-25: 04:00 becomes 03:00.
  test('a wall clock that spring skips is the moment after the gap', () => {
    const after = Date.UTC(2026, 2, 29, 1, 30);
    expect(parseMoment('2026-03-29 03:30', 'Europe/Riga')).toBe(after);
    expect(addDays(Date.UTC(2026, 2, 28, 1, 30), 1, 'Europe/Riga')).toBe(after);
    expect(atClock(Date.UTC(2026, 2, 29, 12), 'Europe/Riga', { hour: 3, minute: 30 })).toBe(after);
    expect(nextClock(Date.UTC(2026, 2, 28, 12), 'Europe/Riga', { hour: 3, minute: 30 })).toBe(after);
    expect(formatLocal(after, 'Europe/Riga')).toBe('2026-03-29 04:30');
  });

  test('a wall clock that autumn repeats is the earlier, and comes once', () => {
    const first = Date.UTC(2026, 9, 25, 0, 30);
    expect(parseMoment('2026-10-25 03:30', 'Europe/Riga')).toBe(first);
    expect(nextClock(first - 1, 'Europe/Riga', { hour: 3, minute: 30 })).toBe(first);
    expect(formatLocal(nextClock(first, 'Europe/Riga', { hour: 3, minute: 30 }), 'Europe/Riga')).toBe(
      '2026-10-26 03:30',
    );
    // No day later is now, also in the second of the two hours.
    expect(addDays(first + 3_600_000, 0, 'Europe/Riga')).toBe(first + 3_600_000);
  });

  test('a day that begins after midnight begins then, and one with two midnights at the first', () => {
    // Beirut skipped 00:00 of 2024-03-31; Havana repeated 00:00 of 2024-11-03.
    expect(formatLocal(startOf('day', Date.UTC(2024, 2, 31, 12), 'Asia/Beirut'), 'Asia/Beirut')).toBe(
      '2024-03-31 01:00',
    );
    expect(startOf('day', Date.UTC(2024, 10, 3, 12), 'America/Havana')).toBe(Date.UTC(2024, 10, 3, 4));
  });

  test('a day that Samoa left out is the day after', () => {
    expect(formatLocal(parseMoment('2011-12-30 12:00', 'Pacific/Apia') ?? 0, 'Pacific/Apia')).toBe('2011-12-31 12:00');
  });
});

describe('the calendar', () => {
  test('counts leap days and ends of months', () => {
    expect(formatLocal(addDays(Date.UTC(2024, 1, 28, 10), 1, 'UTC'), 'UTC')).toBe('2024-02-29 10:00');
    expect(formatLocal(addDays(Date.UTC(2024, 1, 29, 10), 365, 'UTC'), 'UTC')).toBe('2025-02-28 10:00');
  });

  test('weeks begin on Monday', () => {
    expect(formatLocal(startOf('week', Date.UTC(2026, 2, 1, 23), 'Europe/Riga'), 'Europe/Riga')).toBe(
      '2026-03-02 00:00',
    );
    expect(formatLocal(startOf('week', Date.UTC(2026, 2, 1, 23), 'UTC'), 'UTC')).toBe('2026-02-23 00:00');
  });

  test('the next clock is strictly later', () => {
    const noon = Date.UTC(2026, 2, 2, 12);
    expect(nextClock(noon, 'UTC', { hour: 12, minute: 0 })).toBe(noon + DAY);
    expect(nextClock(noon, 'UTC', { weekday: 1, hour: 12, minute: 0 })).toBe(noon + 7 * DAY);
    expect(nextClock(noon - 1, 'UTC', { weekday: 1, hour: 12, minute: 0 })).toBe(noon);
  });

  test.each([
    ['2026-03-02T09:00:00Z', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02T09:00:00.250Z', Date.UTC(2026, 2, 2, 9) + 250],
    ['2026-03-02T12:00:00+03:00', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02T12:00+0300', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02', Date.UTC(2026, 2, 1, 22)],
    ['2026-03-02 11:00', Date.UTC(2026, 2, 2, 9)],
    [' 2026-03-02T11:00 ', Date.UTC(2026, 2, 2, 9)],
    // Not ISO 8601: its offset must not be passed over.
    ['2026-03-02T12:00+03:00[Europe/Moscow]', null],
    ['2026-02-30', null],
    ['2026-13-01', null],
    ['2026-03-02T25:00', null],
    ['2026-03-02Z', null],
    ['tomorrow', null],
    ['1772442000', null],
    ['02.03.2026', null],
    [`2026-03-02T${'1'.repeat(10_000)}`, null],
    ['', null],
  ])('reads %s', (text, expected) => {
    expect(parseMoment(text, 'Europe/Riga')).toBe(expected);
  });

  test('knows real zones from what only looks like one', () => {
    expect(ZONES.filter((zone) => !isZone(zone))).toEqual([]);
    expect(['UTC', '+03:00', 'Etc/GMT+3'].every(isZone)).toBe(true);
    for (const name of ['Mars/Olympus', '', 'constructor', '2026-03-02T00:00+03:00', '[UTC]', 'x'.repeat(100_000)])
      expect(isZone(name)).toBe(false);
  });

  test('throws for no zone and no number, and takes an unknown zone as UTC', () => {
    const numbers = [0, 0.5, -1, 8.64e15, -8.64e15, 1e300, -1e300, Infinity, Number.NaN];
    for (const ms of numbers)
      for (const zone of ['Europe/Riga', 'Mars/Olympus', '']) {
        const all = [
          ...UNITS.map((unit) => startOf(unit, ms, zone)),
          ...numbers.map((days) => addDays(ms, days, zone)),
          atClock(ms, zone, { hour: 23, minute: 59 }),
          nextClock(ms, zone, { weekday: 7, hour: 23, minute: 59 }),
          ...Object.values(wallClock(ms, zone)),
        ];
        expect(all.every((value) => typeof value === 'number')).toBe(true);
        expect(formatLocal(ms, zone) + formatIso(ms)).not.toBe('');
      }
    expect(wallClock(0, 'Mars/Olympus').hour).toBe(0);
    expect(parseMoment('2026-03-02', 'Mars/Olympus')).toBe(Date.UTC(2026, 2, 2));
  });
});
