// A backup: every document as a line of JSON in one compressed file. It is read while everything goes on, people before
// what they point to, so that whatever a person says was copied is in it; what came later is told again by its source.

import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { mongo } from 'mongoose';
import { TropaError } from '../../language/errors.ts';
import { connect } from './connect.ts';
import { type Collections, collectionsOf, type Documents } from './documents.ts';
import { insertNew, toldAs } from './failures.ts';
import type { Tables } from './tables.ts';

const { EJSON } = mongo.BSON;
const BATCH = 500;
/** The first line, by which such a file is known. */
const HEAD = { tropa: 'backup of a shared store', schema: 1 };

/** In the order in which they are read; who is alive is nobody's to restore. */
const NAMES = [
  'meta',
  'workspace',
  'templates',
  'versions',
  'people',
  'identities',
  'aliases',
  'events',
  'messages',
  'journal',
  'mails',
  'refused',
  'suppressions',
  'erased',
  'tallies',
  'horizons',
  'slices',
] as const satisfies readonly (keyof Documents)[];

/** Writes everything to `path`, under its name only when it is whole; writes over nothing. Throws E_BACKUP. */
export async function backup(tables: Tables, path: string): Promise<void> {
  if (existsSync(path)) throw new TropaError('E_BACKUP', `${path} exists already; nothing is written over.`);
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(linesOf(tables)), createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw toldAs(error);
  }
}

async function* linesOf(tables: Tables): AsyncGenerator<string> {
  yield `${JSON.stringify(HEAD)}\n`;
  for (const name of NAMES) {
    const collection = tables[name] as unknown as mongo.Collection<mongo.Document>;
    for await (const doc of collection.find({}).batchSize(BATCH)) yield `${name}\t${EJSON.stringify(doc)}\n`;
  }
}

/** Fills the empty database of `url` from such a file. Throws E_BACKUP where it is none, or where something is there already. */
export async function restoreInto(url: string, path: string): Promise<void> {
  const connection = await connect(url);
  try {
    const { all, makeIndexes } = collectionsOf(connection);
    await fill(all, path);
    await makeIndexes();
  } catch (error) {
    if ((error as { code?: string }).code === 'Z_DATA_ERROR') throw noBackup(path);
    throw toldAs(error);
  } finally {
    await connection.close();
  }
}

async function fill(tables: Collections, path: string): Promise<void> {
  if ((await tables.people.findOne({})) !== null)
    throw new TropaError('E_BACKUP', 'This database holds people already. Restore into an empty one.');
  const lines = createInterface({
    input: createReadStream(path).pipe(createGunzip()),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let isFirst = true;
  let [name, batch]: [string, mongo.Document[]] = ['', []];
  const write = async (): Promise<void> => {
    if (batch.length === 0) return;
    await insertNew(tables[name as keyof Documents] as never, batch as never);
    batch = [];
  };
  for await (const line of lines) {
    if (isFirst) refuseOther(line, path);
    else {
      const tab = line.indexOf('\t');
      if (line.slice(0, tab) !== name || batch.length >= BATCH) await write();
      name = line.slice(0, tab);
      batch.push(EJSON.parse(line.slice(tab + 1), { relaxed: true }) as mongo.Document);
    }
    isFirst = false;
  }
  await write();
}

function refuseOther(line: string, path: string): void {
  try {
    if ((JSON.parse(line) as typeof HEAD).tropa === HEAD.tropa) return;
  } catch {
    // Told below.
  }
  throw noBackup(path);
}

const noBackup = (path: string): TropaError =>
  new TropaError(
    'E_BACKUP',
    `${path} is no backup of a shared store: \`tropa backup\` makes one where MONGODB_URL is set.`,
  );
