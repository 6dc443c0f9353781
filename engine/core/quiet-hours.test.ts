import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wallClock } from '../language/calendar.ts';
import { workshopOf } from '../testing/small-world.ts';
import { newPerson } from './person.ts';
import { quietUntil, quietZones, windowOpens } from './quiet-hours.ts';

const ZONES = Intl.supportedValuesOf('timeZone');
const NIGHT = {
  from: { hour: 21, minute: 0 },
  to: { hour: 9, minute: 0 },
  // biome-ignore lint/suspicious/noThenProperty: the language's own word
  then: 'hold' as const,
  channels: ['email' as const],
};
const minuteOf = (ms: number, zone: string) => wallClock(ms, zone).hour * 60 + wallClock(ms, zone).minute;
const asleep = (ms: number, zone: string) => minuteOf(ms, zone) >= 21 * 60 || minuteOf(ms, zone) < 9 * 60;
const moments = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2032, 0, 1) });

describe('quiet hours', () => {
  test('P16 hold in every zone through both DST changes and leap days: never inside, never longer than the night', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom(...ZONES), (now, zone) => {
        const until = quietUntil(now, [zone], NIGHT);
        if (until === null) return expect(asleep(now, zone)).toBe(false);
        expect(asleep(now, zone)).toBe(true);
        expect(asleep(until, zone)).toBe(false);
        expect(until - now).toBeLessThanOrEqual(14 * 3_600_000);
        return undefined;
      }),
      { numRuns: 3_000 },
    );
  });

  test('P16 a night that a clock change falls into ends on the wall, not after so many hours', () => {
    // Riga: 2026-03-29 03:00 becomes 04:00. From 21:00 on Saturday to 09:00 on Sunday are eleven hours.
    const evening = Date.UTC(2026, 2, 28, 19, 0);
    expect((quietUntil(evening, ['Europe/Riga'], NIGHT) ?? 0) - evening).toBe(11 * 3_600_000);
    const autumn = Date.UTC(2026, 9, 24, 18, 0);
    expect((quietUntil(autumn, ['Europe/Riga'], NIGHT) ?? 0) - autumn).toBe(13 * 3_600_000);
  });

  test('P16 an unknown zone uses the strictest of the workspace and the country: awake in all of them', () => {
    fc.assert(
      fc.property(moments, (now) => {
        const zones = ['Europe/Moscow', 'Asia/Vladivostok', 'Europe/Kaliningrad'];
        const until = quietUntil(now, zones, NIGHT) ?? now;
        for (const zone of zones) expect(asleep(until, zone)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('a known zone is enough; without one the country and then the phone tell which nights count', () => {
    const { settings } = workshopOf([], { settings: 'timezone: Europe/Riga' });
    const person = (traits: Record<string, string>) => ({
      ...newPerson('p', 0),
      traits: Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, { value, at: 0, by: 'e' }])),
    });
    expect(quietZones(person({ timezone: 'Asia/Tokyo', country: 'US' }), settings)).toEqual(['Asia/Tokyo']);
    expect(quietZones(person({ country: 'JP' }), settings)).toEqual(['Europe/Riga', 'Asia/Tokyo']);
    expect(quietZones(person({ phone: '+81312345678' }), settings)).toEqual(['Europe/Riga', 'Asia/Tokyo']);
    expect(quietZones(person({ timezone: 'Mars/Olympus' }), settings)).toEqual(['Europe/Riga']);
  });

  test('P16 a number counts with its country, in all of the zones it has; where it does not tell one, with all that share its code', () => {
    const { settings } = workshopOf([], { settings: 'timezone: UTC' });
    const zones = (phone: string, country?: string) => {
      const traits = { phone, ...(country !== undefined && { country }) };
      const told = Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, { value, at: 0, by: 'e' }]));
      return quietZones({ ...newPerson('p', 0), traits: told }, settings);
    };
    expect(zones('+37126000001')).toEqual(['UTC', 'Europe/Riga']);
    expect(zones('+77011234567')).not.toContain('Europe/Moscow');
    const russian = zones('+79161234567');
    expect(russian).toEqual(expect.arrayContaining(['Europe/Kaliningrad', 'Europe/Moscow', 'Asia/Kamchatka']));
    expect(zones('+12025550123')).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu']));
    expect(zones('+12025550123')).not.toContain('America/Toronto');
    // A range that nobody has given to a country yet.
    expect(zones('+447700900123')).toEqual(expect.arrayContaining(['Europe/London', 'Europe/Jersey']));
    expect(zones('+38344123456')).toEqual(['UTC', 'Europe/Belgrade']);
    expect(zones('+80012345678')).toEqual(['UTC']);
    // A country that is none tells nothing; one that is goes before the number's.
    expect(zones('+37126000001', 'XX')).toEqual(['UTC', 'Europe/Riga']);
    expect(zones('+37126000001', 'jp')).toEqual(['UTC', 'Asia/Tokyo']);

    // Nine in the evening in Kamchatka is noon in Moscow: nobody is disturbed before all of them are awake.
    const moscow = russian.filter((zone) => zone !== 'UTC');
    const until = quietUntil(Date.UTC(2026, 2, 2, 9), ['Europe/Moscow', ...moscow], NIGHT) ?? 0;
    for (const zone of moscow) expect(asleep(until, zone)).toBe(false);
  });

  test('a window opens on its own days, and over midnight belongs to the day it opens on', () => {
    const weekdays = { weekdays: [1, 2, 3, 4, 5], from: { hour: 10, minute: 0 }, to: { hour: 20, minute: 0 } };
    const saturday = Date.UTC(2026, 2, 7, 12);
    expect(windowOpens(saturday, 'UTC', weekdays)).toBe(Date.UTC(2026, 2, 9, 10));
    expect(windowOpens(Date.UTC(2026, 2, 6, 19, 59), 'UTC', weekdays)).toBe(Date.UTC(2026, 2, 6, 19, 59));
    const night = { weekdays: [5], from: { hour: 22, minute: 0 }, to: { hour: 2, minute: 0 } };
    expect(windowOpens(Date.UTC(2026, 2, 7, 1), 'UTC', night)).toBe(Date.UTC(2026, 2, 7, 1));
    expect(windowOpens(Date.UTC(2026, 2, 8, 1), 'UTC', night)).toBe(Date.UTC(2026, 2, 13, 22));
  });
});
