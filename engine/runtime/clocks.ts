// Clocks: the system's, and one that stands still until it is moved.

import type { Instant } from '../language/values.ts';
import type { Clock, MovableClock } from '../ports/clock.ts';

/** Timers of Node are at most 2^31 - 1 ms long. */
const LONGEST = 2_000_000_000;

/** The machine's own clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (until, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve();
        const done = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(LONGEST, Math.max(0, until - Date.now())));
        signal?.addEventListener('abort', done, { once: true });
      }),
  };
}

/** A clock that stands at `start` until it is set; sleepers wake when their moment is reached. */
export function createVirtualClock(start: Instant): MovableClock & { set(to: Instant): void } {
  let now = start;
  let ticks = 0;
  const sleepers = new Set<{ until: Instant; wake: () => void }>();
  return {
    now: () => now,
    monotonic: () => ticks,
    set(to) {
      ticks += Math.max(0, to - now);
      now = to;
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake();
    },
    sleep: (until, signal) =>
      new Promise((resolve) => {
        if (until <= now || signal?.aborted === true) return resolve();
        const sleeper = {
          until,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
      }),
  };
}
