// Erasing a person in memory: the same promises as any store's.

import type { PersonId } from '../../core/person.ts';
import { closed, exitsOf } from '../../core/tallies.ts';
import type { Erased, Erasure } from '../../ports/erasing.ts';
import { erasedDigest } from '../erased-digest.ts';
import { mentionsOf } from '../mentions.ts';
import { count, dropLine } from './forgetting.ts';
import { copy } from './ledger.ts';
import type { Tables } from './tables.ts';

export function isErased(tables: Tables, person: PersonId): boolean {
  return tables.erased.has(erasedDigest(person));
}

export function erase(tables: Tables, erasure: Erasure): Erased | null {
  const { person: id, rev, inboxSeq, at, known, marks } = erasure;
  const row = tables.people.get(id);
  if (row === undefined || row.person.rev !== rev || row.inboxSeq !== inboxSeq) return null;
  // What was decided before is counted like everything else.
  copy(tables, [{ person: id, intents: row.person.intents }]);
  const identities = [...(tables.keys.get(id) ?? [])];
  count(tables, exitsOf(row.person));
  const erased = { ...dropRecords(tables, id), refused: dropRefusals(tables, [...known, ...identities]), identities };
  for (const key of known) tables.suppressed.delete(key.replace(/^phone:/, 'sms:'));
  for (const mark of marks) tables.suppressed.set(mark, { reason: 'erased', at });
  for (const key of identities) tables.identities.delete(key);
  for (const [loser, winner] of [...tables.aliases]) {
    if (winner !== id) continue;
    tables.aliases.delete(loser);
    tables.erased.add(erasedDigest(loser));
  }
  tables.erased.add(erasedDigest(id));
  for (const one of [tables.keys, tables.applied, tables.undone, tables.claims, tables.people]) one.delete(id);
  tables.unread.delete(id);
  tables.urgent.delete(id);
  return erased;
}

function dropRecords(tables: Tables, id: PersonId): Pick<Erased, 'events' | 'journal' | 'mails' | 'messages'> {
  const ofTheirs = <T extends { readonly person: PersonId | null }>(all: Iterable<T>): T[] =>
    [...all].filter(({ person }) => person === id);
  const events = ofTheirs(tables.events.values());
  for (const event of events) tables.events.delete(event.id);
  const rows = ofTheirs(tables.messages.values());
  // A channel may know them by a name of their own: their messages are theirs all the same.
  const sent = new Set(rows.map((row) => row.id));
  const mails = [...tables.mails.values()].filter(({ id: mail, person }) => person === id || sent.has(mail));
  for (const mail of mails) tables.mails.delete(mail.id);
  const lines = ofTheirs(tables.journal);
  for (const line of lines) dropLine(tables, line);
  for (const row of rows) tables.messages.set(row.id, Object.freeze(closed(row)));
  return { events: events.length, journal: lines.length, mails: mails.length, messages: rows.length };
}

function dropRefusals(tables: Tables, known: readonly string[]): number {
  const mentions = mentionsOf(known);
  const kept = tables.refused.filter(({ body, detail }) => !mentions(body) && !mentions(detail));
  const dropped = tables.refused.length - kept.length;
  tables.refused = kept;
  return dropped;
}
