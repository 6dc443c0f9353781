// What the driver's errors mean to the rest of the engine.

import SQLite from 'better-sqlite3';
import { unavailable } from './wire.ts';

/** Full, read-only, failing or busy: the store cannot take more at present. */
const PASSING = ['FULL', 'IOERR', 'READONLY', 'BUSY', 'CANTOPEN', 'NOMEM', 'PROTOCOL', 'LOCKED'];

/** `SQLITE_FULL` and its like become `E_UNAVAILABLE`; everything else stays what it is. */
export function understood(error: unknown): unknown {
  if (!(error instanceof SQLite.SqliteError)) return error;
  const passing = PASSING.some((name) => error.code.startsWith(`SQLITE_${name}`));
  return passing ? unavailable(`the store cannot take writes: ${error.message} (${error.code}).`) : error;
}
