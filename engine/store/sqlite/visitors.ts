// Forgetting visitors whole. Somebody with much of their own goes over several slices: their record last, so that whatever
// is left is found again.

import type { Database } from 'better-sqlite3';
import { isForgotten } from '../../core/anonymous.ts';
import type { JournalEntry, MessageRow, Person, PersonId } from '../../core/person.ts';
import { stripped, talliesOfLine } from '../../core/tallies.ts';
import type { Claims } from './claims.ts';
import type { Take } from './forgetting.ts';
import { counting, type Enough } from './forgetting-slices.ts';
import type { Past } from './horizons.ts';
import type { People } from './people.ts';
import { messageOut } from './rows.ts';

/** Records are read so many at a time, what belongs to one visitor as well. */
const ROWS = 16;

interface Standing {
  readonly id: PersonId;
  readonly seen: number | null;
}

/** The taker of people; who is claimed, unread, not wholly copied or known by an alias is left alone. */
export function prepareVisitors(db: Database, past: Past, people: People, claims: Claims): Take {
  // Who is inside a journey is not even read: parsing every record would be what takes the time.
  const standing = db.prepare<[PersonId, number], Standing>(`
    SELECT id, CASE WHEN enrollments = 0 AND begun = 0 THEN json_extract(body, '$.lastSeenAt') END AS seen
    FROM people WHERE id > ? ORDER BY id LIMIT ?`);
  const busy = db.prepare<[{ person: PersonId }], { one: number }>(`
    SELECT 1 AS one FROM queue WHERE person = :person AND inbox_seq > seen_seq
    UNION ALL SELECT 1 FROM uncopied WHERE person = :person
    UNION ALL SELECT 1 FROM identities WHERE person = :person AND NOT (key >= 'anonymous:' AND key < 'anonymous;')`);
  const events = db.prepare<[PersonId, number]>(`
    DELETE FROM events WHERE id IN (SELECT id FROM events WHERE person = ? LIMIT ?)`);
  const mails = db.prepare<[PersonId, number]>(`
    DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE person = ? LIMIT ?)`);
  const lines = db.prepare<[PersonId, number], { seq: number; body: string }>(
    'SELECT seq, body FROM journal WHERE person = ? LIMIT ?',
  );
  const dropLine = db.prepare<[number]>('DELETE FROM journal WHERE seq = ?');
  const rows = db.prepare<[PersonId, number], { id: string; person: PersonId; body: string }>(
    'SELECT id, person, body FROM messages WHERE person = ? LIMIT ?',
  );
  const strip = db.prepare<[PersonId, string, string]>('UPDATE messages SET person = ?, body = ? WHERE id = ?');
  const identities = db.prepare<[PersonId]>('DELETE FROM identities WHERE person = ?');
  const aliases = db.prepare<[PersonId]>('DELETE FROM aliases WHERE winner = ?');

  function mayGo({ id, seen }: Standing, before: number): boolean {
    if (seen === null || seen >= before || !claims.isFree(id) || busy.get({ person: id }) !== undefined) return false;
    return isForgotten(JSON.parse(people.body(id)!) as Person, before);
  }

  function dropLines(person: PersonId): number {
    const counted = counting(past);
    const found = lines.all(person, ROWS);
    for (const { seq, body } of found) {
      counted.add(talliesOfLine(JSON.parse(body) as JournalEntry));
      dropLine.run(seq);
    }
    counted.write();
    return found.length;
  }

  function stripRows(person: PersonId): number {
    const found = rows.all(person, ROWS);
    for (const one of found) {
      const row: MessageRow = stripped(messageOut(one));
      strip.run(row.person, JSON.stringify(row), one.id);
    }
    return found.length;
  }

  /** Removes somebody; false when the slice is over before they are gone. */
  function remove(person: PersonId, enough: Enough): boolean {
    const parts = [
      () => events.run(person, ROWS).changes,
      () => mails.run(person, ROWS).changes,
      () => dropLines(person),
      () => stripRows(person),
    ];
    for (const part of parts) {
      for (let went = ROWS; went === ROWS; ) {
        went = part();
        if (enough(went) && went === ROWS) return false;
      }
    }
    identities.run(person);
    aliases.run(person);
    people.remove(person);
    return true;
  }

  /** Lets go of whom may go of a page; ends early where the slice is over, and then says so. */
  function visit(found: readonly Standing[], from: PersonId, before: number, enough: Enough) {
    let [gone, place] = [0, from];
    for (const one of found) {
      const goes = mayGo(one, before);
      if (goes && !remove(one.id, enough)) return { gone, place, over: true };
      gone += goes ? 1 : 0;
      place = one.id;
      if (enough(1)) return { gone, place, over: true };
    }
    return { gone, place, over: false };
  }

  return ({ before, after }, enough) => {
    let gone = 0;
    let place = after ?? '';
    for (;;) {
      const found = standing.all(place, ROWS);
      const visited = visit(found, place, before, enough);
      gone += visited.gone;
      place = visited.place;
      if (visited.over) return { gone, next: place };
      if (found.length < ROWS) return { gone, next: null };
    }
  };
}
