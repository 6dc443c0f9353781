// Moving time: through every moment at which something is due, so that what happens does not depend on the stride.

import type { Instant } from '../language/values.ts';
import type { MovableClock } from '../ports/clock.ts';
import type { Engine } from './engine.ts';

/** Lets everything happen that is due until `to`, each thing at its own time, and leaves the clock there. */
export async function advance(engine: Engine, clock: MovableClock, to: Instant): Promise<void> {
  await engine.drain();
  for (;;) {
    const next = await engine.store.nextWake();
    if (next === null || next > to || next <= clock.now()) break;
    await clock.set(next);
    await engine.drain();
  }
  if (clock.now() >= to) return;
  await clock.set(to);
  await engine.drain();
}
