// Removing a person for good (P21), and forgetting visitors. The person is marked first, and from then on is nobody; then
// everything of theirs goes, and the mark last, so that what was cut short is found and finished.

import { setTimeout as pause } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { IdentityKey, JournalEntry, Person, PersonId } from '../../core/person.ts';
import { closed, exitsOf, stripped, talliesOfLine } from '../../core/tallies.ts';
import type { Erased, Erasure } from '../../ports/erasing.ts';
import { erasedDigest } from '../erased-digest.ts';
import { mentionsOf } from '../mentions.ts';
import { type Copier, SURELY_THERE } from './copying.ts';
import { type MessageDoc, NEVER, type PersonDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import { messageDoc, messageOut, personOut } from './shapes.ts';
import { countAndDrop } from './sums.ts';
import type { Tables } from './tables.ts';

/** What is kept of the errand with the person, so that another process can finish it. */
type Errand = { readonly erase: Erasure } | { readonly forget: true };

export async function erase(tables: Tables, copier: Copier, erasure: Erasure): Promise<Erased | null> {
  const { person, rev, inboxSeq } = erasure;
  const doc = await mark(tables, { _id: person, rev, inbox: inboxSeq }, { erase: erasure });
  if (doc === null) return null;
  return await carryOut(tables, copier, doc, erasure);
}

/** A visitor nobody waits for: everything of theirs but what the ledger counts. False where they have changed since. */
export async function forgetVisitor(
  tables: Tables,
  copier: Copier,
  { _id, rev, inbox }: Pick<PersonDoc, '_id' | 'rev' | 'inbox'>,
): Promise<boolean> {
  const doc = await mark(tables, { _id, rev, inbox, unread: false, owed: null }, { forget: true });
  if (doc === null) return false;
  copier.forget(_id);
  await dropVisitor(tables, _id);
  return true;
}

/** Finishes what was begun by whoever is no more. */
export async function finishErasures(tables: Tables, copier: Copier): Promise<void> {
  for (const doc of await patiently(() => tables.people.find({ erasure: { $exists: true } }).toArray())) {
    const errand = JSON.parse(doc.erasure ?? '{"forget":true}') as Errand;
    if ('erase' in errand) await carryOut(tables, copier, doc, errand.erase);
    else await dropVisitor(tables, doc._id);
  }
}

async function mark(tables: Tables, filter: mongo.Filter<PersonDoc>, errand: Errand): Promise<PersonDoc | null> {
  const erasure = JSON.stringify(errand);
  const update = {
    $set: { erasure, unread: false, due: NEVER, begun: false, owed: null, inside: [], enrollments: 0, faulted: 0 },
  };
  const guard = { ...filter, erasure: { $exists: false } } as mongo.Filter<PersonDoc>;
  const { matchedCount } = await patiently(() => tables.people.updateOne(guard, update));
  const found = await patiently(() => tables.people.findOne({ _id: filter._id as PersonId }));
  // A mark of ours that got no answer is ours all the same.
  return matchedCount > 0 || found?.erasure === erasure ? found : null;
}

async function carryOut(tables: Tables, copier: Copier, doc: PersonDoc, erasure: Erasure): Promise<Erased> {
  const person = personOut(doc);
  // What was decided before is counted like everything else.
  await copier.copy([{ person: doc._id, intents: person.intents }]);
  const losers = await patiently(() => tables.aliases.find({ winner: doc._id }).toArray());
  const gone = [doc._id, ...losers.map(({ _id }) => _id)];
  await insertNew(
    tables.erased,
    gone.map((one) => ({ _id: erasedDigest(one), at: erasure.at })),
  );
  for (const one of gone) copier.forget(one);
  // Another process that committed them a moment ago takes them for there as long as that: its copies come before this.
  if (tables.crew.alive().some((worker) => worker !== tables.crew.own)) await pause(SURELY_THERE + 100);
  const identities = await dropIdentities(tables, doc._id);
  const sent = await messagesOf(tables, doc._id);
  const mails = await patiently(() =>
    // A channel may know them by a name of their own: their messages are theirs all the same.
    tables.mails.deleteMany({ $or: [{ person: doc._id }, { _id: { $in: sent.map(({ _id }) => _id) } }] }),
  );
  const journal = await dropLines(tables, person, doc._id);
  const messages = await rewrite(tables, sent, closed);
  const events = await patiently(() => tables.events.deleteMany({ person: doc._id }));
  const refused = await dropRefusals(tables, [...erasure.known, ...identities]);
  await suppressByMarks(tables, erasure);
  await patiently(() => tables.people.deleteOne({ _id: doc._id }));
  return { events: events.deletedCount, journal, mails: mails.deletedCount, refused, messages, identities };
}

async function dropIdentities(tables: Tables, person: PersonId): Promise<IdentityKey[]> {
  const found = await patiently(() => tables.identities.find({ person }).toArray());
  await patiently(() => tables.identities.deleteMany({ person }));
  await patiently(() => tables.aliases.deleteMany({ winner: person }));
  return found.map(({ _id }) => _id);
}

const messagesOf = (tables: Tables, person: PersonId): Promise<MessageDoc[]> =>
  patiently(() => tables.messages.find({ person }).toArray());

/** Lines go; what they counted for stays, and whoever was inside of something has left it. */
async function dropLines(tables: Tables, person: Person | null, id: PersonId): Promise<number> {
  const lines = await patiently(() => tables.journal.find({ person: id }).toArray());
  const counted = lines.flatMap(({ body }) => talliesOfLine(JSON.parse(body) as JournalEntry));
  const left = person === null ? [] : exitsOf(person);
  const ids = lines.map(({ _id }) => _id);
  await countAndDrop(tables, 'journal', ids, [...counted, ...left], `erase/${erasedDigest(id)}`);
  return lines.length;
}

/** Makes rows of the ledger nobody's, however they change meanwhile. */
async function rewrite(tables: Tables, sent: readonly MessageDoc[], become: typeof closed): Promise<number> {
  for (let open = sent; open.length > 0; ) {
    const token = tables.token();
    const writes = open.map((doc) => ({
      replaceOne: {
        filter: { _id: doc._id, v: doc.v },
        replacement: messageDoc(become(messageOut(doc)), doc.v + 1, token),
      },
    }));
    await patiently(() => tables.messages.bulkWrite(writes as never, { ordered: false }));
    const ids = open.map(({ _id }) => _id);
    open = await patiently(() => tables.messages.find({ _id: { $in: ids }, person: { $ne: '' } }).toArray());
  }
  return sent.length;
}

async function dropRefusals(tables: Tables, known: readonly IdentityKey[]): Promise<number> {
  const mentions = mentionsOf(known);
  const all = await patiently(() => tables.refused.find({}).toArray());
  const theirs = all.filter(({ body, detail }) => mentions(body) || mentions(detail)).map(({ _id }) => _id);
  if (theirs.length > 0) await patiently(() => tables.refused.deleteMany({ _id: { $in: theirs } }));
  return theirs.length;
}

async function suppressByMarks(tables: Tables, { known, marks, at }: Erasure): Promise<void> {
  const lifted = known.map((key) => key.replace(/^phone:/, 'sms:'));
  await patiently(() => tables.suppressions.deleteMany({ _id: { $in: lifted } }));
  for (const one of marks)
    await patiently(() =>
      tables.suppressions.updateOne({ _id: one }, { $set: { reason: 'erased', at } }, { upsert: true }),
    );
}

async function dropVisitor(tables: Tables, person: PersonId): Promise<void> {
  await dropIdentities(tables, person);
  await patiently(() => tables.events.deleteMany({ person }));
  await patiently(() => tables.mails.deleteMany({ person }));
  await dropLines(tables, null, person);
  await rewrite(tables, await messagesOf(tables, person), stripped);
  await patiently(() => tables.people.deleteOne({ _id: person }));
}
