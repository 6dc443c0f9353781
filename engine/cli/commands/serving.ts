// `tropa serve` and `tropa worker` as commands.

import { TropaError } from '../../language/errors.ts';
import type { Context } from '../context.ts';
import { serve } from '../serve.ts';

export async function serveCommand(
  { config, adapters, json }: Context,
  _args: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const engine = options.engine !== false;
  return await serve(config, adapters, { watch: options.watch === true, engine, doors: true, json });
}

/** Decides and sends beside others; takes nothing in. Throws E_CONFIG where there is no store to share. */
export async function workerCommand({ config, adapters, json }: Context): Promise<number> {
  if (config.mongodbUrl === null)
    throw new TropaError(
      'E_CONFIG',
      'A worker shares its store with others: set MONGODB_URL. On a data folder `tropa serve` does the work itself.',
    );
  return await serve(config, adapters, { watch: false, engine: true, doors: false, json });
}
