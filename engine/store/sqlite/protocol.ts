// The words two threads of this store exchange: lists of requests one way, lists of answers the other, matched by
// number. Lists, because a message between threads costs more than most of what is asked in it.

import type { ErrorOnTheWire } from './wire.ts';

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorOnTheWire };

/** A worker's first word: it stands ready, or why it does not. */
export type Greeting = { readonly ready: true } | { readonly ready: false; readonly error: ErrorOnTheWire };

export interface ThreadSettings {
  readonly folder: string;
  readonly maxBytes?: number | undefined;
  readonly budgetMs?: number | undefined;
}

/** Ends a worker once everything asked before is answered. */
export const CLOSE = 'close';

export type Method = (...args: never[]) => unknown;
/** What a thread offers; any record of functions fits. */
export type Methods = object;

/** Runs one method by its name. Names come from this store's own main thread only. */
export function invoke(methods: Methods, { method, args }: Request): unknown {
  const run = (methods as Record<string, (...args: readonly unknown[]) => unknown>)[method];
  if (run === undefined) throw new Error(`the store's thread knows no ${method}`);
  return run(...args);
}
