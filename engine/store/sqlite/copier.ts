// The worker thread of one backup: copies a snapshot while everything goes on, and ends.

import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { TropaError } from '../../language/errors.ts';
import { openForReading } from './database.ts';
import { attempt, serve } from './serve.ts';

export type Copier = ReturnType<typeof prepareCopier>;

function prepareCopier(db: Database) {
  return {
    /** A consistent copy in one file, durable, under its name only when it is whole; writes over nothing. */
    copyTo(path: string): void {
      if (existsSync(path)) throw new TropaError('E_BACKUP', `${path} exists already; nothing is written over.`);
      const part = `${path}.part`;
      rmSync(part, { force: true });
      try {
        db.prepare('VACUUM INTO ?').run(part);
        sync(part);
        renameSync(part, path);
        sync(dirname(path));
      } catch (error) {
        rmSync(part, { force: true });
        throw error;
      }
    },
  };
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

serve(({ folder }, { answer }) => {
  const db = openForReading(folder);
  const copier = prepareCopier(db);
  return {
    take(requests) {
      answer(requests.map((request) => attempt(copier, request)));
    },
    close: () => db.close(),
  };
});
