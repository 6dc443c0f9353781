// Read models: what screens and commands ask for, a page at a time.

import type { MessageRow, Person } from '../../core/person.ts';
import type { JournalLine, MessageFilter, SandboxMail, Store, StoreCounts, StoredEvent } from '../../ports/store.ts';
import type { Suppression, SuppressionFilter } from '../../ports/suppressing.ts';
import { parseLineCursor } from '../journal-place.ts';
import { copyOf } from './plain.ts';
import { compareIds, currentPerson, type Tables } from './tables.ts';

type FilterOf<Method extends 'people' | 'journal' | 'events' | 'mails'> = Parameters<Store[Method]>[0];

export function people(tables: Tables, filter: FilterOf<'people'>): Person[] {
  const ids = [...tables.people.keys()].filter((id) => id > (filter.after ?? '')).sort();
  const page: Person[] = [];
  for (const id of ids) {
    if (page.length >= filter.limit) break;
    const row = tables.people.get(id)!;
    if (filter.inside !== undefined && !row.digest.inside.includes(filter.inside)) continue;
    if (filter.faulted !== undefined && row.digest.faulted > 0 !== filter.faulted) continue;
    page.push(copyOf(row.person));
  }
  return page;
}

export function messages(tables: Tables, filter: MessageFilter): MessageRow[] {
  const person = asked(tables, filter.person);
  const rows = [...tables.messages.values()].filter(
    (row) =>
      (person === undefined || row.person === person) &&
      (filter.journey === undefined || row.journey === filter.journey) &&
      (filter.channel === undefined || row.channel === filter.channel) &&
      (filter.status === undefined || filter.status.includes(row.status)),
  );
  return newestFirst(rows, tables.messages.get(filter.before ?? ''), filter);
}

export function mails(tables: Tables, filter: FilterOf<'mails'>): SandboxMail[] {
  const all = [...tables.mails.values()].filter((mail) => filter.id === undefined || mail.id === filter.id);
  return newestFirst(all, tables.mails.get(filter.before ?? ''), filter);
}

function newestFirst<T extends { readonly id: string; readonly at: number }>(
  rows: T[],
  place: T | undefined,
  filter: { readonly before?: string; readonly limit: number },
): T[] {
  if (filter.before !== undefined && place === undefined) return [];
  const order = (a: T, b: T): number => b.at - a.at || compareIds(b.id, a.id);
  const below = place === undefined ? rows : rows.filter((row) => order(place, row) < 0);
  return below.sort(order).slice(0, filter.limit);
}

export function journal(tables: Tables, filter: FilterOf<'journal'>): JournalLine[] {
  const person = asked(tables, filter.person);
  const all = tables.journal.map((line, n) => ({ line, n })).sort((a, b) => a.line.at - b.line.at || a.n - b.n);
  const from = filter.after === undefined ? 0 : placeOf(all, parseLineCursor(filter.after, person)) + 1;
  const mine = all.slice(from).filter(({ line }) => (person ?? line.person) === line.person);
  const lines = mine.map(({ line }) => line).filter((line) => (filter.journey ?? line.journey) === line.journey);
  return lines.slice(0, filter.limit);
}

/** Where a line stands; beyond the end when it is gone, so that a lost cursor reads nothing twice. */
function placeOf(all: readonly { line: JournalLine }[], cursor: { person: string; id: string }): number {
  const place = all.findIndex(({ line }) => line.person === cursor.person && line.id === cursor.id);
  return place < 0 ? all.length : place;
}

export function events(tables: Tables, filter: FilterOf<'events'>): StoredEvent[] {
  const person = asked(tables, filter.person);
  const after = filter.after === undefined ? undefined : tables.events.get(filter.after);
  if (filter.after !== undefined && after === undefined) return [];
  const sign = filter.newest === true ? -1 : 1;
  const order = (a: StoredEvent, b: StoredEvent): number => sign * (a.received - b.received || compareIds(a.id, b.id));
  const found = [...tables.events.values()].filter(
    (event) =>
      (person === undefined || event.person === person) &&
      (filter.name === undefined || event.name === filter.name) &&
      (filter.source === undefined || event.source === filter.source) &&
      (after === undefined || order(after, event) < 0),
  );
  return found.sort(order).slice(0, filter.limit);
}

function asked(tables: Tables, person: string | undefined): string | undefined {
  return person === undefined ? undefined : (currentPerson(tables, person) ?? person);
}

export function suppressions(tables: Tables, { channel, after = '', limit }: SuppressionFilter): Suppression[] {
  return [...tables.suppressed]
    .map(([address, rest]) => ({ address, ...rest }))
    .filter(({ address }) => address > after && (channel === undefined || address.startsWith(`${channel}:`)))
    .sort((a, b) => compareIds(a.address, b.address))
    .slice(0, limit);
}

export function counts(tables: Tables): StoreCounts {
  let [undone, enrollments, faulted] = [0, 0, 0];
  for (const waiting of tables.undone.values()) undone += waiting.size;
  for (const { digest } of tables.people.values()) {
    enrollments += digest.enrollments;
    faulted += digest.faulted;
  }
  return {
    people: tables.people.size,
    events: tables.events.size,
    undone,
    messages: tables.messages.size,
    journal: tables.journal.length,
    enrollments,
    faulted,
  };
}
