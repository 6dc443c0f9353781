// `tropa serve` as a command.

import type { Context } from '../context.ts';
import { serve } from '../serve.ts';

export async function serveCommand(
  { config, adapters, json }: Context,
  _args: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  return await serve(config, adapters, { watch: options.watch === true, engine: options.engine !== false, json });
}
