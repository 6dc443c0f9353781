import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
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
import { formatDuration, parseDuration } from './duration.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const moments = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });

describe('the calendar', () => {
  test('a wall clock that spring skips is the moment after the gap, one that autumn repeats the earlier', () => {
    // Riga, 2026-03-29: 03:00 becomes 04:00. 2026-10-25: 04:00 becomes 03:00.
    expect(parseMoment('2026-03-29 03:30', 'Europe/Riga')).toBe(Date.UTC(2026, 2, 29, 1, 30));
    expect(parseMoment('2026-10-25 03:30', 'Europe/Riga')).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });

  test('the next wall clock is later, shows that clock, and is at most a day and a gap away (property over all zones)', () => {
    fc.assert(
      fc.property(
        moments,
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        (now, zone, hour, minute) => {
          const next = nextClock(now, zone, { hour, minute });
          expect(next).toBeGreaterThan(now);
          expect(next - now).toBeLessThanOrEqual(49 * 3_600_000);
          const shown = wallClock(next, zone);
          // Where the clock is skipped that day, it shows the moment after the gap.
          const off = Math.abs(shown.hour * 60 + shown.minute - (hour * 60 + minute));
          expect(Math.min(off, 1440 - off)).toBeLessThanOrEqual(60);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('so many days later the wall shows the same clock, but for the day of a gap', () => {
    expect(formatLocal(addDays(Date.UTC(2026, 2, 28, 10), 1, 'Europe/Riga'), 'Europe/Riga')).toBe('2026-03-29 12:00');
    expect(formatLocal(addDays(Date.UTC(2024, 1, 28, 10), 1, 'UTC'), 'UTC')).toBe('2024-02-29 10:00');
    expect(formatLocal(addDays(Date.UTC(2024, 1, 29, 10), 365, 'UTC'), 'UTC')).toBe('2025-02-28 10:00');
  });

  test('starts of day, week, month and year are those of the wall', () => {
    const now = Date.UTC(2026, 2, 1, 23);
    expect(formatLocal(startOf('day', now, 'Europe/Riga'), 'Europe/Riga')).toBe('2026-03-02 00:00');
    expect(formatLocal(startOf('week', now, 'Europe/Riga'), 'Europe/Riga')).toBe('2026-03-02 00:00');
    expect(formatLocal(startOf('month', now, 'UTC'), 'UTC')).toBe('2026-03-01 00:00');
    expect(formatLocal(startOf('year', now, 'America/New_York'), 'America/New_York')).toBe('2026-01-01 00:00');
    expect(formatLocal(atClock(now, 'Europe/Riga', { hour: 9, minute: 5 }), 'Europe/Riga')).toBe('2026-03-02 09:05');
  });

  test.each([
    ['2026-03-02T09:00:00Z', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02T12:00:00+03:00', Date.UTC(2026, 2, 2, 9)],
    ['2026-03-02', Date.UTC(2026, 2, 1, 22)],
    ['2026-03-02 11:00', Date.UTC(2026, 2, 2, 9)],
    ['2026-02-30', null],
    ['tomorrow', null],
    ['1772442000', null],
    ['', null],
  ])('reads %s', (text, expected) => {
    expect(parseMoment(text, 'Europe/Riga')).toBe(expected);
  });

  test('knows real zones from invented ones, and takes an invented one as UTC', () => {
    expect(ZONES.every(isZone)).toBe(true);
    expect(isZone('Mars/Olympus')).toBe(false);
    expect(wallClock(0, 'Mars/Olympus').hour).toBe(0);
    expect(formatIso(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('durations', () => {
  test.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
    ['1w', 604_800_000],
    ['1h30m', 5_400_000],
    ['30m1h', null],
    ['1.5h', null],
    ['h', null],
    ['', null],
    ['10', null],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test('is written as it would be typed, and read back the same (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (seconds) =>
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000),
      ),
    );
  });
});
