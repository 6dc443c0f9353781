// Recounts everything by roads that do not meet (people, journal, ledger, events), and names every difference (I10).

import type { MessageRow, Person } from '../core/person.ts';
import type { Instant } from '../language/values.ts';
import type { Store, StoreCounts, StoredEvent } from '../ports/store.ts';
import { type Find, type Finding, type JournalFacts, keptSince, lives, readJournal } from './audit-journal.ts';
import { messagesOf } from './ledger.ts';

export interface Audit {
  readonly people: number;
  readonly events: number;
  readonly messages: number;
  readonly journal: number;
  readonly unread: number;
  readonly unknown: number;
  readonly findings: readonly Finding[];
}

const PAGE = 1_000;

/** Compares everything with everything. No finding means that nothing is lost, doubled or forgotten. */
export async function audit(store: Store, now: Instant): Promise<Audit> {
  const findings: Finding[] = [];
  const find: Find = (about, detail) => findings.push({ about, detail });
  const kept = keptSince(await store.horizons());
  const journal = await readJournal(store, kept, find);
  const people = await readPeople(store, journal, find);
  const ledger = await readLedger(store, journal, people, find);
  const events = await readEvents(store, people, now, find);
  compareCounts(
    await store.counts(),
    {
      ...events,
      messages: ledger.rows,
      journal: journal.lines,
      enrollments: people.enrollments,
      people: people.people,
    },
    find,
  );
  return {
    people: people.people,
    events: events.events,
    messages: ledger.rows,
    journal: journal.lines,
    unread: events.undone,
    unknown: ledger.unknown,
    findings,
  };
}

interface PeopleFacts {
  people: number;
  enrollments: number;
  /** What waits or is under way in somebody's outbox. */
  readonly outbox: Set<string>;
  readonly ids: Set<string>;
}

async function readPeople(store: Store, journal: JournalFacts, find: Find): Promise<PeopleFacts> {
  const facts: PeopleFacts = { people: 0, enrollments: 0, outbox: new Set(), ids: new Set() };
  const seen = new Set<string>();
  const look = (person: Person) => {
    facts.people += 1;
    facts.ids.add(person.id);
    for (const item of person.outbox) facts.outbox.add(item.id);
    facts.enrollments += person.enrollments.length;
    // Whoever is being merged stands in two records for a moment.
    for (const { id, journey } of person.enrollments) {
      if (person.into === null && !journal.inside.has(id))
        find('enrollment', `${person.id} is inside ${journey}, and the journal does not know it`);
      seen.add(id);
    }
  };
  let after: string | undefined;
  for (;;) {
    const page = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    page.forEach(look);
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  for (const [id, journey] of journal.inside)
    if (!seen.has(id)) find('enrollment', `${id} entered ${journey} and never left, and nobody is in it`);
  return facts;
}

async function readLedger(
  store: Store,
  journal: JournalFacts,
  { outbox }: PeopleFacts,
  find: Find,
): Promise<{ rows: number; unknown: number }> {
  const rows = new Set<string>();
  let unknown = 0;
  for await (const row of messagesOf(store)) {
    if (rows.has(row.id)) find('message', `${row.id} stands twice in the ledger`);
    rows.add(row.id);
    unknown += row.status === 'unknown' && row.person !== '' ? 1 : 0;
    compareRow(row, journal, outbox, find);
  }
  const nowhere = (id: string) => !rows.has(id) && !outbox.has(id);
  const began = [...journal.begun].filter(([, at]) => at >= journal.kept.messages).map(([id]) => id);
  for (const id of began.filter(nowhere)) find('message', `${id} began to leave and has no row in the ledger`);
  for (const id of [...journal.decided].filter(nowhere))
    find('message', `${id} was decided, and nobody knows what became of it`);
  return { rows: rows.size, unknown };
}

/** Signals whose first time the ledger keeps under the same name. */
const SIGNALS = ['delivered', 'opened', 'clicked', 'replied', 'bounced', 'failed'] as const;

function compareRow(row: MessageRow, journal: JournalFacts, outbox: ReadonlySet<string>, find: Find): void {
  const { id, status, times } = row;
  // Of a visitor who was forgotten nothing is left to compare with.
  if (row.person === '') return;
  if (lives(times.sending, journal) && !journal.begun.has(id))
    find('message', `${id} was handed over, and the journal does not know it`);
  if (status === 'sending' && !outbox.has(id))
    find('message', `${id} was handed over, has no outcome and is in no outbox`);
  if (status === 'held' && !outbox.has(id)) find('message', `${id} is held, and is in no outbox`);
  compareSkip(row, journal, find);
  compareSignals(row, journal, find);
}

function compareSkip({ id, status, times, reason }: MessageRow, journal: JournalFacts, find: Find): void {
  const skipped = journal.skipped.get(id);
  if (skipped === undefined && !lives(times.skipped, journal)) return;
  if ((times.skipped !== undefined) !== (skipped !== undefined))
    find('message', `${id} is skipped in the ${skipped === undefined ? 'ledger' : 'journal'} alone`);
  else if (status === 'skipped' && skipped !== reason)
    find('message', `${id} is skipped as ${reason} in the ledger and as ${skipped} in the journal`);
}

function compareSignals({ id, times }: MessageRow, journal: JournalFacts, find: Find): void {
  const told = journal.receipts.get(id);
  for (const name of SIGNALS) {
    if (told?.has(name) === true && times[name] === undefined)
      find('message', `${id} was ${name} by the journal, and not by the ledger`);
    if (lives(times[name], journal) && told?.has(name) !== true && !implied(name, told))
      find('message', `${id} was ${name} by the ledger, and not by the journal`);
  }
}

/** Complaints, unsubscriptions and opens by machines tell that a message arrived. */
function implied(name: string, told: ReadonlySet<string> | undefined): boolean {
  return (
    name === 'delivered' && ['complained', 'unsubscribed', 'machine_opened'].some((other) => told?.has(other) === true)
  );
}

async function readEvents(
  store: Store,
  { ids }: PeopleFacts,
  now: Instant,
  find: Find,
): Promise<{ events: number; undone: number }> {
  let [events, undone] = [0, 0];
  const look = async (event: StoredEvent) => {
    events += 1;
    if (event.done || event.person === null) return;
    undone += 1;
    if (!ids.has(event.person) && (await store.load([event.person])).length === 0)
      find('event', `${event.id} (${event.name}) is of a person who is not there`);
  };
  let after: string | undefined;
  for (;;) {
    const page = await store.events({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const event of page) await look(event);
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  const next = await store.nextWake();
  const aside = JSON.parse((await store.meta('aside')) ?? '[]') as unknown[];
  if (undone > aside.length && (next === null || next > now))
    find('event', `${undone} events have taken no effect, ${aside.length} are set aside, and nobody is due`);
  return { events, undone };
}

function compareCounts(shown: StoreCounts, counted: Omit<StoreCounts, 'faulted'>, find: Find): void {
  for (const name of ['people', 'events', 'messages', 'journal', 'enrollments'] as const) {
    if (shown[name] !== counted[name]) find('count', `${name}: ${shown[name]} are shown, ${counted[name]} are counted`);
  }
}
