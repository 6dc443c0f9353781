// The sender's own speed limit: `rate: 50/s`. Each request takes the next free place; the wait is in real time, which is
// what push services count in.

import { setTimeout as pause } from 'node:timers/promises';
import type { JsonObject, Millis } from '../../engine/ports/channel.ts';

export interface Pace {
  /** Resolves with 0 when it is one's turn; with the wait, taking no place, where that is too long to stand in line for. */
  turn(): Promise<Millis>;
}

const UNITS: Readonly<Record<string, Millis>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer than this nobody stands in line: the message goes back to the outbox. */
const PATIENCE: Millis = 5_000;

/** The pace of a sender's `rate`; without one everything may go at once. */
export function paceOf({ rate }: JsonObject): Pace {
  const told = /^(\d+)\/([smhd])$/.exec(typeof rate === 'string' ? rate : '');
  const count = Number(told?.[1] ?? 0);
  if (count === 0) return { turn: () => Promise.resolve(0) };
  const every = (UNITS[told?.[2] ?? 's'] ?? 1_000) / count;
  let next = 0;
  return {
    turn: async () => {
      const now = performance.now();
      const wait = Math.max(0, next - now);
      if (wait > PATIENCE) return Math.ceil(wait);
      next = Math.max(now, next) + every;
      if (wait > 0) await pause(wait);
      return 0;
    },
  };
}
