// Asks the engine that runs on the data folder; with none, opens it for a moment.

import type { Config } from '../config.ts';
import type { Json, JsonObject } from '../language/values.ts';
import type { Adapters } from './adapters.ts';
import { openHouse } from './house.ts';
import { OPERATIONS } from './operations/all.ts';
import { askSocket } from './socket.ts';

/** The answer of an operation, wherever it is carried out. */
export async function ask(config: Config, adapters: Adapters, operation: string, args: JsonObject): Promise<Json> {
  const running = await askSocket(config.data, operation, args);
  if (running !== null) return running.answer;
  const house = await openHouse(config, adapters, config.publicUrl ?? `http://127.0.0.1:${config.port}`);
  try {
    await house.engine.refresh();
    return (await OPERATIONS[operation]?.(house, args)) ?? null;
  } finally {
    await house.close();
  }
}
