// Forgetting what is past its time, a slice at a time, by key. Whoever holds the first partition does it; two who do it
// at once forget the same.

import type { mongo } from 'mongoose';
import { isForgotten } from '../../core/anonymous.ts';
import type { JournalEntry, PersonId } from '../../core/person.ts';
import { isUnsettled, lastHeardOf, type Tally, talliesOfLine, talliesOfRow } from '../../core/tallies.ts';
import type { Forgettable, Forgotten, Slice } from '../../ports/keeping.ts';
import type { Claims } from './claims.ts';
import type { Copier } from './copying.ts';
import type { LineDoc, MessageDoc, PersonDoc } from './documents.ts';
import { forgetVisitor } from './erasing.ts';
import { patiently } from './failures.ts';
import { messageOut, personOut } from './shapes.ts';
import { countAndDrop } from './sums.ts';
import type { Tables } from './tables.ts';

type Take = (tables: Tables, parts: Parts, slice: Slice) => Promise<Forgotten>;

interface Parts {
  readonly claims: Claims;
  readonly copier: Copier;
}

/** What only its age decides about. */
function byAge(name: 'mails' | 'refused'): Take {
  return async (tables, _parts, { before, limit }) => {
    const collection = tables[name] as unknown as mongo.Collection<{ _id: string; at: number }>;
    const found = await patiently(() =>
      collection
        .find({ at: { $lt: before } })
        .sort({ at: 1 })
        .limit(limit)
        .project<{ _id: string }>({ _id: 1 })
        .toArray(),
    );
    const ids = found.map(({ _id }) => _id);
    if (ids.length > 0) await patiently(() => collection.deleteMany({ _id: { $in: ids } }));
    return { gone: ids.length, next: ids.length < limit ? null : 'more' };
  };
}

const takeEvents: Take = async (tables, _parts, { before, limit }) => {
  const found = await patiently(() =>
    tables.events
      .find({ done: true, received: { $lt: before } })
      .sort({ received: 1, _id: 1 })
      .limit(limit)
      .project<{ _id: string }>({ _id: 1 })
      .toArray(),
  );
  const ids = found.map(({ _id }) => _id);
  if (ids.length > 0) await patiently(() => tables.events.deleteMany({ _id: { $in: ids } }));
  return { gone: ids.length, next: ids.length < limit ? null : 'more' };
};

const takeLines: Take = async (tables, _parts, slice) => {
  const found = (await pageOf(tables.journal as never, 'place', slice)) as LineDoc[];
  const living = await livingAmong(
    tables,
    found.map(({ person }) => person),
  );
  const going = found.filter(({ person, body }) => {
    const { enrollment } = JSON.parse(body) as JournalEntry;
    return enrollment === undefined || living.get(person)?.has(enrollment) !== true;
  });
  const counted = going.flatMap(({ body }) => talliesOfLine(JSON.parse(body) as JournalEntry));
  return await drop(tables, 'journal', slice, found, going, counted, (line) => line.place);
};

const takeRows: Take = async (tables, _parts, slice) => {
  const found = (await pageOf(tables.messages as never, '_id', slice)) as MessageDoc[];
  const inside = await insideAmong(
    tables,
    found.map(({ person }) => person),
  );
  const going = found.filter((doc) => {
    const row = messageOut(doc);
    return !isUnsettled(row) && lastHeardOf(row) < slice.before && inside.get(doc.person)?.has(row.journey) !== true;
  });
  const counted = going.flatMap((doc) => talliesOfRow(messageOut(doc)));
  return await drop(tables, 'messages', slice, found, going, counted, (row) => row._id);
};

async function drop<Doc extends LineDoc | MessageDoc>(
  tables: Tables,
  name: 'journal' | 'messages',
  { limit }: Slice,
  found: readonly Doc[],
  going: readonly Doc[],
  counted: readonly Tally[],
  nameOf: (doc: Doc) => string,
): Promise<Forgotten> {
  await countAndDrop(
    tables,
    name,
    going.map(({ _id }) => _id),
    counted,
  );
  const last = found.at(-1);
  return { gone: going.length, next: last === undefined || found.length < limit ? null : `${last.at}/${nameOf(last)}` };
}

