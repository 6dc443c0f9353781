// When a person must not be disturbed, and when the next moment is that a message may leave.

import type { CountryCode } from 'libphonenumber-js/min';
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { nextClock, wallClock } from '../language/calendar.ts';
import type { Clock, Window } from '../language/journey.ts';
import type { QuietHours, Settings } from '../language/settings.ts';
import type { Instant, Millis } from '../language/values.ts';
import type { Person } from './person.ts';
import { ownZone, textTrait } from './profile.ts';

const DAY: Millis = 86_400_000;
/** No sensible set of zones leaves no common waking moment for longer than this. */
const HORIZON: Millis = 4 * DAY;

/** The zones whose night counts: the person's own, or, unknown, the workspace's and all of their country's or phone's. */
export function quietZones(person: Person, settings: Settings): readonly string[] {
  const own = ownZone(person);
  return own !== null ? [own] : [...new Set([settings.timezone, ...foreignZones(person)])];
}

/** By the country that was told, else by the number's. */
function foreignZones(person: Person): readonly string[] {
  const told = textTrait(person, 'country') ?? '';
  const zones = /^[A-Za-z]{2}$/.test(told) ? zonesOfCountry(told.toUpperCase()) : [];
  return zones.length > 0 ? zones : countriesOfNumber(textTrait(person, 'phone')).flatMap(zonesOfCountry);
}

/** One country where the number tells it; all that share its calling code where it does not. */
function countriesOfNumber(phone: string | null): readonly CountryCode[] {
  const number = phone === null ? undefined : parsePhoneNumberFromString(phone);
  if (number === undefined) return [];
  if (number.country !== undefined) return [number.country];
  return getCountries().filter((country) => getCountryCallingCode(country) === number.countryCallingCode);
}

/** Countries that CLDR gives no zone: the one they keep. */
const KEEPS: Readonly<Record<string, readonly string[]>> = {
  AC: ['Atlantic/St_Helena'],
  TA: ['Atlantic/St_Helena'],
  XK: ['Europe/Belgrade'],
};
const zonesByCountry = new Map<string, readonly string[]>();

/** Every zone of a country, as CLDR lists them. */
function zonesOfCountry(country: string): readonly string[] {
  const known = zonesByCountry.get(country);
  if (known !== undefined) return known;
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    timeZones?: string[];
    getTimeZones?: () => string[];
  };
  const listed = locale.getTimeZones?.() ?? locale.timeZones ?? [];
  const zones = listed.length > 0 ? listed : (KEEPS[country] ?? []);
  zonesByCountry.set(country, zones);
  return zones;
}

/** The end of the quiet hours that `now` falls into in any of these zones, or null when nobody sleeps. */
export function quietUntil(now: Instant, zones: readonly string[], quiet: QuietHours): Instant | null {
  const end = settleAll(now, zones, quiet);
  // A country so wide that somebody always sleeps: the first zone, the workspace's own, decides.
  return end - now > HORIZON ? settleAll(now, zones.slice(0, 1), quiet) : end === now ? null : end;
}

function settleAll(now: Instant, zones: readonly string[], quiet: QuietHours): Instant {
  let moment = now;
  for (let again = true; again && moment - now <= HORIZON; ) {
    again = false;
    for (const zone of zones) {
      if (!inside(moment, zone, quiet)) continue;
      moment = nextClock(moment, zone, quiet.to);
      again = true;
    }
  }
  return moment;
}

function inside(moment: Instant, zone: string, { from, to }: { from: Clock; to: Clock }): boolean {
  const clock = wallClock(moment, zone);
  const minute = clock.hour * 60 + clock.minute;
  const [begin, end] = [from.hour * 60 + from.minute, to.hour * 60 + to.minute];
  return begin < end ? minute >= begin && minute < end : begin > end && (minute >= begin || minute < end);
}

/** When a window next lets a message through: `now` inside it, else its next opening. Over midnight, a window belongs to the day it opens. */
export function windowOpens(now: Instant, zone: string, window: Window): Instant {
  if (insideWindow(now, zone, window)) return now;
  let moment = now;
  for (let tries = 0; tries < 9; tries += 1) {
    moment = nextClock(moment, zone, window.from);
    if (window.weekdays.includes(wallClock(moment, zone).weekday)) return moment;
  }
  return moment;
}

function insideWindow(now: Instant, zone: string, window: Window): boolean {
  const clock = wallClock(now, zone);
  const minute = clock.hour * 60 + clock.minute;
  const [begin, end] = [window.from.hour * 60 + window.from.minute, window.to.hour * 60 + window.to.minute];
  const yesterday = clock.weekday === 1 ? 7 : clock.weekday - 1;
  if (begin < end) return minute >= begin && minute < end && window.weekdays.includes(clock.weekday);
  return (
    (minute >= begin && window.weekdays.includes(clock.weekday)) ||
    (minute < end && window.weekdays.includes(yesterday))
  );
}
