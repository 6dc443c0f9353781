// Forgetting in slices: each looks at a few rows, for a few milliseconds, inside a transaction that others share.

import type { Database } from 'better-sqlite3';
import type { JournalEntry, MessageRow, Person, PersonId } from '../../core/person.ts';
import { isUnsettled, lastHeardOf, talliesOfLine, talliesOfRow } from '../../core/tallies.ts';
import type { Forgettable, Forgotten, Slice } from '../../ports/keeping.ts';
import { type Counting, counting, cursorOf, type Enough, placeIn, watch } from './forgetting-slices.ts';
import type { Past } from './horizons.ts';
import { messageOut } from './rows.ts';

/** So many rows are read at once; between them the clock is looked at. */
const ROWS = 16;
/** Free pages left in the file: tomorrow's rows need them anyway. 1 MB in pages of 4 KB. */
const SPARE_PAGES = 256;

interface LineRow {
  readonly seq: number;
  readonly person: PersonId;
  readonly journey: string | null;
  readonly at: number;
  readonly body: string;
}
interface LedgerRow {
  readonly id: string;
  readonly person: PersonId;
  readonly at: number;
  readonly body: string;
}

export type Take = (slice: Slice, enough: Enough) => Forgotten;

/** Takers of everything that goes by its age. Visitors go by `prepareVisitors`. */
export function prepareForgetting(db: Database, past: Past): Record<Exclude<Forgettable, 'people'>, Take> {
  const refused = db.prepare<[number, number]>(`
    DELETE FROM refused WHERE seq IN (SELECT seq FROM refused WHERE at < ? ORDER BY at LIMIT ?)`);
  const mails = db.prepare<[number, number]>(`
    DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE at < ? ORDER BY at, id LIMIT ?)`);
  // What has not taken effect yet stays, however old.
  const events = db.prepare<[number, number]>(`
    DELETE FROM events WHERE id IN (
      SELECT id FROM events WHERE received < ? AND done = 1 ORDER BY received, id LIMIT ?)`);
  const lines = db.prepare<[number, number, number, number], LineRow>(`
    SELECT seq, person, journey, at, body FROM journal
    WHERE (at, seq) > (?, ?) AND at < ? ORDER BY at, seq LIMIT ?`);
  const dropLine = db.prepare<[number]>('DELETE FROM journal WHERE seq = ?');
  const rows = db.prepare<[number, string, number, number], LedgerRow>(`
    SELECT id, person, at, body FROM messages WHERE (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?`);
  const dropRow = db.prepare<[string]>('DELETE FROM messages WHERE id = ?');
  const inside = db.prepare<[string, PersonId], { person: PersonId }>(
    'SELECT person FROM inside WHERE journey = ? AND person = ?',
  );
  const body = db.prepare<[PersonId], { body: string }>('SELECT body FROM people WHERE id = ?');

  const isInside = (person: PersonId, journey: string): boolean => inside.get(journey, person) !== undefined;

  function byAge(remove: (before: number, limit: number) => { changes: number }): Take {
    return ({ before }, enough) => {
      let gone = 0;
      for (;;) {
        const { changes } = remove(before, ROWS);
        gone += changes;
        if (changes < ROWS) return { gone, next: null };
        if (enough(changes)) return { gone, next: 'more' };
      }
    };
  }

  /** Ids of the enrollments a person is in, read once a slice. */
  function liveEnrollments(): (person: PersonId) => ReadonlySet<string> {
    const known = new Map<PersonId, ReadonlySet<string>>();
    return (person) => {
      const found = known.get(person);
      if (found !== undefined) return found;
      const { enrollments } = JSON.parse(body.get(person)?.body ?? '{"enrollments":[]}') as Person;
      const ids = new Set(enrollments.map(({ id }) => id));
      known.set(person, ids);
      return ids;
    };
  }

  const takeLines: Take = (slice, enough) => {
    const counted = counting(past);
    const living = liveEnrollments();
    const step = ({ seq, person, journey, body: text }: LineRow): boolean => {
      const line = JSON.parse(text) as JournalEntry;
      const { enrollment } = line;
      if (enrollment !== undefined && journey !== null && isInside(person, journey) && living(person).has(enrollment))
        return false;
      counted.add(talliesOfLine(line));
      dropLine.run(seq);
      return true;
    };
    const [at, seq] = placeIn(slice.after);
    const page = (from: LineRow | null) =>
      lines.all(from?.at ?? at, from?.seq ?? Number(seq || -1), slice.before, ROWS);
    return walk(page, step, ({ at: place, seq: n }) => cursorOf(place, String(n)), counted, enough);
  };

  const takeRows: Take = (slice, enough) => {
    const counted = counting(past);
    const step = (found: LedgerRow): boolean => {
      const row: MessageRow = messageOut(found);
      if (isUnsettled(row) || lastHeardOf(row) >= slice.before || isInside(found.person, row.journey)) return false;
      counted.add(talliesOfRow(row));
      dropRow.run(found.id);
      return true;
    };
    const [at, id] = placeIn(slice.after);
    const page = (from: LedgerRow | null) => rows.all(from?.at ?? at, from?.id ?? id, slice.before, ROWS);
    return walk(page, step, ({ at: place, id: name }) => cursorOf(place, name), counted, enough);
  };

  const givePages: Take = (_slice, enough) => {
    const free = () => db.pragma('freelist_count', { simple: true }) as number;
    let gone = 0;
    for (let left = free(); left > SPARE_PAGES; left = free()) {
      db.pragma(`incremental_vacuum(${ROWS})`);
      gone += left - free();
      if (enough(ROWS)) return { gone, next: 'more' };
    }
    return { gone, next: null };
  };

  return {
    refused: byAge((before, limit) => refused.run(before, limit)),
    mails: byAge((before, limit) => mails.run(before, limit)),
    events: byAge((before, limit) => events.run(before, limit)),
    journal: takeLines,
    messages: takeRows,
    pages: givePages,
  };
}

/** Goes through what is old enough, page by page, past what has to stay. */
function walk<Row>(
  page: (from: Row | null) => Row[],
  take: (row: Row) => boolean,
  cursor: (row: Row) => string,
  counted: Counting,
  enough: Enough,
): Forgotten {
  let gone = 0;
  let last: Row | null = null;
  for (let more = true; more; ) {
    const found: Row[] = page(last);
    gone += found.filter(take).length;
    const over = found.length < ROWS;
    last = over ? null : (found.at(-1) ?? null);
    more = !over && !enough(found.length);
  }
  counted.write();
  return { gone, next: last === null ? null : cursor(last) };
}

/** Runs one slice by its kind's taker; what is gone by age raises its horizon. */
export function forgetting(takers: Record<Forgettable, Take>, past: Past) {
  return (slice: Slice): Forgotten => {
    const forgotten = takers[slice.kind](slice, watch(slice));
    if (forgotten.gone > 0 && slice.kind !== 'people' && slice.kind !== 'pages') past.raise(slice.kind, slice.before);
    return forgotten;
  };
}
