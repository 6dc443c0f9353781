// Forgetting in memory: the same promises as any store's, by plain loops. Time is no matter here; the limit is.

import { isForgotten } from '../../core/anonymous.ts';
import type { PersonId } from '../../core/person.ts';
import { isUnsettled, lastHeardOf, stripped, type Tally, talliesOfLine, talliesOfRow } from '../../core/tallies.ts';
import type { Forgettable, Forgotten, Slice } from '../../ports/keeping.ts';
import type { JournalLine, StoredEvent } from '../../ports/store.ts';
import { compareIds, type PersonRow, type Tables } from './tables.ts';

/** Something that may go: by which it is ordered, and how it goes; false where it has to stay. */
interface Candidate {
  readonly place: string;
  readonly go: () => boolean;
}

const CANDIDATES: Readonly<Record<Forgettable, (tables: Tables, before: number) => Candidate[]>> = {
  refused: (tables, before) =>
    tables.refused
      .filter(({ at }) => at < before)
      .map((one, n) => ({
        place: placeOf(one.at, String(n)),
        go() {
          tables.refused = tables.refused.filter((other) => other !== one);
          return true;
        },
      })),
  mails: (tables, before) =>
    [...tables.mails.values()]
      .filter(({ at }) => at < before)
      .map(({ id, at }) => ({ place: placeOf(at, id), go: () => tables.mails.delete(id) })),
  events: (tables, before) =>
    [...tables.events.values()]
      .filter(({ received, done }) => done && received < before)
      .map((event) => ({ place: placeOf(event.received, event.id), go: () => dropEvent(tables, event) })),
  journal: (tables, before) =>
    tables.journal
      .filter(({ at }) => at < before)
      .map((line, n) => ({
        place: placeOf(line.at, String(n).padStart(9, '0')),
        go: () => !isLiving(tables, line) && dropLine(tables, line),
      })),
  messages: (tables, before) =>
    [...tables.messages.values()]
      .filter((row) => row.at < before && lastHeardOf(row) < before && !isUnsettled(row))
      .map((row) => ({
        place: placeOf(row.at, row.id),
        go() {
          if (tables.people.get(row.person)?.digest.inside.includes(row.journey) === true) return false;
          count(tables, talliesOfRow(row));
          return tables.messages.delete(row.id);
        },
      })),
  people: (tables, before) =>
    [...tables.people.values()].map((row) => ({
      place: row.person.id,
      go: () => mayGo(tables, row, before) && dropPerson(tables, row.person.id),
    })),
  pages: () => [],
};

/** Forgets one slice. */
export function forget(tables: Tables, { kind, before, after, limit }: Slice): Forgotten {
  const ordered = CANDIDATES[kind](tables, before).sort((a, b) => compareIds(a.place, b.place));
  const rest = ordered.filter(({ place }) => after === null || place > after);
  const looked = rest.slice(0, limit);
  const gone = looked.filter((candidate) => candidate.go()).length;
  if (gone > 0 && kind !== 'people') tables.horizons.set(kind, Math.max(before, tables.horizons.get(kind) ?? before));
  return { gone, next: rest.length > limit ? looked.at(-1)!.place : null };
}

export function tallies(tables: Tables, { journey }: { journey?: string }): Tally[] {
  const all = [...tables.tallies].sort(([a], [b]) => compareIds(a, b)).map(([, tally]) => tally);
  return all.filter((tally) => journey === undefined || tally.journey === journey);
}

/** Times before 1970 sort too. */
const placeOf = (at: number, name: string): string => `${String(at + 1e15).padStart(17, '0')}/${name}`;

export function count(tables: Tables, counted: readonly Tally[]): void {
  for (const tally of counted) {
    const key = [tally.journey, tally.version, tally.step, tally.name].join('\u0000');
    tables.tallies.set(key, { ...tally, amount: tally.amount + (tables.tallies.get(key)?.amount ?? 0) });
  }
}

function dropEvent(tables: Tables, event: StoredEvent): boolean {
  tables.events.delete(event.id);
  const names = event.person === null ? undefined : tables.applied.get(event.person);
  const list = names?.get(event.name)?.filter(({ id }) => id !== event.id) ?? [];
  if (list.length > 0) names?.set(event.name, list);
  else names?.delete(event.name);
  return true;
}

function isLiving(tables: Tables, { person, enrollment }: JournalLine): boolean {
  return tables.people.get(person)?.person.enrollments.some(({ id }) => id === enrollment) === true;
}

export function dropLine(tables: Tables, line: JournalLine): boolean {
  count(tables, talliesOfLine(line));
  tables.lines.delete(`${line.person}/${line.id}`);
  tables.journal.splice(tables.journal.indexOf(line), 1);
  return true;
}

function mayGo(tables: Tables, row: PersonRow, before: number): boolean {
  const { id } = row.person;
  const anonymous = [...(tables.keys.get(id) ?? [])].every((key) => key.startsWith('anonymous:'));
  const quiet = row.inboxSeq === row.seenSeq && row.uncopied === null && !tables.claims.has(id);
  return anonymous && quiet && isForgotten(row.person, before);
}

function dropPerson(tables: Tables, id: PersonId): boolean {
  const ofTheirs = <T extends { readonly person: PersonId | null }>(all: Iterable<T>): T[] =>
    [...all].filter(({ person }) => person === id);
  for (const event of ofTheirs(tables.events.values())) tables.events.delete(event.id);
  for (const mail of ofTheirs(tables.mails.values())) tables.mails.delete(mail.id);
  for (const line of ofTheirs(tables.journal)) dropLine(tables, line);
  for (const row of ofTheirs(tables.messages.values())) tables.messages.set(row.id, Object.freeze(stripped(row)));
  for (const key of tables.keys.get(id) ?? []) tables.identities.delete(key);
  for (const [loser, winner] of [...tables.aliases]) if (winner === id) tables.aliases.delete(loser);
  tables.keys.delete(id);
  tables.applied.delete(id);
  tables.undone.delete(id);
  return tables.people.delete(id);
}
