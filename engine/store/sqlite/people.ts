// People's records: made by the first event, replaced whole by a commit of the next revision.

import type { Database } from 'better-sqlite3';
import { newPerson, type PersonId } from '../../core/person.ts';
import type { CommitOutcome } from '../../ports/store.ts';
import type { Claims } from './claims.ts';
import type { Queue } from './queue.ts';
import type { ChangeIn } from './rows.ts';

export type People = ReturnType<typeof preparePeople>;

interface Standing {
  readonly rev: number;
  readonly inside: string;
}

export function preparePeople(db: Database, queue: Queue, claims: Claims) {
  const insert = db.prepare<[PersonId, string]>(`
    INSERT INTO people (id, rev, body, inside, enrollments, faulted, begun) VALUES (?, 0, ?, '[]', 0, 0, 0)`);
  const standing = db.prepare<[PersonId], Standing>('SELECT rev, inside FROM people WHERE id = ?');
  const body = db.prepare<[PersonId], { body: string }>('SELECT body FROM people WHERE id = ?');
  const update = db.prepare<[number, string, string, number, number, number, PersonId]>(`
    UPDATE people SET rev = ?, body = ?, inside = ?, enrollments = ?, faulted = ?, begun = ? WHERE id = ?`);
  const remove = db.prepare<[PersonId]>('DELETE FROM people WHERE id = ?');
  const leave = db.prepare<[PersonId]>('DELETE FROM inside WHERE person = ?');
  const enter = db.prepare<[string, PersonId]>('INSERT INTO inside (journey, person) VALUES (?, ?)');
  const owe = db.prepare<[PersonId, string]>(`
    INSERT INTO uncopied (person, last_intent) VALUES (?, ?)
    ON CONFLICT (person) DO UPDATE SET last_intent = excluded.last_intent`);
  const settle = db.prepare<[PersonId]>('DELETE FROM uncopied WHERE person = ?');
  const copied = db.prepare<[PersonId, string | null]>('DELETE FROM uncopied WHERE person = ? AND last_intent = ?');

  function mayCommit(change: ChangeIn, before: Standing | undefined, token: string | null): before is Standing {
    if (before === undefined || before.rev !== change.rev - 1) return false;
    if (token !== null && !claims.holds(token, change.id)) return false;
    return !change.exclusive || queue.inboxSeq(change.id) === change.inboxSeq;
  }

  function reindex(id: PersonId, journeys: readonly string[]): void {
    leave.run(id);
    for (const journey of journeys) enter.run(journey, id);
  }

  return {
    create(id: PersonId, now: number): void {
      insert.run(id, JSON.stringify(newPerson(id, now)));
      queue.create(id);
    },
    body: (id: PersonId): string | null => body.get(id)?.body ?? null,
    /** Stores a decided person where nobody was quicker. Never inserts: a person that is gone stays gone. */
    commit(change: ChangeIn, token: string | null): CommitOutcome {
      const before = standing.get(change.id);
      if (!mayCommit(change, before, token)) return 'lost';
      const inside = JSON.stringify(change.inside);
      const { id, rev, enrollments, faulted, begun } = change;
      update.run(rev, change.body, inside, enrollments, faulted, begun ? 1 : 0, id);
      if (inside !== before.inside) reindex(id, change.inside);
      if (change.lastIntent === null) settle.run(id);
      else owe.run(id, change.lastIntent);
      queue.committed(change);
      return 'won';
    },
    /** Notes that a person's intents up to this one stand where they belong. */
    copied: (id: PersonId, last: string | null): void => void copied.run(id, last),
    remove(id: PersonId): void {
      remove.run(id);
      leave.run(id);
      settle.run(id);
      queue.remove(id);
    },
  };
}
