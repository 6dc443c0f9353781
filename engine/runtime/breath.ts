// Long work in slices: whoever decides or renders hundreds in a row lets doors be answered in between, and stands back
// while many wait there: what is acknowledged is decided a moment later anyway.

import type { Millis } from '../language/values.ts';

/** About how long the event loop may be held. */
const SLICE: Millis = 4;
/** So many at the door at once are a crowd. */
const CROWD = 16;
/** Whoever was seen in a crowd a moment ago is still thought to be in it: many are answered at once, and come again. */
const LINGERS: Millis = 20;
/** A crowd that comes together is let in first, as far as it is a burst … */
const BURST: Millis = 10_000;
/** … meanwhile so long passes between two slices of what is not urgent, */
const APART: Millis = 100;
/** and then so long: whoever comes for hours holds up nobody's messages, a fifth of the time is theirs. */
const APART_IN_A_FLOOD: Millis = 16;
/** After so long without a crowd the next one is a new burst. */
const PASSED: Millis = 1_000;

/** Shares the event loop among pieces of long work: one of them has it for a slice, then whoever waits at a door is heard. */
export class Breath {
  readonly #tick: () => Millis;
  #since: Millis;
  readonly #waiting: { readonly go: () => void; readonly urgent: boolean }[] = [];
  #scheduled = false;
  #atTheDoor = 0;
  /** When the crowd began, and when one was last seen. */
  #crowd: { readonly since: Millis; readonly seen: Millis } | null = null;

  constructor(tick: () => Millis = () => performance.now()) {
    this.#tick = tick;
    this.#since = tick();
  }

  /** So many wait at the door until `work` is done. */
  async atTheDoor<Result>(work: () => Promise<Result>, count = 1): Promise<Result> {
    this.#atTheDoor += count;
    if (this.#atTheDoor >= CROWD) this.#see(this.#tick());
    try {
      return await work();
    } finally {
      this.#atTheDoor -= count;
    }
  }

  /** To be awaited between two pieces of work. Once a slice is over it resolves in its turn; the urgent have the next one. */
  async take(urgent = false): Promise<void> {
    if (this.#tick() - this.#since < SLICE) return;
    await new Promise<void>((go) => {
      if (urgent) this.#waiting.unshift({ go, urgent });
      else this.#waiting.push({ go, urgent });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#grant());
  }

  #see(now: Millis): void {
    const before = this.#crowd;
    this.#crowd = { since: before !== null && now - before.seen < PASSED ? before.since : now, seen: now };
  }

  /** How long after the last slice the next one may begin. */
  #apart(now: Millis): Millis {
    if (this.#atTheDoor >= CROWD) this.#see(now);
    if (this.#crowd === null || now - this.#crowd.seen > LINGERS) return 0;
    return now - this.#crowd.since < BURST ? APART : APART_IN_A_FLOOD;
  }

  #grant(): void {
    const now = this.#tick();
    const apart = this.#waiting[0]?.urgent === true ? 0 : this.#apart(now);
    const early = this.#since + SLICE + apart - now;
    if (apart > 0 && early > 0) {
      setTimeout(() => this.#grant(), Math.min(early, SLICE));
      return;
    }
    this.#scheduled = false;
    this.#since = now;
    this.#waiting.shift()?.go();
    if (this.#waiting.length > 0) this.#schedule();
  }
}
