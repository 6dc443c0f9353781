// What may go wrong between here and the server, told apart: what passes by itself, what an operator mends, and what is
// a mistake of ours.

import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { TropaError } from '../../language/errors.ts';

/** Real milliseconds for which an outage is waited out: an election of a replica set is over by then, mostly. */
export const PATIENCE = 4_000;
const LONGEST_PAUSE = 400;

/** The server is stepping down, shutting down, or not the primary; from `error_codes.yml` of MongoDB. */
const PASSING = new Set([
  6, 7, 63, 64, 89, 91, 112, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436,
]);
const DISK_FULL = new Set([14031, 282, 359]);
const NO_RIGHTS = new Set([13, 18, 8000]);

/** Whether the same may succeed when it is tried again, and may have succeeded already. */
export function isPassing(error: unknown): boolean {
  if (error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoServerSelectionError) return true;
  if (error instanceof mongo.MongoNotConnectedError || error instanceof mongo.MongoTopologyClosedError) return false;
  if (error instanceof mongo.MongoBulkWriteError) return isPassingBulk(error);
  if (error instanceof mongo.MongoError && /PoolClear/.test(error.name)) return true;
  return PASSING.has(codeOf(error) ?? -1);
}

/** The driver makes one kind of error of everything that ends a bulk, and drops what it was: a broken connection has no code. */
function isPassingBulk(error: mongo.MongoBulkWriteError): boolean {
  const failures = [error.writeErrors].flat();
  if (failures.length > 0) return failures.some(({ code }) => PASSING.has(code));
  return codeOf(error) === null || PASSING.has(codeOf(error) ?? -1);
}

/** Whether the server has no room. */
export const isDiskFull = (error: unknown): boolean => DISK_FULL.has(codeOf(error) ?? -1);

/** The number of a server's error, or null. */
export function codeOf(error: unknown): number | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : null;
}

/** What callers are told: E_UNAVAILABLE for whatever is not our mistake, the error itself otherwise. */
export function toldAs(error: unknown): unknown {
  if (error instanceof TropaError) return error;
  const code = codeOf(error);
  if (isDiskFull(error)) return unavailable("the database's disk is full; nothing was stored");
  if (NO_RIGHTS.has(code ?? -1)) return unavailable('the database refuses what MONGODB_URL may do');
  if (isPassing(error)) return unavailable('the database does not answer');
  if (error instanceof mongo.MongoError && !(error instanceof mongo.MongoServerError))
    return unavailable('the connection to the database is closed');
  return error;
}

const unavailable = (why: string): TropaError => new TropaError('E_UNAVAILABLE', `${why}. It is tried again.`);

/** Runs what may be done twice; again while an outage passes. Throws E_UNAVAILABLE when it lasts. */
export async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + PATIENCE;
  for (let wait = 25; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || performance.now() + wait > until) throw toldAs(error);
    }
    await pause(wait);
  }
}

const DUPLICATE = 11_000;

/** Inserts those that are not there yet; answers the places of those that were. May be done twice. */
export async function insertNew<Doc extends { readonly _id: unknown }>(
  collection: mongo.Collection<Doc>,
  docs: readonly Doc[],
): Promise<ReadonlySet<number>> {
  if (docs.length === 0) return new Set();
  return await patiently(async () => {
    try {
      await collection.insertMany(docs as unknown as mongo.OptionalUnlessRequiredId<Doc>[], { ordered: false });
      return new Set<number>();
    } catch (error) {
      return duplicatesOf(error);
    }
  });
}

/** The places of duplicates; whatever else was wrong is thrown. */
function duplicatesOf(error: unknown): ReadonlySet<number> {
  if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  const other = failures.find(({ code }) => code !== DUPLICATE);
  if (other !== undefined) throw other.err === undefined ? error : Object.assign(error, { code: other.code });
  if (failures.length === 0) throw error;
  return new Set(failures.map(({ index }) => index));
}
