// Recounts everything twice, by roads that do not meet, and names every difference (I10, P37).

import type { Store } from '../ports/store.ts';
import { journalOf, messagesOf } from './figures.ts';

export interface Finding {
  readonly about: string;
  readonly detail: string;
}

export interface Audit {
  readonly people: number;
  readonly events: number;
  readonly messages: number;
  readonly journal: number;
  readonly undone: number;
  readonly unknown: number;
  readonly findings: readonly Finding[];
}

const PAGE = 2_000;

/** Compares people, journal, ledger and events with each other. No finding means that nothing is lost or doubled. */
export async function audit(store: Store, now: number): Promise<Audit> {
  const findings: Finding[] = [];
  const find = (about: string, detail: string) => findings.push({ about, detail });
  const inside = new Set<string>();
  const begun = new Set<string>();
  const decided = new Set<string>();
  let journal = 0;
  for await (const line of journalOf(store)) {
    journal += 1;
    const { enrollment = '', message = '' } = line;
    if (line.kind === 'entered') {
      if (inside.has(enrollment)) find('enrollment', `${enrollment} entered twice`);
      inside.add(enrollment);
    } else if (line.kind === 'exited' && !inside.delete(enrollment)) find('enrollment', `${enrollment} left without having entered`);
    else if (line.kind === 'begun') begun.add(message);
    else if (line.kind === 'decided') decided.add(message);
  }
  const outbox = await comparePeople(store, inside, find);
  const { messages, unknown } = await compareMessages(store, { begun, decided, outbox }, find);
  const counts = await store.counts();
  const next = await store.nextWake();
  if (counts.undone > 0 && (next === null || next > now)) find('events', `${counts.undone} events have taken no effect, and nobody is due`);
  return { people: counts.people, events: counts.events, messages, journal, undone: counts.undone, unknown, findings };
}

type Find = (about: string, detail: string) => void;

/** Everybody's live enrollments against the journal's; answers what is still in an outbox. */
async function comparePeople(store: Store, inside: ReadonlySet<string>, find: Find): Promise<Set<string>> {
  const outbox = new Set<string>();
  const seen = new Set<string>();
  let after: string | undefined;
  for (;;) {
    const people = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const person of people) {
      for (const item of person.outbox) outbox.add(item.id);
      if (person.into !== null) continue;
      for (const { id } of person.enrollments) {
        seen.add(id);
        if (!inside.has(id)) find('enrollment', `${id} of ${person.id} is live, and the journal does not know it`);
      }
    }
    if (people.length < PAGE) break;
    after = people.at(-1)?.id;
  }
  for (const id of inside) if (!seen.has(id)) find('enrollment', `${id} entered and never left, and nobody is in it`);
  return outbox;
}

async function compareMessages(store: Store, known: { begun: Set<string>; decided: Set<string>; outbox: Set<string> }, find: Find): Promise<{ messages: number; unknown: number }> {
  const rows = new Set<string>();
  let unknown = 0;
  for await (const row of messagesOf(store)) {
    if (rows.has(row.id)) find('message', `${row.id} stands twice in the ledger`);
    rows.add(row.id);
    if (row.status === 'unknown') unknown += 1;
    if (row.times.sending !== undefined && !known.begun.has(row.id)) find('message', `${row.id} was handed over, and the journal does not know it`);
    if (row.status === 'sending' && !known.outbox.has(row.id)) find('message', `${row.id} was handed over, has no outcome and is in no outbox`);
  }
  for (const id of known.begun) if (!rows.has(id) && !known.outbox.has(id)) find('message', `${id} began to leave and has no row in the ledger`);
  for (const id of known.decided) if (!rows.has(id) && !known.outbox.has(id)) find('message', `${id} was decided, and nobody knows what became of it`);
  return { messages: rows.size, unknown };
}
