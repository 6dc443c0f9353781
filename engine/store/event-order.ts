// The order in which a person's events are applied, the same in every store.

import type { Instant, Millis } from '../language/values.ts';

/** How far ahead of its arrival an event may claim to have happened: one device clock set to 2099 freezes nothing. */
const CLOCK_GRACE: Millis = 5 * 60_000;

/** When an event counts as having happened. */
export function effectiveAt(event: { readonly at: Instant; readonly received: Instant }): Instant {
  return Math.min(event.at, event.received + CLOCK_GRACE);
}

/** (effective time, id), for sorting. */
export function byEffect(
  a: { readonly id: string; readonly at: Instant; readonly received: Instant },
  b: { readonly id: string; readonly at: Instant; readonly received: Instant },
): number {
  return effectiveAt(a) - effectiveAt(b) || compareIds(a.id, b.id);
}

/** By code unit, as databases compare ASCII ids. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
