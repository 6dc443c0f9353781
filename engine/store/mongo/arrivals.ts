// Events arriving: identities first, so that two at once mean the same person; then the events, each once; then their
// people, who are due from then on. In this order, because whoever is told of an event finds it there (P04), and what a
// crash leaves between two steps is told again by the storefront and mended then.

import { setTimeout as pause } from 'node:timers/promises';
import { effectiveTime } from '../../core/events.ts';
import { newPerson, type PersonId } from '../../core/person.ts';
import type { IncomingEvent, IngestReceipt, Lane } from '../../ports/store.ts';
import { type IngestPlan, planIngest } from '../ingest-plan.ts';
import { type EventDoc, NEVER, type PersonDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import { openBook } from './identities.ts';
import { partitionOf } from './partition.ts';
import { aliasesOf, erasedAmong, type Tables } from './tables.ts';

const TRIES = 50;

/** One event on its way in. */
interface Arriving {
  readonly event: IncomingEvent;
  person: PersonId | null;
  links: readonly PersonId[];
  outcome: 'stored' | 'duplicate';
  /** Its person is to be told of it. */
  counts: boolean;
}

/** What a person is told at once of all events of one list. */
interface Call {
  count: number;
  due: number;
  urgent: boolean;
}

export async function ingest(tables: Tables, events: readonly IncomingEvent[]): Promise<IngestReceipt[]> {
  const first = new Map<string, IncomingEvent>();
  for (const event of events) if (!first.has(event.id)) first.set(event.id, event);
  const all = [...first.values()];
  const { plans, made } = await settleIdentities(tables, all);
  const arriving = all.map((event, n): Arriving => {
    const { person, links } = plans[n] as IngestPlan;
    return { event, person, links, outcome: 'stored', counts: person !== null };
  });
  await storeEvents(tables, arriving);
  await callPeople(tables, arriving, made);
  const byId = new Map(arriving.map((one) => [one.event.id, one]));
  const told = new Set<string>();
  return events.map(({ id }) => {
    const { person, outcome } = byId.get(id) as Arriving;
    const isFirst = !told.has(id);
    told.add(id);
    return { id, outcome: isFirst ? outcome : 'duplicate', person };
  });
}

/** Plans all events, and makes the identities they bring theirs; planned anew where another was faster. */
async function settleIdentities(tables: Tables, events: readonly IncomingEvent[]) {
  const made = new Map<PersonId, number>();
  for (let tries = 0; tries < TRIES; tries += 1) {
    const book = await openBook(tables, events);
    const received = new Map<PersonId, number>();
    const plans = events.map((event) => {
      const plan = planIngest(event, book);
      for (const key of plan.attach) if (plan.person !== null) book.attach(key, plan.person);
      if (plan.create && plan.person !== null) received.set(plan.person, event.received);
      return plan;
    });
    const fresh = [...book.attached].map(([_id, person]) => ({ _id, person }));
    const taken = await insertNew(tables.identities, fresh);
    for (const [n, { person }] of fresh.entries()) {
      const at = received.get(person);
      if (!taken.has(n) && at !== undefined) made.set(person, at);
    }
    const lost = fresh.filter((_, n) => taken.has(n));
    if (lost.length === 0 || (await areOurs(tables, lost))) return { plans, made };
  }
  throw new Error('identities change faster than they can be read');
}

/** Whether these identities stand as we wanted them: stored by a try of ours that got no answer. */
async function areOurs(tables: Tables, lost: readonly { _id: string; person: PersonId }[]): Promise<boolean> {
  const found = await patiently(() => tables.identities.find({ _id: { $in: lost.map(({ _id }) => _id) } }).toArray());
  const owners = new Map(found.map(({ _id, person }) => [_id, person]));
  return lost.every(({ _id, person }) => owners.get(_id) === person);
}

async function storeEvents(tables: Tables, arriving: readonly Arriving[]): Promise<void> {
  const token = tables.token();
  const taken = await insertNew(
    tables.events,
    arriving.map((one) => docOf(one, token)),
  );
  if (taken.size === 0) return;
  const known = arriving.filter((_, n) => taken.has(n));
  const found = await patiently(() =>
    tables.events
      .find({ _id: { $in: known.map(({ event }) => event.id) } })
      .project<Pick<EventDoc, '_id' | 'person' | 'done' | 'token'>>({ person: 1, done: 1, token: 1 })
      .toArray(),
  );
  const standing = new Map(found.map((doc) => [doc._id, doc]));
  const aliases = await aliasesOf(
    tables,
    found.flatMap(({ person }) => person ?? []),
  );
  for (const one of known) {
    const doc = standing.get(one.event.id);
    // A try of ours that got no answer is no other's.
    if (doc === undefined || doc.token === token) continue;
    one.outcome = 'duplicate';
    one.person = doc.person === null ? null : (aliases.get(doc.person) ?? doc.person);
    one.counts = one.person !== null && !doc.done;
  }
}

/** An event of somebody we know, whom nobody has to tell of it. */
export type Applied = IncomingEvent & { readonly person: PersonId };

/** Keeps events that their own turn has applied, each once. */
export async function keepApplied(tables: Tables, events: readonly Applied[]): Promise<void> {
  const token = tables.token();
  const docs = events.map((event) => ({ ...docOf({ event, person: event.person, links: [] }, token), done: true }));
  await insertNew(tables.events, docs);
}

function docOf({ event, person, links }: Pick<Arriving, 'event' | 'person' | 'links'>, token: string): EventDoc {
  const { id, source, name, at, received, hops = 0 } = event;
  // Of somebody who is gone nothing is kept but that it was told.
  const isGone = person === null && event.person !== undefined;
  const [data, who] = isGone ? ['{}', '[]'] : [JSON.stringify(event.data), JSON.stringify(event.who)];
  const effective = effectiveTime(event);
  const done = person === null;
  return {
    _id: id,
    person,
    source,
    name,
    at,
    received,
    effective,
    done,
    hops,
    data,
    who,
    links: JSON.stringify(links),
    token,
  };
}

/** Makes the people concerned due, and makes those that are new. */
async function callPeople(
  tables: Tables,
  arriving: readonly Arriving[],
  made: ReadonlyMap<PersonId, number>,
): Promise<void> {
  await repeatCalls(
    tables,
    arriving.filter((one) => one.outcome === 'duplicate' && one.counts),
  );
  let open = arriving.filter((one) => one.outcome === 'stored' && one.counts);
  const create = new Map(made);
  for (let tries = 0; open.length > 0 || create.size > 0; tries += 1) {
    if (tries > TRIES) throw new Error('people change faster than they can be told');
    const calls = callsOf(open);
    const there = await createPeople(tables, create, calls);
    create.clear();
    const missing = await call(tables, new Map([...calls].filter(([person]) => !there.has(person))));
    open = open.filter(({ person }) => person !== null && missing.has(person));
    if (open.length === 0) continue;
    // Who is about to be merged or erased is, a moment later.
    if (tries > 0) await pause(10 * tries);
    await redirect(tables, open, create);
  }
}

function callsOf(arriving: readonly Arriving[]): Map<PersonId, Call> {
  const calls = new Map<PersonId, Call>();
  for (const { person, event } of arriving) {
    if (person === null) continue;
    const before = calls.get(person) ?? { count: 0, due: NEVER, urgent: false };
    before.count += 1;
    before.due = Math.min(before.due, event.received);
    before.urgent ||= event.urgent === true;
    calls.set(person, before);
  }
  return calls;
}

/** Those that were made by this call, with what they are told. */
async function createPeople(
  tables: Tables,
  create: ReadonlyMap<PersonId, number>,
  calls: ReadonlyMap<PersonId, Call>,
): Promise<ReadonlySet<PersonId>> {
  const docs = [...create].map(([person, at]) => newDoc(person, at, calls.get(person)));
  const taken = await insertNew(tables.people, docs);
  return new Set(docs.filter((_, n) => !taken.has(n)).map(({ _id }) => _id));
}

function newDoc(person: PersonId, at: number, told: Call | undefined): PersonDoc {
  const lane: Lane = told?.urgent === true ? 'transactional' : 'live';
  return {
    _id: person,
    rev: 0,
    token: '',
    inbox: told?.count ?? 0,
    seen: 0,
    unread: told !== undefined,
    due: told?.due ?? NEVER,
    lane,
    part: partitionOf(person),
    body: JSON.stringify(newPerson(person, at)),
    inside: [],
    enrollments: 0,
    faulted: 0,
    begun: false,
    owed: null,
  };
}

/** Tells people; answers those who are not there. Told twice after an outage is looked at once more, and that is all. */
async function call(tables: Tables, calls: ReadonlyMap<PersonId, Call>): Promise<ReadonlySet<PersonId>> {
  if (calls.size === 0) return new Set();
  const writes = [...calls].map(([person, { count, due, urgent }]) => ({
    updateOne: {
      filter: { _id: person, erasure: { $exists: false } },
      update: {
        $inc: { inbox: count },
        $min: { due },
        $set: { unread: true, ...(urgent && { lane: 'transactional' as const }) },
      },
    },
  }));
  const { matchedCount } = await patiently(() => tables.people.bulkWrite(writes, { ordered: false }));
  if (matchedCount === calls.size) return new Set();
  const ids = [...calls.keys()];
  const found = await patiently(() =>
    tables.people
      .find({ _id: { $in: ids }, erasure: { $exists: false } })
      .project<{ _id: string }>({ _id: 1 })
      .toArray(),
  );
  const there = new Set(found.map(({ _id }) => _id));
  return new Set(ids.filter((id) => !there.has(id)));
}

/**
 * An event told again may have been stored by a call that died before it told anybody: whoever has read everything they
 * know of is told. Others will look anyway, and nothing they are about to do is disturbed.
 */
async function repeatCalls(tables: Tables, arriving: readonly Arriving[]): Promise<void> {
  const calls = callsOf(arriving);
  if (calls.size === 0) return;
  const writes = [...calls].map(([person, { due }]) => ({
    updateOne: {
      filter: { _id: person, unread: false },
      update: { $inc: { inbox: 1 }, $min: { due }, $set: { unread: true } },
    },
  }));
  await patiently(() => tables.people.bulkWrite(writes, { ordered: false }));
}

/** Events of somebody who is not there: of whoever they became, of somebody to be made, or of nobody any more. */
async function redirect(tables: Tables, arriving: readonly Arriving[], create: Map<PersonId, number>): Promise<void> {
  const people = arriving.flatMap(({ person }) => person ?? []);
  const [aliases, erased] = await Promise.all([aliasesOf(tables, people), erasedAmong(tables, people)]);
  for (const one of arriving) {
    const person = one.person as PersonId;
    const winner = aliases.get(person);
    if (winner !== undefined) await moveEvent(tables, one, winner);
    else if (one.event.person !== undefined || erased.has(person)) await moveEvent(tables, one, null);
    // Its identities stand, and whoever was to make it died between two steps.
    else create.set(person, Math.min(create.get(person) ?? NEVER, one.event.received));
  }
}

async function moveEvent(tables: Tables, one: Arriving, person: PersonId | null): Promise<void> {
  const gone = { person: null, done: true, data: '{}', who: '[]' };
  await patiently(() => tables.events.updateOne({ _id: one.event.id }, { $set: person === null ? gone : { person } }));
  one.person = person;
  one.counts = person !== null;
}
