// Ends work of this thread that takes too long, in the middle of whatever it does.

import type { Context } from 'node:vm';
import { createContext, Script } from 'node:vm';

let work: () => void = () => undefined;
let room: Context | undefined;
const script = new Script('run()');

/**
 * Does something synchronous, or throws after `ms`. Not even a single call into the engine's own code (a string of
 * 2^40 characters, a search that backtracks) escapes it; what was being done is left undone. Costs about 60 µs.
 */
export function withinBudget<T>(ms: number, something: () => T): T {
  room ??= createContext({ run: () => work() });
  let result: { value: T } | undefined;
  work = () => {
    result = { value: something() };
  };
  try {
    script.runInContext(room, { timeout: ms });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`template render limit exceeded: ${ms} ms`);
  } finally {
    work = () => undefined;
  }
  if (result === undefined) throw new Error('nothing was done');
  return result.value;
}
