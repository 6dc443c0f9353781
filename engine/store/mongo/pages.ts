// Read models: what screens and commands ask for, a page at a time, by key.

import type { mongo } from 'mongoose';
import type { MessageId, MessageRow, Person, PersonId } from '../../core/person.ts';
import type { JournalLine, MessageFilter, SandboxMail, Store, StoreCounts, StoredEvent } from '../../ports/store.ts';
import type { Suppression, SuppressionFilter } from '../../ports/suppressing.ts';
import { parseLineCursor } from '../journal-place.ts';
import type { Collections, Documents } from './documents.ts';
import { patiently } from './failures.ts';
import { eventOut, lineOut, mailOut, messageOut, personOut } from './shapes.ts';
import { aliasesOf, type Tables } from './tables.ts';

type FilterOf<Method extends 'people' | 'journal' | 'events' | 'mails'> = Parameters<Store[Method]>[0];
type Conditions = Record<string, unknown>;

const LIVING = { erasure: { $exists: false } } as const;

async function page<Name extends keyof Documents>(
  tables: Collections,
  name: Name,
  filter: Conditions,
  sort: mongo.Sort,
  limit: number,
): Promise<Documents[Name][]> {
  if (limit <= 0) return [];
  const collection = tables[name] as unknown as mongo.Collection<Documents[Name]>;
  return (await patiently(() =>
    collection
      .find(filter as mongo.Filter<Documents[Name]>)
      .sort(sort)
      .limit(limit)
      .toArray(),
  )) as Documents[Name][];
}

/** Beyond a place in an order by two fields. */
function beyond(first: string, second: string, at: readonly [unknown, unknown], sign: '$gt' | '$lt'): Conditions {
  return { $or: [{ [first]: { [sign]: at[0] } }, { [first]: at[0], [second]: { [sign]: at[1] } }] };
}

/** The names under which rows of a person may stand. */
async function namesOf(tables: Tables, person: PersonId): Promise<{ readonly $in: PersonId[] }> {
  const winner = (await aliasesOf(tables, [person])).get(person) ?? person;
  const losers = await patiently(() => tables.aliases.find({ winner }).toArray());
  return { $in: [winner, ...losers.map(({ _id }) => _id)] };
}

export async function people(tables: Tables, { after, limit, inside, faulted }: FilterOf<'people'>): Promise<Person[]> {
  const filter = {
    ...LIVING,
    ...(after !== undefined && { _id: { $gt: after } }),
    ...(inside !== undefined && { inside }),
    ...(faulted !== undefined && { faulted: faulted ? { $gt: 0 } : 0 }),
  };
  return (await page(tables, 'people', filter, { _id: 1 }, limit)).map(personOut);
}

export async function ledger(tables: Tables, ids: readonly MessageId[]): Promise<MessageRow[]> {
  if (ids.length === 0) return [];
  const found = await patiently(() => tables.messages.find({ _id: { $in: [...ids] } }).toArray());
  const rows = new Map(found.map((doc) => [doc._id, messageOut(doc)]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}

export async function messages(tables: Tables, filter: MessageFilter): Promise<MessageRow[]> {
  const { person, journey, status, channel, before, limit } = filter;
  const place = before === undefined ? null : await patiently(() => tables.messages.findOne({ _id: before }));
  if (before !== undefined && place === null) return [];
  const conditions = {
    ...(person !== undefined && { person: await namesOf(tables, person) }),
    ...(journey !== undefined && { journey }),
    ...(channel !== undefined && { channel }),
    ...(status !== undefined && { status: { $in: [...status] } }),
    ...(place !== null && beyond('at', '_id', [place.at, place._id], '$lt')),
  };
  return (await page(tables, 'messages', conditions, { at: -1, _id: -1 }, limit)).map(messageOut);
}

export async function journal(tables: Tables, filter: FilterOf<'journal'>): Promise<JournalLine[]> {
  const { journey, after, limit } = filter;
  const names = filter.person === undefined ? undefined : await namesOf(tables, filter.person);
  const conditions: Conditions = {
    ...(names !== undefined && { person: names }),
    ...(journey !== undefined && { journey }),
  };
  if (after !== undefined) {
    const { person, id } = parseLineCursor(after, names?.$in[0]);
    const place = await patiently(() => tables.journal.findOne({ person, id }));
    // A lost cursor reads nothing twice.
    if (place === null) return [];
    Object.assign(conditions, beyond('at', 'place', [place.at, place.place], '$gt'));
  }
  return (await page(tables, 'journal', conditions, { at: 1, place: 1 }, limit)).map(lineOut);
}

export async function events(tables: Tables, filter: FilterOf<'events'>): Promise<StoredEvent[]> {
  const { person, name, source, after, newest = false, limit } = filter;
  const place = after === undefined ? null : await patiently(() => tables.events.findOne({ _id: after }));
  if (after !== undefined && place === null) return [];
  const conditions = {
    ...(person !== undefined && { person: await namesOf(tables, person) }),
    ...(name !== undefined && { name }),
    ...(source !== undefined && { source }),
    ...(place !== null && beyond('received', '_id', [place.received, place._id], newest ? '$lt' : '$gt')),
  };
  const way = newest ? -1 : 1;
  return (await page(tables, 'events', conditions, { received: way, _id: way }, limit)).map(eventOut);
}

export async function mails(tables: Tables, { id, before, limit }: FilterOf<'mails'>): Promise<SandboxMail[]> {
  const place = before === undefined ? null : await patiently(() => tables.mails.findOne({ _id: before }));
  if (before !== undefined && place === null) return [];
  const conditions = {
    ...(place !== null && beyond('at', '_id', [place.at, place._id], '$lt')),
    ...(id !== undefined && { _id: id }),
  };
  return (await page(tables, 'mails', conditions, { at: -1, _id: -1 }, limit)).map(mailOut);
}

export async function suppressions(
  tables: Tables,
  { channel, after, limit }: SuppressionFilter,
): Promise<Suppression[]> {
  // `;` follows `:`: what begins with `email:` lies between them.
  const range = {
    ...(channel !== undefined && { $gte: `${channel}:`, $lt: `${channel};` }),
    ...(after !== undefined && { $gt: after }),
  };
  const found = await page(
    tables,
    'suppressions',
    Object.keys(range).length === 0 ? {} : { _id: range },
    { _id: 1 },
    limit,
  );
  return found.map(({ _id: address, reason, at }) => ({ address, reason, at }));
}

export async function counts(tables: Tables): Promise<StoreCounts> {
  const sums = patiently(() =>
    tables.people
      .aggregate<{ enrollments: number; faulted: number }>([
        { $match: { inside: { $exists: true } } },
        { $group: { _id: null, enrollments: { $sum: '$enrollments' }, faulted: { $sum: '$faulted' } } },
      ])
      .toArray(),
  );
  const [all, [sum], undone, eventCount, messageCount, lines] = await Promise.all([
    patiently(() => tables.people.countDocuments(LIVING)),
    sums,
    patiently(() => tables.events.countDocuments({ done: false })),
    patiently(() => tables.events.estimatedDocumentCount()),
    patiently(() => tables.messages.estimatedDocumentCount()),
    patiently(() => tables.journal.estimatedDocumentCount()),
  ]);
  return {
    people: all,
    events: eventCount,
    undone,
    messages: messageCount,
    journal: lines,
    enrollments: sum?.enrollments ?? 0,
    faulted: sum?.faulted ?? 0,
  };
}
