// How fast and how many at once: the sender's own rate, and how many mails one recipient domain gets beside one another.

import { setTimeout as pause } from 'node:timers/promises';

/** Lets callers through one by one, so many a second; null: all at once. */
export function createPace(perSecond: number | null): () => Promise<void> {
  let next = Number.NEGATIVE_INFINITY;
  return async () => {
    if (perSecond === null) return;
    const now = performance.now();
    const turn = Math.max(now, next);
    next = turn + 1_000 / perSecond;
    if (turn > now) await pause(turn - now);
  };
}

/** At most `most` at once for each key; the rest wait in their order. */
export class Lanes {
  readonly #most: number;
  readonly #lanes = new Map<string, { inside: number; readonly waiting: (() => void)[] }>();

  constructor(most: number) {
    this.#most = most;
  }

  async in<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(key) ?? { inside: 0, waiting: [] };
    this.#lanes.set(key, lane);
    if (lane.inside < this.#most) lane.inside += 1;
    else await new Promise<void>((go) => lane.waiting.push(go));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else {
        lane.inside -= 1;
        if (lane.inside === 0) this.#lanes.delete(key);
      }
    }
  }
}
