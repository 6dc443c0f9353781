// How errors travel between the threads of this store. Nothing of the driver here: the main thread reads this too.

import { TropaError } from '../../language/errors.ts';

export interface ErrorOnTheWire {
  /** Of a `TropaError`; null for everything else. */
  readonly code: string | null;
  readonly message: string;
  readonly stack: string | undefined;
}

/** The store cannot take more at present; the caller may come again. */
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
