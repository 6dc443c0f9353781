// A breaker: after a few failures in a row a sender is left alone for a while, then tried by one message, and opened to
// all when that one passes. An hour of a provider's absence costs a handful of tries.

import type { Instant, Millis } from '../../language/values.ts';

const MOST_FAILURES = 5;
const FIRST_PAUSE: Millis = 30_000;
const LONGEST_PAUSE: Millis = 600_000;

export class Breaker {
  #failures = 0;
  #pause = FIRST_PAUSE;
  #until: Instant | null = null;
  #probing = false;

  /** Until when nothing is to be tried, or null. */
  openUntil(now: Instant): Instant | null {
    return this.#until !== null && this.#until > now ? this.#until : null;
  }

  /** Whether a message may be tried now: after a pause, one alone, until its outcome is known. */
  admits(now: Instant): boolean {
    if (this.#until === null) return true;
    if (this.#until > now || this.#probing) return false;
    this.#probing = true;
    return true;
  }

  /** The sender took a message, or refused it for what it is. True when that ended an absence. */
  passed(): boolean {
    const was = this.#until !== null;
    this.#failures = 0;
    this.#pause = FIRST_PAUSE;
    this.#until = null;
    this.#probing = false;
    return was;
  }

  /** The sender as a whole could not take anything. True when that began an absence. */
  failed(now: Instant): boolean {
    this.#failures += 1;
    const probed = this.#probing;
    this.#probing = false;
    if (!probed && (this.#failures < MOST_FAILURES || this.#until !== null)) return false;
    if (probed) this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
    this.#until = now + this.#pause;
    return !probed;
  }
}
