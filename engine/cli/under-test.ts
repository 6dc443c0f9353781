// What only processes under test have: a clock that is moved, and places at which they die.

import type { MovableClock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { createVirtualClock } from '../runtime/clocks.ts';
import type { Failpoint } from '../runtime/failpoints.ts';

/** Under which the store keeps the clock of a test. */
const CLOCK = 'test_clock';

/** A clock that stands still in the store until it is set, and so survives kills. It begins at the machine's time. */
export async function storedClock(store: Store): Promise<MovableClock> {
  const kept = await store.meta(CLOCK);
  const clock = createVirtualClock(kept === null ? Date.now() : Number(kept));
  return {
    now: () => clock.now(),
    // Leases are told by the machine's counter, however the wall clock jumps.
    monotonic: () => performance.now(),
    sleep: (until, signal) => clock.sleep(until, signal),
    async set(to) {
      await store.setMeta(CLOCK, String(to));
      clock.set(to);
    },
  };
}

/** `name` or `name=word`: kills the process where that place is reached (with that word at hand). */
export function failpointOf(text: string | undefined): Failpoint | undefined {
  if (text === undefined || text === '') return undefined;
  const [place, word] = text.split('=');
  return (name, about) => {
    if (name === place && (word === undefined || about.includes(word))) process.kill(process.pid, 'SIGKILL');
  };
}
