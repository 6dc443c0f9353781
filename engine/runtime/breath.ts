// Long work in slices: whoever decides or renders hundreds in a row lets doors be answered in between, and stands back
// while many wait there: what is acknowledged is decided a moment later anyway.

import type { Millis } from '../language/values.ts';

/** About how long the event loop may be held. */
const SLICE: Millis = 4;
/** So many at the door at once are a crowd. */
const CROWD = 16;
/** While there is a crowd, so long passes between two slices of what is not urgent: a sixth of the time is theirs. */
const APART: Millis = 20;

/** Shares the event loop among pieces of long work: one of them has it for a slice, then whoever waits at a door is heard. */
export class Breath {
  readonly #tick: () => Millis;
  #since: Millis;
  readonly #waiting: { readonly go: () => void; readonly urgent: boolean }[] = [];
  #scheduled = false;
  #atTheDoor = 0;

  constructor(tick: () => Millis = () => performance.now()) {
    this.#tick = tick;
    this.#since = tick();
  }

  /** Somebody waits at the door until `work` is done. */
  async atTheDoor<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#atTheDoor += 1;
    try {
      return await work();
    } finally {
      this.#atTheDoor -= 1;
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

  #grant(): void {
    const now = this.#tick();
    const early = this.#since + SLICE + APART - now;
    if (this.#atTheDoor >= CROWD && early > 0 && this.#waiting[0]?.urgent === false) {
      setTimeout(() => this.#grant(), Math.min(early, SLICE));
      return;
    }
    this.#scheduled = false;
    this.#since = now;
    this.#waiting.shift()?.go();
    if (this.#waiting.length > 0) this.#schedule();
  }
}
