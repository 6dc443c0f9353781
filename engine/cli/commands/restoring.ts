// `tropa restore`: a backup becomes the data folder; nothing is sent until `tropa restore --release` says so.

import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import type { MessageRow, OutboxItem, Person } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { Store } from '../../ports/store.ts';
import { writeHeld } from '../../runtime/held.ts';
import type { Adapters } from '../adapters.ts';
import type { Context } from '../context.ts';
import { createLogger } from '../logger.ts';
import { peopleOf } from '../operations/operation.ts';
import { printJson, say } from '../print.ts';
import { storedClock } from '../under-test.ts';
import { asking, type Command, one } from './asking.ts';

/** The store's file inside the data folder. */
const STORE_FILE = 'tropa.db';

/** With a file: begins an empty data folder from it, sending held unless `--release`. Without: lets sending go on. */
export const restore: Command = async (context, args, options) => {
  if (args.length === 0) return await release(context, args, options);
  if (options.expire === true)
    throw new TropaError(
      'E_BAD_REQUEST',
      'Restore first, then run `tropa restore --release --expire` on the restored folder.',
    );
  return await begin(context, args[0] ?? '', options.release !== true);
};

const letGo = asking(
  'release',
  (_args, options) => ({ expire: options.expire === true }),
  one(
    ({ expired }) =>
      `Sending goes on.${expired === 0 ? '' : ` Of ${String(expired)} people what was due before the restore is dropped.`}`,
  ),
);

const release: Command = async (context, args, options) => {
  if (options.release !== true)
    throw new TropaError('E_BAD_REQUEST', 'Name the backup to begin from; or let held sending go on with --release.');
  return await letGo(context, args, options);
};

async function begin({ config, adapters, json }: Context, file: string, held: boolean): Promise<number> {
  if ((await stat(file).catch(() => null))?.isFile() !== true)
    throw new TropaError('E_CONFIG', `There is no backup at ${file}.`);
  const store =
    config.mongodbUrl === null ? await intoFolder(config, adapters, file) : await intoShared(config, adapters, file);
  const since = config.testClock ? (await storedClock(store)).now() : Date.now();
  if (held) await writeHeld(store, { since });
  const unknown = await doubt(store);
  await store.close();
  if (json) printJson({ restored: file, held, unknown });
  else say([held ? HELD_WORDS : 'Restored.', ...(unknown === 0 ? [] : [doubtWords(unknown)])].join('\n'));
  return 0;
}

async function intoFolder(config: Config, adapters: Adapters, file: string): Promise<Store> {
  const target = join(config.data, STORE_FILE);
  if (existsSync(target))
    throw new TropaError('E_CONFIG', `${config.data} holds a store already. Restore into an empty folder: --data DIR.`);
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  // Renamed when it is whole: an interrupted copy is no store.
  await copyFile(file, `${target}.part`);
  await rename(`${target}.part`, target);
  return await adapters.embeddedStore(config.data).catch(async (error: unknown) => {
    for (const rest of ['', '-wal', '-shm']) await rm(`${target}${rest}`, { force: true });
    if (error instanceof TropaError) throw error;
    throw new TropaError(
      'E_CONFIG',
      `${file} is no backup of Tropa's: ${error instanceof Error ? error.message : String(error)}.`,
    );
  });
}

async function intoShared({ mongodbUrl, logLevel }: Config, adapters: Adapters, file: string): Promise<Store> {
  const url = mongodbUrl ?? '';
  await adapters.restoreShared(url, file);
  const { store } = await adapters.sharedStore(url, { engine: false, logger: createLogger(logLevel) });
  return store;
}

const HELD_WORDS =
  'Restored. Sending is held: events still count, and nothing leaves until `tropa restore --release` (with --expire, what was due before now is dropped).';
const doubtWords = (count: number): string =>
  `${count} messages were being handed over when the backup was made: nobody knows whether they left. They will be \`unknown\`; \`tropa resolve\` settles them.`;

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
