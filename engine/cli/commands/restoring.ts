// `tropa restore`: a backup becomes the data folder; nothing is sent until somebody says so.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessageRow, OutboxItem, Person } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { Store } from '../../ports/store.ts';
import type { Context } from '../context.ts';
import { peopleOf } from '../operations/operation.ts';
import { printJson, say } from '../print.ts';

/** The store's file inside the data folder. */
const STORE_FILE = 'tropa.db';

/** Begins an empty data folder from a backup, every journey paused; with `--release` as it was. */
export async function restore(
  { config, adapters, json }: Context,
  [file = '']: readonly string[],
  options: Record<string, unknown>,
): Promise<number> {
  const target = join(config.data, STORE_FILE);
  if ((await stat(file).catch(() => null))?.isFile() !== true)
    throw new TropaError('E_CONFIG', `There is no backup at ${file}.`);
  if (existsSync(target))
    throw new TropaError('E_CONFIG', `${config.data} holds a store already. Restore into an empty folder: --data DIR.`);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  // Renamed when it is whole: an interrupted copy is no store.
  await copyFile(file, `${target}.part`);
  await rename(`${target}.part`, target);
  const store = await adapters.embeddedStore(config.data).catch(async (error: unknown) => {
    await rm(target, { force: true });
    if (error instanceof TropaError) throw error;
    throw new TropaError(
      'E_CONFIG',
      `${file} is no backup of Tropa's: ${error instanceof Error ? error.message : String(error)}.`,
    );
  });
  const held = options.release !== true;
  const paused = held ? await holdEverything(store) : [];
  const unknown = await doubt(store);
  await store.close();
  if (json) printJson({ restored: file, held, paused, unknown });
  else say([held ? heldWords(paused.length) : 'Restored.', ...(unknown === 0 ? [] : [doubtWords(unknown)])].join('\n'));
  return 0;
}

const heldWords = (count: number): string =>
  `Restored. All ${count} journeys are paused: nothing is sent until \`tropa resume JOURNEY\` (with --expire, whoever is overdue leaves).`;
const doubtWords = (count: number): string =>
  `${count} messages were being handed over when the backup was made: nobody knows whether they left. They will be \`unknown\`; \`tropa resolve\` settles them.`;

async function holdEverything(store: Store): Promise<string[]> {
  const running = (await store.workspace()).journeys.filter((journey) => !journey.paused).map((journey) => journey.id);
  for (const id of running) await store.setJourney(id, { paused: true }, Date.now());
  return running;
}

/** Fences what was under way: whoever recovers it then asks a person instead of sending it a second time (I5). */
async function doubt(store: Store): Promise<number> {
  let count = 0;
  for await (const people of peopleOf(store)) {
    const rows = people.flatMap((person) =>
      person.outbox.filter((item) => item.status === 'begun').map((item) => rowOf(person, item)),
    );
    count += rows.length;
    if (rows.length > 0) await store.fence(rows);
  }
  return count;
}

function rowOf(person: Person, item: OutboxItem): MessageRow {
  const { id, enrollment, journey, version, step, visit, channel, template, to, proof, generation } = item;
  const own = { id, enrollment, journey, version, step, visit, channel, template, to, proof, generation };
  return {
    ...own,
    person: person.id,
    category: proof?.scope.split('/')[1] ?? 'marketing',
    holdout: false,
    status: 'sending',
    reason: null,
    at: item.decidedAt,
    times: { sending: item.begunAt ?? item.decidedAt },
    contentHash: null,
    providerId: null,
  };
}
