// Completing a merge: everything that stood under the loser's name stands under the winner's from now on.

import type { PersonId } from '../../core/person.ts';
import { movedLineId } from '../journal-place.ts';
import { arrived, attach, remember } from './arrivals.ts';
import { copy } from './ledger.ts';
import { currentPerson, type Tables } from './tables.ts';

export function alias(tables: Tables, losing: PersonId, winning: PersonId): void {
  const winner = currentPerson(tables, winning);
  const row = tables.people.get(losing);
  if (row === undefined || winner === losing) return;
  if (winner === null) throw new Error(`cannot make ${losing} an alias: there is no person ${winning}`);
  // The loser decides nothing any more, so what it still had to say is copied now or never (I4).
  copy(tables, [{ person: losing, intents: row.person.intents }]);
  for (const [from, to] of tables.aliases) if (to === losing) tables.aliases.set(from, winner);
  tables.aliases.set(losing, winner);
  for (const key of tables.keys.get(losing) ?? []) attach(tables, key, winner);
  moveEvents(tables, losing, winner);
  moveRecords(tables, losing, winner);
  tables.keys.delete(losing);
  tables.people.delete(losing);
  tables.claims.delete(losing);
  tables.unread.delete(losing);
  tables.urgent.delete(losing);
}

function moveEvents(tables: Tables, loser: PersonId, winner: PersonId): void {
  for (const id of tables.undone.get(loser) ?? []) {
    const event = Object.freeze({ ...tables.events.get(id)!, person: winner });
    tables.events.set(id, event);
    arrived(tables, winner, event);
  }
  for (const list of tables.applied.get(loser)?.values() ?? []) {
    for (const event of list) {
      const moved = Object.freeze({ ...event, person: winner });
      tables.events.set(event.id, moved);
      remember(tables, winner, moved);
    }
  }
  tables.undone.delete(loser);
  tables.applied.delete(loser);
}

function moveRecords(tables: Tables, loser: PersonId, winner: PersonId): void {
  for (const row of tables.messages.values()) {
    if (row.person === loser) tables.messages.set(row.id, Object.freeze({ ...row, person: winner }));
  }
  for (const mail of tables.mails.values()) {
    if (mail.person === loser) tables.mails.set(mail.id, Object.freeze({ ...mail, person: winner }));
  }
  for (const [n, line] of tables.journal.entries()) {
    if (line.person !== loser) continue;
    const id = movedLineId(line.id, loser);
    tables.lines.delete(`${loser}/${line.id}`);
    tables.lines.add(`${winner}/${id}`);
    tables.journal[n] = Object.freeze({ ...line, person: winner, id });
  }
}
