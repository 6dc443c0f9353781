// How far each zone's clocks stood from UTC, and between which moments: asked of the library once, then kept, because the
// library takes tens of microseconds a question. What a wall clock means is `calendar.ts`'s.

import { Temporal } from 'temporal-polyfill';
import type { Instant, Millis } from './values.ts';

/** From one change of a zone's clocks to the next. */
interface Stretch {
  readonly from: Instant;
  /** The first moment that is no longer in it. */
  readonly to: Instant;
  /** What is added to UTC. */
  readonly offset: Millis;
}

/** Names come from profiles, so what is kept about them has an end. */
const MOST_NAMES = 5_000;
const MOST_STRETCHES = 64;
/** The library would also take a whole ISO date and time for the zone it ends with. */
const A_NAME = /^(?:[A-Za-z][A-Za-z0-9_+\-/]{0,63}|[+-]\d{2}(?::?\d{2})?)$/;
const UTC: Stretch = { from: -Infinity, to: Infinity, offset: 0 };

/** What is known of each name; null of one that is no zone. */
const known = new Map<string, Stretch[] | null>();

/** Whether this is a zone of the IANA database, in any case of letters, or a fixed offset such as `+03:00`. Never throws. */
export function isZone(name: string): boolean {
  return stretchesOf(name) !== null;
}

/** The stretch a moment lies in; of a zone nobody knows, UTC. `ms` is whole and within what the library can count. */
export function stretchAt(ms: Instant, zone: string): Stretch {
  const stretches = stretchesOf(zone);
  if (stretches === null) return UTC;
  for (const stretch of stretches) if (stretch.from <= ms && ms < stretch.to) return stretch;
  const found = ask(ms, zone);
  if (stretches.length >= MOST_STRETCHES) stretches.pop();
  stretches.unshift(found);
  return found;
}

function stretchesOf(zone: string): Stretch[] | null {
  const kept = known.get(zone);
  if (kept !== undefined) return kept;
  const stretches = A_NAME.test(zone) && libraryKnows(zone) ? [] : null;
  if (known.size >= MOST_NAMES) known.clear();
  if (zone.length <= 64) known.set(zone, stretches);
  return stretches;
}

function libraryKnows(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

function ask(ms: Instant, zone: string): Stretch {
  const here = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  // The change before is strictly before; a millisecond later also sees one at this very moment.
  const before = here.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const after = here.getTimeZoneTransition('next');
  return {
    from: before?.epochMilliseconds ?? -Infinity,
    to: after?.epochMilliseconds ?? Infinity,
    offset: here.offsetNanoseconds / 1e6,
  };
}
