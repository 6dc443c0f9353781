// What the driver's errors mean to the rest of the engine, and how errors travel between threads.

import SQLite from 'better-sqlite3';
import { TropaError } from '../../language/errors.ts';

/** The store cannot take more at present: full, read-only, failing or busy. The caller may come again. */
const PASSING = ['FULL', 'IOERR', 'READONLY', 'BUSY', 'CANTOPEN', 'NOMEM', 'PROTOCOL', 'LOCKED'];

export interface ErrorOnTheWire {
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | undefined;
}

/** `SQLITE_FULL` and its like become `E_UNAVAILABLE`; everything else stays what it is. */
export function understood(error: unknown): unknown {
  if (!(error instanceof SQLite.SqliteError)) return error;
  const passing = PASSING.some((name) => error.code.startsWith(`SQLITE_${name}`));
  return passing ? unavailable(`the store cannot take writes: ${error.message} (${error.code}).`) : error;
}

export function unavailable(why: string): TropaError {
  return new TropaError('E_UNAVAILABLE', why);
}

export function toWire(error: unknown): ErrorOnTheWire {
  if (!(error instanceof Error)) return { code: null, message: String(error), stack: undefined };
  return { code: error instanceof TropaError ? error.code : null, message: error.message, stack: error.stack };
}

export function fromWire(wire: ErrorOnTheWire): Error {
  const error = wire.code === null ? new Error(wire.message) : new TropaError(wire.code, wire.message);
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
