// What stands outside the people: ledger rows, journal lines and emitted events, copied as often as one likes.

import { fenced, firstRow, raise, yieldsToFence } from '../../core/message-status.ts';
import type { Intent, LedgerChange, PersonId } from '../../core/person.ts';
import type { Forgettable } from '../../ports/keeping.ts';
import type { FenceRow } from '../../ports/store.ts';
import { erasedDigest } from '../erased-digest.ts';
import { movedLineId } from '../journal-place.ts';
import { lastIntent } from '../person-digest.ts';
import { ingest, keepApplied, markDone } from './arrivals.ts';
import { frozenCopyOf } from './plain.ts';
import type { PersonRow, Tables } from './tables.ts';

export function copy(tables: Tables, work: readonly { person: PersonId; intents: readonly Intent[] }[]): void {
  for (const { person, intents } of work) {
    if (tables.erased.has(erasedDigest(person))) continue;
    const row = tables.people.get(person);
    for (const intent of intents) if (!isPast(tables, row, intent)) copyOne(tables, person, intent);
    if (row !== undefined && row.uncopied === lastIntent(intents)) row.uncopied = null;
  }
}

/** Whether an intent surely was copied before and may be forgotten since: copying it again would bring it back. */
function isPast(tables: Tables, row: PersonRow | undefined, intent: Intent): boolean {
  if (row !== undefined && row.uncopied !== null) return false;
  const { horizons } = tables;
  const before = (kind: Forgettable, at: number): boolean => at < (horizons.get(kind) ?? Number.NEGATIVE_INFINITY);
  if (intent.kind === 'journal') return before('journal', intent.entry.at);
  if (intent.kind === 'ledger') return before('messages', intent.change.at);
  return intent.kind === 'emit' && before('events', intent.event.at);
}

function copyOne(tables: Tables, origin: PersonId, intent: Intent): void {
  const person = tables.aliases.get(origin) ?? origin;
  if (intent.kind === 'journal') {
    const id = person === origin ? intent.id : movedLineId(intent.id, origin);
    if (tables.lines.has(`${person}/${id}`)) return;
    tables.lines.add(`${person}/${id}`);
    tables.journal.push(frozenCopyOf({ ...intent.entry, person, id }));
  } else if (intent.kind === 'ledger') changeRow(tables, person, intent.change);
  else if (intent.kind === 'done') markDone(tables, intent.id);
  else {
    const { name, at, data, hops } = intent.event;
    const event = { id: intent.id, source: 'tropa', name, at, received: at, who: [], person, data, hops };
    if (intent.applied === true) keepApplied(tables, event, person);
    else ingest(tables, [event]);
  }
}

function changeRow(tables: Tables, person: PersonId, change: LedgerChange): void {
  const standing = tables.messages.get(change.message);
  const next = standing === undefined ? firstRow(change) : raise(standing, change);
  if (next === null || next === standing) return;
  tables.messages.set(change.message, frozenCopyOf(standing === undefined ? { ...next, person } : next));
}

export function fence(tables: Tables, rows: readonly FenceRow[]): boolean[] {
  return rows.map((row) => {
    if (tables.erased.has(erasedDigest(row.person))) return false;
    const standing = tables.messages.get(row.id) ?? null;
    if (!yieldsToFence(standing, row)) return false;
    const person = tables.aliases.get(row.person) ?? row.person;
    tables.messages.set(row.id, frozenCopyOf({ ...fenced(standing, row), person }));
    return true;
  });
}
