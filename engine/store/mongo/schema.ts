// Which releases may share a database. A release runs beside the one before it: what is changed is first widened, so that
// both can read and write it; what narrows is a second step, which raises `oldestWriter`.

import type { mongo } from 'mongoose';
import { TropaError } from '../../language/errors.ts';
import type { MetaDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';

/** Of this release. */
export const SCHEMA = 2;
export const RELEASE = '0.1.0';
const KEY = 'schema';
/** Under which a move that is not finished stands. */
export const MOVING = 'moving';

/** What the database says of itself. */
interface Stand {
  /** The newest release that opened it. */
  readonly schema: number;
  /** Releases older than this would damage what is there. */
  readonly oldestWriter: number;
}

/** Sees that this release may write here, and widens what is older. Throws E_STORE_NEWER, or E_MOVE amid a move. */
export async function takePlace(
  meta: mongo.Collection<MetaDoc>,
  makeIndexes: () => Promise<void>,
  { moving = false } = {},
): Promise<void> {
  if (!moving && (await patiently(() => meta.findOne({ _id: MOVING }))) !== null)
    throw new TropaError(
      'E_MOVE',
      'A data folder is being moved into this database, and it is not whole yet. Run `tropa move` to its end first.',
    );
  const found = await patiently(() => meta.findOne({ _id: KEY }));
  const stand = found === null ? null : (JSON.parse(found.value) as Stand);
  if (stand !== null && stand.oldestWriter > SCHEMA)
    throw new TropaError(
      'E_STORE_NEWER',
      `This database needs a release of Tropa with schema ${stand.oldestWriter} or newer; this one has ${SCHEMA}. Upgrade this process.`,
    );
  if (stand !== null && stand.schema >= SCHEMA) return;
  await patiently(makeIndexes);
  const value = JSON.stringify({ schema: SCHEMA, oldestWriter: stand?.oldestWriter ?? SCHEMA } satisfies Stand);
  if (found === null) await insertNew(meta, [{ _id: KEY, value }]);
  else await patiently(() => meta.updateOne({ _id: KEY, value: found.value }, { $set: { value } }));
}
