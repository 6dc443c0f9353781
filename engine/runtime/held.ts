// That sending is held, and since when: a small fact of the store, so that it outlives whoever restored it.

import type { Instant } from '../language/values.ts';
import type { Store } from '../ports/store.ts';

/** Empty: nothing is held. */
const HELD = 'held';

export interface Held {
  readonly since: Instant;
  /** Let go of, and not yet everybody was told. */
  readonly released?: true;
}

/** What stands in the store, or null. */
export async function readHeld(store: Store): Promise<Held | null> {
  const text = (await store.meta(HELD)) ?? '';
  return text === '' ? null : (JSON.parse(text) as Held);
}

export async function writeHeld(store: Store, held: Held | null): Promise<void> {
  await store.setMeta(HELD, held === null ? '' : JSON.stringify(held));
}

/** Since when sending is held here, or null. */
export async function heldSince(store: Store): Promise<Instant | null> {
  const held = await readHeld(store);
  return held === null || held.released === true ? null : held.since;
}
