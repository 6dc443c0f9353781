// Long work in slices: whoever decides or renders hundreds in a row lets doors be answered in between.

/** About how long the event loop may be held, in milliseconds. */
const SLICE = 5;

/** Counts how long work has gone on since others last had their turn. */
export class Breath {
  #since = performance.now();

  /** To be awaited between two pieces of work: gives the event loop to others once a slice is over. */
  async take(): Promise<void> {
    if (performance.now() - this.#since < SLICE) return;
    await new Promise((done) => setImmediate(done));
    this.#since = performance.now();
  }
}
