// Completing a merge: everything that stood under the loser's name stands under the winner's from now on. Every step may
// be done again; the loser's document goes last, so that a merge that was cut short is found and finished (I4).

import type { PersonId } from '../../core/person.ts';
import { movedLineId } from '../journal-place.ts';
import type { Copier } from './copying.ts';
import type { LineDoc } from './documents.ts';
import { patiently } from './failures.ts';
import { personOut } from './shapes.ts';
import { aliasesOf, type Tables } from './tables.ts';

const TRIES = 50;

export async function alias(tables: Tables, copier: Copier, losing: PersonId, winning: PersonId): Promise<void> {
  const winner = (await aliasesOf(tables, [winning])).get(winning) ?? winning;
  if (winner === losing) return;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const loser = await patiently(() => tables.people.findOne({ _id: losing, erasure: { $exists: false } }));
    if (loser === null) return;
    if (!(await isThere(tables, winner)))
      throw new Error(`cannot make ${losing} an alias: there is no person ${winning}`);
    // The loser decides nothing any more, so what it still had to say is copied now or never.
    await copier.copy([{ person: losing, intents: personOut(loser).intents }]);
    await rename(tables, losing, winner);
    const since = await moveEvents(tables, losing, winner);
    await moveRecords(tables, losing, winner);
    // Once too often costs a look; once too few would leave an event unread.
    await patiently(() =>
      tables.people.updateOne({ _id: winner }, { $inc: { inbox: 1 }, $min: { due: since }, $set: { unread: true } }),
    );
    const { deletedCount } = await patiently(() => tables.people.deleteOne({ _id: losing, inbox: loser.inbox }));
    if (deletedCount > 0) return;
  }
  throw new Error(`${losing} changes faster than it can be merged`);
}

async function isThere(tables: Tables, person: PersonId): Promise<boolean> {
  const found = await patiently(() =>
    tables.people.findOne({ _id: person, erasure: { $exists: false } }, { projection: { _id: 1 } }),
  );
  return found !== null;
}

async function rename(tables: Tables, loser: PersonId, winner: PersonId): Promise<void> {
  await patiently(() => tables.aliases.updateOne({ _id: loser }, { $set: { winner } }, { upsert: true }));
  await patiently(() => tables.aliases.updateMany({ winner: loser }, { $set: { winner } }));
  await patiently(() => tables.identities.updateMany({ person: loser }, { $set: { person: winner } }));
}

/** Answers since when the earliest of those not applied yet has waited. */
async function moveEvents(tables: Tables, loser: PersonId, winner: PersonId): Promise<number> {
  const [first] = await patiently(() =>
    tables.events.find({ person: loser, done: false }).sort({ received: 1 }).limit(1).toArray(),
  );
  await patiently(() => tables.events.updateMany({ person: loser }, { $set: { person: winner } }));
  return first?.received ?? Date.now();
}

async function moveRecords(tables: Tables, loser: PersonId, winner: PersonId): Promise<void> {
  await patiently(() => tables.messages.updateMany({ person: loser }, { $set: { person: winner } }));
  await patiently(() => tables.mails.updateMany({ person: loser }, { $set: { person: winner } }));
  const lines = await patiently(() =>
    tables.journal.find({ person: loser }).project<Pick<LineDoc, '_id' | 'id'>>({ id: 1 }).toArray(),
  );
  if (lines.length === 0) return;
  const writes = lines.map(({ _id, id }) => ({
    updateOne: { filter: { _id }, update: { $set: { person: winner, id: movedLineId(id, loser) } } },
  }));
  await patiently(() => tables.journal.bulkWrite(writes, { ordered: false }));
}
