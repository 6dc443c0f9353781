// What stands outside the people: ledger rows and journal lines, written as often as one likes.

import type { Database } from 'better-sqlite3';
import { fenced, firstRow, raise, yieldsToFence } from '../../core/message-status.ts';
import type { LedgerChange, MessageId, MessageRow, PersonId } from '../../core/person.ts';
import { movedLineId } from '../journal-place.ts';
import { messageOut } from './rows.ts';

export interface LineIn {
  readonly id: string;
  readonly at: number;
  readonly journey: string | null;
  readonly body: string;
}

export function prepareLedger(db: Database) {
  const standing = db.prepare<[MessageId], { person: PersonId; body: string }>(
    'SELECT person, body FROM messages WHERE id = ?',
  );
  const put = db.prepare<[MessageId, PersonId, string, string, string, number, string]>(`
    INSERT INTO messages (id, person, journey, channel, status, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET person = excluded.person, journey = excluded.journey, channel = excluded.channel,
      status = excluded.status, at = excluded.at, body = excluded.body`);
  const line = db.prepare<[PersonId, string, string | null, number, string]>(`
    INSERT INTO journal (person, id, journey, at, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (person, id) DO NOTHING`);
  const lines = db.prepare<[PersonId], { seq: number; id: string }>('SELECT seq, id FROM journal WHERE person = ?');
  const moveLine = db.prepare<[PersonId, string, number]>('UPDATE journal SET person = ?, id = ? WHERE seq = ?');
  const moveRows = db.prepare<[PersonId, PersonId]>('UPDATE messages SET person = ? WHERE person = ?');

  function read(id: MessageId): MessageRow | null {
    const row = standing.get(id);
    return row === undefined ? null : messageOut(row);
  }

  function write(row: MessageRow): void {
    put.run(row.id, row.person, row.journey, row.channel, row.status, row.at, JSON.stringify(row));
  }

  return {
    change(person: PersonId, change: LedgerChange): void {
      const before = read(change.message);
      const after = before === null ? firstRow(change) : raise(before, change);
      if (after !== null && after !== before) write(before === null ? { ...after, person } : after);
    },
    /** True where this call put the row there: who gets it may hand over (I5). */
    fence(row: MessageRow): boolean {
      const before = read(row.id);
      if (!yieldsToFence(before, row)) return false;
      write(fenced(before, row));
      return true;
    },
    /** Whether the message was somebody's who was erased. */
    isNobodys: (id: MessageId): boolean => standing.get(id)?.person === '',
    note: (person: PersonId, { id, journey, at, body }: LineIn): void => void line.run(person, id, journey, at, body),
    move(loser: PersonId, winner: PersonId): void {
      moveRows.run(winner, loser);
      for (const { seq, id } of lines.all(loser)) moveLine.run(winner, movedLineId(id, loser), seq);
    },
  };
}
