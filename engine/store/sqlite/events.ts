// Events in SQLite: arriving once, waiting for their person's turn, and being history afterwards.

import type { Database } from 'better-sqlite3';
import { effectiveTime } from '../../core/events.ts';
import type { PersonId } from '../../core/person.ts';
import type { HistoryAsk, IngestReceipt } from '../../ports/store.ts';
import { planIngest } from '../ingest-plan.ts';
import type { Identities } from './identities.ts';
import type { People } from './people.ts';
import type { Queue } from './queue.ts';
import type { EventIn, EventRow } from './rows.ts';

const EVENTS_A_TURN = 100;
const COLUMNS = 'id, person, source, name, at, received, done, hops, data, who, links';

/** Of somebody who is gone nothing is kept but that it was told. */
const keptOf = (event: EventIn, person: PersonId | null): Pick<EventIn, 'data' | 'who'> =>
  person === null && event.person !== undefined ? { data: '{}', who: [] } : event;

export type PastRow = Pick<EventRow, 'id' | 'at' | 'data'>;

export function prepareEvents(db: Database, people: People, queue: Queue, identities: Identities) {
  const known = db.prepare<[string], { person: PersonId | null }>('SELECT person FROM events WHERE id = ?');
  // By place: names of parameters are looked up one by one, at every event.
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO events (${COLUMNS}, effective) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const undone = db.prepare<[PersonId, number], EventRow>(`
    SELECT ${COLUMNS} FROM events WHERE person = ? AND done = 0 ORDER BY effective, id LIMIT ?`);
  const past = db.prepare<[PersonId, string, number, number], PastRow>(`
    SELECT id, at, data FROM events WHERE person = ? AND name = ? AND at >= ? AND done = 1
    ORDER BY at DESC, id DESC LIMIT ?`);
  const done = db.prepare<[string]>('UPDATE events SET done = 1 WHERE id = ? AND done = 0');
  const waiting = db.prepare<[PersonId], { count: number; since: number | null }>(`
    SELECT count(*) AS count, min(received) AS since FROM events WHERE person = ? AND done = 0`);
  const move = db.prepare<[PersonId, PersonId]>('UPDATE events SET person = ? WHERE person = ?');

  const list = (items: readonly string[]): string => (items.length === 0 ? '[]' : JSON.stringify(items));

  function ingest(event: EventIn): IngestReceipt {
    const { id, received } = event;
    const before = known.get(id);
    if (before !== undefined) return { id, outcome: 'duplicate', person: before.person };
    const { person, create, attach, links } = planIngest(event, identities.directory);
    keep(event, person, links, person === null);
    if (person === null) return { id, outcome: 'stored', person };
    if (create) people.create(person, received);
    for (const key of attach) identities.attach(key, person);
    queue.arrived(person, 1, received, event.urgent === true);
    return { id, outcome: 'stored', person };
  }

  function keep(event: EventIn, person: PersonId | null, links: readonly PersonId[], done: boolean): void {
    const { id, source, name, at, received } = event;
    const kept = keptOf(event, person);
    insert.run(
      id,
      person,
      source,
      name,
      at,
      received,
      done ? 1 : 0,
      event.hops ?? 0,
      kept.data,
      list(kept.who),
      list(links),
      effectiveTime(event),
    );
  }

  return {
    ingest,
    /** An event of this person that the engine made itself; nobody is told of one that its own turn has applied. */
    emitted(event: EventIn, person: PersonId, applied: boolean): void {
      if (!applied) ingest(event);
      else if (known.get(event.id) === undefined) keep(event, person, [], true);
    },
    undone(person: PersonId): { events: EventRow[]; more: boolean } {
      const events = undone.all(person, EVENTS_A_TURN + 1);
      return { events: events.slice(0, EVENTS_A_TURN), more: events.length > EVENTS_A_TURN };
    },
    history(ask: HistoryAsk): PastRow[] {
      const person = identities.current(ask.person);
      return person === null ? [] : past.all(person, ask.name, ask.since ?? -Number.MAX_VALUE, ask.limit);
    },
    markDone: (id: string): void => void done.run(id),
    /** Moves all events of a merged person; what the winner has not applied yet makes it due. */
    move(loser: PersonId, winner: PersonId): void {
      const { count, since } = waiting.get(loser)!;
      move.run(winner, loser);
      if (count > 0 && since !== null) queue.arrived(winner, count, since, false);
    },
  };
}
