// Long work in slices: whoever decides or renders hundreds in a row lets doors be answered in between.

/** About how long the event loop may be held, in milliseconds. */
const SLICE = 5;

/** Shares the event loop among pieces of long work: one of them has it for a slice, then whoever waits at a door is heard. */
export class Breath {
  #since = performance.now();
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** To be awaited between two pieces of work. Once a slice is over it resolves in its turn; the urgent have the next one. */
  async take(urgent = false): Promise<void> {
    if (performance.now() - this.#since < SLICE) return;
    await new Promise<void>((go) => {
      if (urgent) this.#waiting.unshift(go);
      else this.#waiting.push(go);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#since = performance.now();
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
