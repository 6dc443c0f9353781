// What befalls the server of a soak that is not let live: SIGKILL at any moment, rubbish behind its log, and a clock that
// runs by strides and jumps back an hour or ahead a year.

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tropa } from '../../engine/testing/server.ts';

const HOUR = 3_600_000;

/** Moves the clock on, a minute at each stride: what is due happens then. A server that is dead is left alone. */
export async function keepTime(tropa: Tropa, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await tropa.advance('1m').catch(() => undefined);
    await pause(150);
  }
}

/** Kills and starts again until told to stop; answers how often. The server runs when this ends. */
export async function killAgain(tropa: Tropa, lives: number, over: AbortSignal): Promise<number> {
  let kills = 0;
  while (!over.aborted) {
    // Never at the same moment of what it does, and the same moments in every run.
    await pause(lives * (0.3 + ((kills * 73) % 100) / 100), undefined, { signal: over }).catch(() => undefined);
    await tropa.signal('SIGKILL');
    kills += 1;
    if (kills % 3 === 0) await appendFile(join(tropa.data, 'tropa.db-wal'), Buffer.alloc(5_000, kills % 251));
    await tropa.start();
    await jump(tropa, kills);
  }
  return kills;
}

/** Every second life begins an hour before the last one ended, some a year later, and the next one where they were. */
async function jump(tropa: Tropa, kills: number): Promise<void> {
  const now = Date.now();
  const to = kills % 8 === 5 ? now + 365 * 24 * HOUR : kills % 2 === 0 ? now - HOUR : now;
  await tropa.set(to).catch(() => undefined);
}
