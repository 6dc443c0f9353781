// Opening the database file as this store needs it: durable at every commit, erasing what it deletes.

import { join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { migrate } from './migrate.ts';

const BUSY_MS = 10_000;
/** Above this the log is folded back even while busy; below it, when idle. 64 MB in pages of 4 KB. */
const CHECKPOINT_PAGES = 16_384;

export interface DatabaseSettings {
  readonly folder: string;
  /** Upper bound of the database in bytes; none by default. A full one answers like a full disk. */
  readonly maxBytes?: number | undefined;
}

export const databaseFile = (folder: string): string => join(folder, 'tropa.db');

/** The one connection that writes. `auto_vacuum` has to be chosen before the first page exists. */
export function openForWriting({ folder, maxBytes }: DatabaseSettings): Database {
  const db = new SQLite(databaseFile(folder), { timeout: BUSY_MS });
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('secure_delete = ON');
  // Ids are hashes: rows go everywhere in the indexes, and the default of 2 MB would fetch most pages anew each time.
  db.pragma('cache_size = -16384');
  // A log that a long snapshot (a backup's) let grow is cut again once it is folded back.
  db.pragma('journal_size_limit = 134217728');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  migrate(db);
  if (maxBytes !== undefined) {
    const page = db.pragma('page_size', { simple: true }) as number;
    db.pragma(`max_page_count = ${Math.ceil(maxBytes / page)}`);
  }
  return db;
}

/** A connection for reports; it sees every commit that was acknowledged before it asks. */
export function openForReading(folder: string): Database {
  return new SQLite(databaseFile(folder), { readonly: true, timeout: BUSY_MS });
}

/** Work for quiet moments: folds the log back and gives freed pages to the disk. */
export function tidy(db: Database): void {
  db.pragma('incremental_vacuum(256)');
  db.pragma('wal_checkpoint(PASSIVE)');
}