async function pageOf(
  collection: mongo.Collection<mongo.Document>,
  second: 'place' | '_id',
  { before, limit, after }: Slice,
): Promise<mongo.Document[]> {
  const [at, name] = placeIn(after);
  const place = { $or: [{ at: { $gt: at } }, { at, [second]: { $gt: name } }] };
  return await patiently(() =>
    collection
      .find({ $and: [place, { at: { $lt: before } }] })
      .sort({ at: 1, [second]: 1 })
      .limit(limit)
      .toArray(),
  );
}

function placeIn(cursor: string | null): readonly [at: number, name: string] {
  if (cursor === null) return [Number.MIN_SAFE_INTEGER, ''];
  const slash = cursor.indexOf('/');
  return [Number(cursor.slice(0, slash)), cursor.slice(slash + 1)];
}

/** Enrollments in which these people are. */
async function livingAmong(
  tables: Tables,
  people: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ReadonlySet<string>>> {
  const found = await patiently(() =>
    tables.people
      .find({ _id: { $in: [...new Set(people)] }, enrollments: { $gt: 0 } })
      .project<Pick<PersonDoc, '_id' | 'body'>>({ body: 1 })
      .toArray(),
  );
  return new Map(found.map((doc) => [doc._id, new Set(personOut(doc).enrollments.map(({ id }) => id))]));
}

/** Journeys in which these people are. */
async function insideAmong(
  tables: Tables,
  people: readonly PersonId[],
): Promise<ReadonlyMap<PersonId, ReadonlySet<string>>> {
  const found = await patiently(() =>
    tables.people
      .find({ _id: { $in: [...new Set(people)] } })
      .project<Pick<PersonDoc, '_id' | 'inside'>>({ inside: 1 })
      .toArray(),
  );
  return new Map(found.map(({ _id, inside }) => [_id, new Set(inside)]));
}

const takePeople: Take = async (tables, { claims, copier }, { before, after, limit }) => {
  await copier.flush();
  const idle = { enrollments: 0, begun: false, unread: false, owed: null, erasure: { $exists: false } };
  const found = await patiently(() =>
    tables.people
      .find({ ...idle, ...(after !== null && { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray(),
  );
  const quiet = found.filter((doc) => claims.isFree(doc._id) && isForgotten(personOut(doc), before));
  const known = await knownAmong(
    tables,
    quiet.map(({ _id }) => _id),
  );
  let gone = 0;
  for (const doc of quiet) if (!known.has(doc._id) && (await forgetVisitor(tables, copier, doc))) gone += 1;
  return { gone, next: found.length < limit ? null : (found.at(-1)?._id ?? null) };
};

/** Those of these who are known by more than a device. */
async function knownAmong(tables: Tables, people: readonly PersonId[]): Promise<ReadonlySet<PersonId>> {
  if (people.length === 0) return new Set();
  const found = await patiently(() => tables.identities.find({ person: { $in: [...people] } }).toArray());
  return new Set(found.filter(({ _id }) => !_id.startsWith('anonymous:')).map(({ person }) => person));
}

const TAKES: Readonly<Record<Forgettable, Take>> = {
  refused: byAge('refused'),
  mails: byAge('mails'),
  events: takeEvents,
  journal: takeLines,
  messages: takeRows,
  people: takePeople,
  // The server gives room back by itself.
  pages: () => Promise.resolve({ gone: 0, next: null }),
};

export async function forget(tables: Tables, parts: Parts, slice: Slice): Promise<Forgotten> {
  const { kind, before } = slice;
  const forgotten = await TAKES[kind](tables, parts, slice);
  if (forgotten.gone > 0 && kind !== 'people' && kind !== 'pages') {
    parts.copier.horizon(kind, before);
    await patiently(() => tables.horizons.updateOne({ _id: kind }, { $max: { at: before } }, { upsert: true }));
  }
  return forgotten;
}
