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

/** Operations that decide for people themselves before they answer: on a shared store their process is one of its workers. */
const DECIDING: ReadonlySet<string> = new Set(['release', 'resume', 'drain']);

/** Several questions one after the other. */
export interface Line {
  /** The answer of an operation, wherever it is carried out. */
  ask(operation: string, args: JsonObject): Promise<Json>;
  /** Whether no engine was running, so that the folder is open here. */
  alone(): boolean;
  close(): Promise<void>;
}

/** A line that opens the folder itself where no engine runs, and holds it until it is closed. */
export function openLine(config: Config, adapters: Adapters): Line {
  let house: House | null = null;
  async function furnished(operation: string, args: JsonObject): Promise<Json> {
    const until = performance.now() + PATIENCE;
    while (house === null) {
      const running = await askSocket(config.data, operation, args);
      if (running !== null) return running.answer;
      house = await openUnlessLocked(config, adapters, performance.now() < until, DECIDING.has(operation));
      await house?.engine.refresh();
    }
    return await operationOf(operation)(house, args);
  }
  return {
    ask: furnished,
    alone: () => house !== null,
    close: async () => await house?.close(),
  };
}

/** The answer of one operation. */
export async function ask(config: Config, adapters: Adapters, operation: string, args: JsonObject): Promise<Json> {
  const line = openLine(config, adapters);
  try {
    return await line.ask(operation, args);
  } finally {
    await line.close();
  }
}

/** Null when it is locked and may be tried again: a server that is starting will soon answer on its socket. */
async function openUnlessLocked(
  config: Config,
  adapters: Adapters,
  again: boolean,
  engine: boolean,
): Promise<House | null> {
  try {
    return await openHouse(config, adapters, { engine });
  } catch (error) {
    if (!again || !(error instanceof TropaError) || error.code !== 'E_STORE_LOCKED') throw error;
    await pause(100);
    return null;
  }
}
