// A pump: begins pieces of work one after another, the urgent first, never more than so many at once, and lets the event
// loop go round in between. A provider that hangs fills its own pump and nobody else's.

import type { Breath } from './breath.ts';

/** Hand-overs of one channel under way at once: more than any provider's connections, less than a burst's. */
export const MOST_UNDERWAY = 300;

export class Pump<Item> {
  readonly #breath: Breath;
  /** Never rejects. */
  readonly #run: (item: Item) => Promise<void>;
  readonly #urgent: Item[] = [];
  readonly #others: Item[] = [];
  readonly #underway = new Set<Promise<void>>();
  #pumping: Promise<void> | null = null;

  constructor(breath: Breath, run: (item: Item) => Promise<void>) {
    this.#breath = breath;
    this.#run = run;
  }

  add(item: Item, urgent: boolean): void {
    (urgent ? this.#urgent : this.#others).push(item);
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null;
    });
  }

  /** Whether more than so many wait for their turn. */
  get isCrowded(): boolean {
    return this.#urgent.length + this.#others.length > MOST_UNDERWAY;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async idle(): Promise<void> {
    while (this.#pumping !== null || this.#underway.size > 0) await Promise.all([this.#pumping, ...this.#underway]);
  }

  async #pump(): Promise<void> {
    // What is added in this very turn of the loop may still be more urgent.
    await Promise.resolve();
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      const work: Promise<void> = this.#run(item).finally(() => this.#underway.delete(work));
      this.#underway.add(work);
      while (this.#underway.size >= MOST_UNDERWAY) await Promise.race(this.#underway);
      await this.#breath.take(this.#urgent.length > 0);
    }
  }

  #next(): Item | undefined {
    return this.#urgent.shift() ?? this.#others.shift();
  }
}
