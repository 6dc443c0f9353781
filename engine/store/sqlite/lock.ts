// One engine a folder: an exclusive transaction on `lock.db`, which the kernel ends with the process, however it dies.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { TropaError } from '../../language/errors.ts';

/** Long enough for two that come at the same instant to step aside for each other; the later still loses. */
const STEP_ASIDE_MS = 300;

/** Holds the folder until the answer is called. Refuses with `E_STORE_LOCKED` while another engine holds it. */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const lock = new SQLite(join(folder, 'lock.db'), { timeout: STEP_ASIDE_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof SQLite.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
    throw new TropaError(
      'E_STORE_LOCKED',
      `another engine is using ${folder}. Stop it, or start this one with another folder (--data DIR).`,
    );
  }
  return () => lock.close();
}
