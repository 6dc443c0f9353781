// Clocks: the system's, and one that stands still until it is moved.

import type { Instant, Millis } from '../language/values.ts';
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

/** How often a store's clock is asked for, in milliseconds. */
const ASK_EVERY = 60_000;

export interface StoreClock extends Clock {
  /** By how much this machine's clock is behind the store's (ahead: below zero), in milliseconds, as last seen. */
  offset(): Millis;
  close(): void;
}

/**
 * The clock of a store that several processes share: this machine's, moved by what it is off. `ask` tells the store's
 * time; half of what the answer took is taken for its way back. Answers once it was heard the first time.
 */
export async function createStoreClock(ask: () => Promise<Instant>): Promise<StoreClock> {
  const machine = systemClock();
  let offset = 0;
  async function look(): Promise<void> {
    const began = performance.now();
    const theirs = await ask();
    offset = Math.round(theirs + (performance.now() - began) / 2 - Date.now());
  }
  await look();
  // A store that does not answer has not changed its clock: the last offset stands.
  const timer = setInterval(() => void look().catch(() => undefined), ASK_EVERY).unref();
  return {
    now: () => machine.now() + offset,
    monotonic: () => machine.monotonic(),
    sleep: (until, signal) => machine.sleep(until - offset, signal),
    offset: () => offset,
    close: () => clearInterval(timer),
  };
}
