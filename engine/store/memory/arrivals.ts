// Events arriving and waiting: ingest, what is unread, and what was applied.

import type { Owner } from '../../core/identity.ts';
import { type IdentityKey, newPerson, type PersonId } from '../../core/person.ts';
import type { PastEvent } from '../../language/condition.ts';
import type { HistoryAsk, IncomingEvent, IngestReceipt, StoredEvent } from '../../ports/store.ts';
import { type Directory, planIngest } from '../ingest-plan.ts';
import { digest } from '../person-digest.ts';
import { frozenCopyOf } from './plain.ts';
import { compareIds, currentPerson, setLane, type Tables, wakeBy } from './tables.ts';

export function ingest(tables: Tables, events: readonly IncomingEvent[]): IngestReceipt[] {
  return events.map((event) => ingestOne(tables, event));
}

function ingestOne(tables: Tables, event: IncomingEvent): IngestReceipt {
  const known = tables.events.get(event.id);
  if (known !== undefined) return { id: event.id, outcome: 'duplicate', person: known.person };
  const plan = planIngest(event, directoryOf(tables));
  const { person } = plan;
  // Of somebody who is gone nothing is kept but that it was told.
  const isGone = person === null && event.person !== undefined;
  const { links } = plan;
  const kept = isGone ? { ...event, data: {}, who: [] } : event;
  const stored = storedOf(kept, { person, links, done: person === null });
  tables.events.set(event.id, stored);
  if (person !== null) {
    if (plan.create) createPerson(tables, person, event.received);
    for (const key of plan.attach) attach(tables, key, person);
    arrived(tables, person, stored);
    if (event.urgent === true) setLane(tables, person, 'transactional');
  }
  return { id: event.id, outcome: 'stored', person };
}

function storedOf(event: IncomingEvent, rest: Pick<StoredEvent, 'person' | 'links' | 'done'>): StoredEvent {
  const { id, source, name, at, received, data, who, hops = 0 } = event;
  return frozenCopyOf({ id, source, name, at, received, data, who, hops, ...rest });
}

/** Keeps an event of this person that its own turn has applied, once; nobody is told. */
export function keepApplied(tables: Tables, event: IncomingEvent, person: PersonId): void {
  if (tables.events.has(event.id)) return;
  const stored = storedOf(event, { person, links: [], done: true });
  tables.events.set(event.id, stored);
  remember(tables, person, stored);
}

function directoryOf(tables: Tables): Directory {
  return {
    owner(key): Owner | undefined {
      const person = tables.identities.get(key);
      return person === undefined ? undefined : { person, known: hasUserId(tables, person) };
    },
    current: (person) => currentPerson(tables, person),
  };
}

function hasUserId(tables: Tables, person: PersonId): boolean {
  for (const key of tables.keys.get(person) ?? []) if (key.startsWith('user:')) return true;
  return false;
}

function createPerson(tables: Tables, id: PersonId, now: number): void {
  const person = newPerson(id, now);
  tables.people.set(id, {
    person,
    digest: digest(person),
    inboxSeq: 0,
    seenSeq: 0,
    wakeAt: null,
    lane: 'live',
    uncopied: null,
  });
}

export function attach(tables: Tables, key: IdentityKey, person: PersonId): void {
  tables.identities.set(key, person);
  const keys = tables.keys.get(person);
  if (keys === undefined) tables.keys.set(person, new Set([key]));
  else keys.add(key);
}

/** Puts an event that is not applied yet before its person. */
export function arrived(tables: Tables, person: PersonId, event: StoredEvent): void {
  const row = tables.people.get(person)!;
  row.inboxSeq += 1;
  tables.unread.add(person);
  wakeBy(tables, row, event.received);
  const waiting = tables.undone.get(person);
  if (waiting === undefined) tables.undone.set(person, new Set([event.id]));
  else waiting.add(event.id);
}

export function markDone(tables: Tables, id: string): void {
  const event = tables.events.get(id);
  if (event === undefined || event.done) return;
  const done = Object.freeze({ ...event, done: true });
  tables.events.set(id, done);
  if (done.person === null) return;
  tables.undone.get(done.person)?.delete(id);
  remember(tables, done.person, done);
}

/** Files an applied event where `history` finds it. Most come in order, so the place is looked for from the end. */
export function remember(tables: Tables, person: PersonId, event: StoredEvent): void {
  const names = tables.applied.get(person) ?? new Map<string, StoredEvent[]>();
  tables.applied.set(person, names);
  const list = names.get(event.name) ?? [];
  names.set(event.name, list);
  let place = list.length;
  while (place > 0 && isAfter(list[place - 1]!, event)) place -= 1;
  list.splice(place, 0, event);
}

const isAfter = (a: StoredEvent, b: StoredEvent): boolean => (a.at - b.at || compareIds(a.id, b.id)) > 0;

export function history(tables: Tables, asks: readonly HistoryAsk[]): PastEvent[][] {
  return asks.map((ask) => {
    const person = currentPerson(tables, ask.person);
    const list = (person === null ? undefined : tables.applied.get(person)?.get(ask.name)) ?? [];
    const answer: PastEvent[] = [];
    for (let n = list.length - 1; n >= 0 && answer.length < ask.limit; n -= 1) {
      const { id, at, data } = list[n]!;
      if (ask.since !== null && at < ask.since) break;
      answer.push({ id, at, data });
    }
    return answer;
  });
}
