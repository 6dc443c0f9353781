// `tropa move`: a data folder becomes a shared store, with everything in it; nothing is sent meanwhile, because nobody runs.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, say } from '../print.ts';

/** Moves, and recounts everything on the other side. Throws E_CONFIG, E_MOVE, and what either store is refused for. */
export async function move({ config, adapters, json }: Context): Promise<number> {
  const { mongodbUrl: url, data: folder } = config;
  if (url === null)
    throw new TropaError('E_CONFIG', 'Set MONGODB_URL to the database to move into: mongodb://host:27017/tropa.');
  let told = 0;
  const { moved, aside } = await adapters.moveFolder({
    folder,
    url,
    secret: (own) => sameSecret(config, own),
    progress: (table, done, of) => {
      const now = performance.now();
      if (done < of && now - told < 1_000) return;
      told = now;
      console.error(`${table}: ${done} of ${of}`);
    },
  });
  const audit = (await ask(config, adapters, 'audit', {})) as JsonObject;
  if (json) printJson({ moved: { ...moved }, aside, audit });
  else
    say(
      [
        `Moved ${moved.people} people, ${moved.events} events, ${moved.messages} messages, and recounted them.`,
        `The folder's file is put aside as ${aside}; keep it until you are sure.`,
        'Start with MONGODB_URL and the same TROPA_SECRET: `tropa serve`, and as many `tropa worker` as you like.',
      ].join('\n'),
    );
  return 0;
}

/** Links in messages that were sent are signed with the folder's secret: they lead somewhere only under the same. */
async function sameSecret({ data, secret }: Config, own: string | null): Promise<void> {
  if (own === null && secret !== null) return;
  if (own !== null && own === secret) return;
  if (own === null)
    throw new TropaError(
      'E_CONFIG',
      'Set TROPA_SECRET to the one this folder was used with: links in sent messages need it.',
    );
  const file = join(data, 'secret');
  await writeFile(file, `${own}\n`, { mode: 0o600 });
  throw new TropaError(
    'E_CONFIG',
    `Links in sent messages are signed with this folder's own secret, which now stands in ${file}: set TROPA_SECRET to it, for every process, and move again.`,
  );
}
