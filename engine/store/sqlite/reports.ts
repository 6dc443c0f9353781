// What the reports' thread can be asked: read models, a page at a time, each a short snapshot.

import type { Database } from 'better-sqlite3';
import type { MessageId, PersonId } from '../../core/person.ts';
import {
  type Backlog,
  type Lane,
  type MessageFilter,
  MOST_LATE,
  type Store,
  type StoreCounts,
} from '../../ports/store.ts';
import type { Suppression, SuppressionFilter } from '../../ports/suppressing.ts';
import { parseLineCursor } from '../journal-place.ts';
import { preparePastReports } from './horizons.ts';
import type { MailRow, Refused } from './keepsakes.ts';
import type { EventRow, JournalRow } from './rows.ts';

type FilterOf<Method extends 'people' | 'journal' | 'events' | 'mails'> = Parameters<Store[Method]>[0];
type Value = string | number | null;
interface LedgerRow {
  readonly person: PersonId;
  readonly body: string;
}

export type Reports = ReturnType<typeof prepareReports>;

/** Conditions gathered with their values: nothing a caller typed ever becomes SQL (I9). */
function conditions() {
  const parts: string[] = [];
  const values: Value[] = [];
  return {
    values,
    add(sql: string, ...given: Value[]): void {
      parts.push(sql);
      values.push(...given);
    },
    where: (): string => (parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`),
  };
}

export function prepareReports(db: Database) {
  const winner = db.prepare<[PersonId], { winner: PersonId }>('SELECT winner FROM aliases WHERE loser = ?');
  const message = db.prepare<[MessageId], LedgerRow>('SELECT person, body FROM messages WHERE id = ?');
  const refused = db.prepare<[number], Refused>(`
    SELECT at, source, code, detail, body FROM refused ORDER BY at DESC, seq DESC LIMIT ?`);
  const counted = db.prepare<[], StoreCounts>(`
    SELECT (SELECT count(*) FROM queue) AS people,
      (SELECT count(*) FROM events) AS events,
      (SELECT count(*) FROM events WHERE done = 0) AS undone,
      (SELECT count(*) FROM messages) AS messages,
      (SELECT count(*) FROM journal) AS journal,
      (SELECT coalesce(sum(enrollments), 0) FROM people WHERE inside <> '[]') AS enrollments,
      (SELECT coalesce(sum(faulted), 0) FROM people WHERE faulted > 0) AS faulted`);
  // The longest waiting stand first in the index of who is due; nothing beyond is read.
  const lags = db.prepare<{ now: number; before: number; most: number }, { lane: Lane; since: number; late: number }>(`
    SELECT lane, min(wake_at) AS since, sum(inbox_seq = seen_seq AND wake_at < :before) AS late
    FROM (SELECT lane, wake_at, inbox_seq, seen_seq FROM queue WHERE wake_at <= :now ORDER BY wake_at LIMIT :most)
    GROUP BY lane`);
  const urgentSince = db.prepare<[number], { since: number | null }>(`
    SELECT min(wake_at) AS since FROM queue WHERE lane = 'transactional' AND wake_at <= ?`);
  const listed = db.prepare<[{ from: string; to: string; after: string; limit: number }], Suppression>(`
    SELECT address, reason, at FROM suppressions
    WHERE address >= :from AND address < :to AND address > :after ORDER BY address LIMIT :limit`);
  const standsFor = (person: PersonId): PersonId => winner.get(person)?.winner ?? person;

  function backlog(now: number, before: number): Backlog {
    const found = lags.all({ now, before, most: MOST_LATE });
    const since = (lane: Lane): number | null => found.find((one) => one.lane === lane)?.since ?? null;
    return {
      since: { transactional: urgentSince.get(now)?.since ?? null, live: since('live'), bulk: since('bulk') },
      late: found.reduce((sum, { late }) => sum + late, 0),
    };
  }

  function people(filter: FilterOf<'people'>): { body: string }[] {
    const asked = conditions();
    if (filter.after !== undefined) asked.add('id > ?', filter.after);
    if (filter.inside !== undefined) asked.add('id IN (SELECT person FROM inside WHERE journey = ?)', filter.inside);
    if (filter.faulted !== undefined) asked.add(filter.faulted ? 'faulted > 0' : 'faulted = 0');
    return db
      .prepare<Value[], { body: string }>(`SELECT body FROM people ${asked.where()} ORDER BY id LIMIT ?`)
      .all(...asked.values, filter.limit);
  }

  function messages(filter: MessageFilter): LedgerRow[] {
    const asked = conditions();
    if (filter.person !== undefined) asked.add('person = ?', standsFor(filter.person));
    if (filter.journey !== undefined) asked.add('journey = ?', filter.journey);
    if (filter.channel !== undefined) asked.add('channel = ?', filter.channel);
    if (filter.status !== undefined) {
      asked.add('status IN (SELECT value FROM json_each(?))', JSON.stringify(filter.status));
    }
    if (filter.before !== undefined) asked.add('(at, id) < (SELECT at, id FROM messages WHERE id = ?)', filter.before);
    return db
      .prepare<Value[], LedgerRow>(
        `SELECT person, body FROM messages ${asked.where()} ORDER BY at DESC, id DESC LIMIT ?`,
      )
      .all(...asked.values, filter.limit);
  }

  function journal(filter: FilterOf<'journal'>): JournalRow[] {
    const asked = conditions();
    const person = filter.person === undefined ? undefined : standsFor(filter.person);
    if (person !== undefined) asked.add('person = ?', person);
    if (filter.journey !== undefined) asked.add('journey = ?', filter.journey);
    if (filter.after !== undefined) {
      const cursor = parseLineCursor(filter.after, person);
      asked.add('(at, seq) > (SELECT at, seq FROM journal WHERE person = ? AND id = ?)', cursor.person, cursor.id);
    }
    return db
      .prepare<Value[], JournalRow>(`SELECT person, id, body FROM journal ${asked.where()} ORDER BY at, seq LIMIT ?`)
      .all(...asked.values, filter.limit);
  }

  function events(filter: FilterOf<'events'>): EventRow[] {
    const asked = conditions();
    if (filter.person !== undefined) asked.add('person = ?', standsFor(filter.person));
    if (filter.name !== undefined) asked.add('name = ?', filter.name);
    if (filter.source !== undefined) asked.add('source = ?', filter.source);
    const [beyond, order] = filter.newest === true ? ['<', 'received DESC, id DESC'] : ['>', 'received, id'];
    if (filter.after !== undefined) {
      asked.add(`(received, id) ${beyond} (SELECT received, id FROM events WHERE id = ?)`, filter.after);
    }
    return db
      .prepare<Value[], EventRow>(`
        SELECT id, person, source, name, at, received, done, hops, data, who, links
        FROM events ${asked.where()} ORDER BY ${order} LIMIT ?`)
      .all(...asked.values, filter.limit);
  }

  function mails(filter: FilterOf<'mails'>): MailRow[] {
    const asked = conditions();
    if (filter.id !== undefined) asked.add('id = ?', filter.id);
    if (filter.before !== undefined) asked.add('(at, id) < (SELECT at, id FROM mails WHERE id = ?)', filter.before);
    return db
      .prepare<Value[], MailRow>(`
        SELECT id, person, channel, recipient AS "to", at, content
        FROM mails ${asked.where()} ORDER BY at DESC, id DESC LIMIT ?`)
      .all(...asked.values, filter.limit);
  }

  function suppressions({ channel = '', after = '', limit }: SuppressionFilter): Suppression[] {
    // `;` follows `:`: what begins with `email:` lies between them.
    const [from, to] = channel === '' ? ['', '\u{10ffff}'] : [`${channel}:`, `${channel};`];
    return listed.all({ from, to, after, limit });
  }

  return {
    backlog,
    suppressions,
    people,
    message: (id: MessageId): LedgerRow | null => message.get(id) ?? null,
    ledger: (ids: readonly MessageId[]): LedgerRow[] => ids.flatMap((id) => message.get(id) ?? []),
    messages,
    journal,
    events,
    mails,
    refused: (limit: number): Refused[] => refused.all(limit),
    counts: (): StoreCounts => counted.get()!,
    ...preparePastReports(db),
  };
}
