// `tropa serve` as a command.

import { serve } from '../serve.ts';
import type { Context } from '../program.ts';

export async function serveCommand({ config, adapters }: Context, _args: readonly string[], options: Record<string, unknown>): Promise<number> {
  return await serve(config, adapters, { watch: options.watch === true, engine: options.engine !== false });
}
