// Sums of what is forgotten. What goes and what it counted for are written down as one slice before anything goes, and
// carried out by whoever finds it: a crash in the middle counts nothing twice, and nothing is lost (I10).

import { mongo } from 'mongoose';
import type { Tally } from '../../core/tallies.ts';
import type { SliceDoc, TallyDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import type { Tables } from './tables.ts';

const TRIES = 50;

/** Deletes these, and adds what they counted for; `slice` names it, so that the same one is not added twice in a row. */
export async function countAndDrop(
  tables: Tables,
  collection: SliceDoc['collection'],
  ids: readonly string[],
  tallies: readonly Tally[],
  slice = tables.token(),
): Promise<void> {
  if (ids.length === 0 && tallies.length === 0) return;
  for (let tries = 0; tries < TRIES; tries += 1) {
    await finishSlice(tables);
    const doc: SliceDoc = { _id: 'one', slice, collection, ids, tallies: summed(tallies) };
    if ((await insertNew(tables.slices, [doc])).size > 0) continue;
    return await finishSlice(tables);
  }
  throw new Error('what is to be forgotten changes faster than it can be counted');
}

/** Carries out what was written down, where there is anything. */
export async function finishSlice(tables: Tables): Promise<void> {
  const doc = await patiently(() => tables.slices.findOne({ _id: 'one' }));
  if (doc === null) return;
  const collection = tables[doc.collection] as unknown as mongo.Collection<{ _id: string }>;
  if (doc.ids.length > 0) await patiently(() => collection.deleteMany({ _id: { $in: [...doc.ids] } }));
  for (const tally of doc.tallies) await add(tables, tally, doc.slice);
  await patiently(() => tables.slices.deleteOne({ _id: 'one', slice: doc.slice }));
}

async function add(tables: Tables, { amount, ...of }: Tally, slice: string): Promise<void> {
  const _id = keyOf(of);
  await patiently(async () => {
    try {
      await tables.tallies.updateOne(
        { _id, slice: { $ne: slice } },
        { $inc: { amount }, $set: { ...of, slice } },
        { upsert: true },
      );
    } catch (error) {
      // It stands there with this slice: added before.
      if (!(error instanceof mongo.MongoServerError) || error.code !== 11_000) throw error;
    }
  });
}

const keyOf = ({ journey, version, step, name }: Omit<Tally, 'amount'>): string =>
  JSON.stringify([journey, version, step, name]);

function summed(tallies: readonly Tally[]): Tally[] {
  const sums = new Map<string, Tally>();
  for (const tally of tallies) {
    const key = keyOf(tally);
    sums.set(key, { ...tally, amount: tally.amount + (sums.get(key)?.amount ?? 0) });
  }
  return [...sums.values()];
}

export async function tallies(tables: Tables, { journey }: { journey?: string }): Promise<Tally[]> {
  const found = await patiently(() => tables.tallies.find(journey === undefined ? {} : { journey }).toArray());
  const order = (tally: TallyDoc): string => [tally.journey, tally.version, tally.step, tally.name].join('\u0000');
  return found
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ journey: of, version, step, name, amount }) => ({ journey: of, version, step, name, amount }));
}
