// Asks the engine that runs on the data folder; with none, opens the folder for a moment and does it here.

import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { TropaError } from '../language/errors.ts';
import type { Json, JsonObject } from '../language/values.ts';
import type { Adapters } from './adapters.ts';
import type { House } from './house.ts';
import { openHouse } from './house.ts';
import { operationOf } from './operations/all.ts';
import { askSocket } from './socket.ts';

/** Real milliseconds for which a folder may be locked by a server that does not answer yet, or by another command. */
const PATIENCE = 5_000;

/** The answer of an operation, wherever it is carried out. */
export async function ask(config: Config, adapters: Adapters, operation: string, args: JsonObject): Promise<Json> {
  const until = performance.now() + PATIENCE;
  for (;;) {
    const running = await askSocket(config.data, operation, args);
    if (running !== null) return running.answer;
    const house = await openUnlessLocked(config, adapters, performance.now() < until);
    if (house === null) continue;
    try {
      await house.engine.refresh();
      return await operationOf(operation)(house, args);
    } finally {
      await house.close();
    }
  }
}

/** Null when it is locked and may be tried again: a server that is starting will soon answer on its socket. */
async function openUnlessLocked(config: Config, adapters: Adapters, again: boolean): Promise<House | null> {
  try {
    return await openHouse(config, adapters);
  } catch (error) {
    if (!again || !(error instanceof TropaError) || error.code !== 'E_STORE_LOCKED') throw error;
    await pause(100);
    return null;
  }
}
