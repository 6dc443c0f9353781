// `tropa restore`: a backup becomes the data folder; nothing is sent until somebody says so.

import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TropaError } from '../../language/errors.ts';
import type { Context } from '../context.ts';

/** The store's file inside the data folder. */
const STORE_FILE = 'tropa.db';

export async function restore(
  { config, adapters, json }: Context,
  [file = '']: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const target = join(config.data, STORE_FILE);
  if ((await stat(file).catch(() => null))?.isFile() !== true)
    throw new TropaError('E_CONFIG', `There is no backup at ${file}.`);
  if ((await stat(target).catch(() => null)) !== null)
    throw new TropaError('E_CONFIG', `${config.data} holds a store already. Restore into an empty folder: --data DIR.`);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  await copyFile(file, target);
  const store = await adapters.embeddedStore(config.data);
  try {
    const { journeys } = await store.workspace();
    const held = options.release !== true;
    if (held) for (const journey of journeys) await store.setJourney(journey.id, { paused: true }, Date.now());
    const words = held
      ? `Restored. All ${journeys.length} journeys are paused: nothing is sent until \`tropa resume JOURNEY\` (with --expire to drop what is overdue).`
      : 'Restored.';
    console.log(json ? JSON.stringify({ restored: file, held }) : words);
  } finally {
    await store.close();
  }
  return 0;
}
