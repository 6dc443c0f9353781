// Who tells the time. The engine asks nobody else.

import type { Instant, Millis } from '../language/values.ts';

export interface Clock {
  /** The engine's time; with a store clock, the store's. */
  now(): Instant;
  /** A counter that only rises, in milliseconds, unrelated to the wall: for leases and timeouts. */
  monotonic(): Millis;
  /** Resolves when `until` is reached on this clock, or `signal` aborts. A moved clock wakes its sleepers. */
  sleep(until: Instant, signal?: AbortSignal): Promise<void>;
}

/** A clock that stands still until it is moved: the laboratory's, and a test process's. */
export interface MovableClock extends Clock {
  /** Sets it; earlier than now is a clock jumping back, which tests cause on purpose. */
  set(to: Instant): void | Promise<void>;
}
