// One person's timeline as data, newest first and page by page: events, decisions with the values they read, messages and
// what became of them. In words it is told by `story.ts`, and by the dashboard in the reader's language.

import type { Judged, MessageRow, Person } from '../core/person.ts';
import { formatIso } from '../language/calendar.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { JournalLine, Store, StoredEvent } from '../ports/store.ts';
import { journalOf } from './ledger.ts';

export interface TimelineLine {
  readonly id: string;
  readonly at: Instant;
  readonly kind: JournalLine['kind'] | 'event';
  readonly journey: string | null;
  readonly step: string | null;
  readonly reason: string | null;
  readonly until: Instant | null;
  readonly message: {
    readonly id: string;
    readonly channel: string;
    readonly template: string;
    readonly status: string;
    readonly step: string;
    readonly consent: string | null;
  } | null;
  readonly event: { readonly name: string; readonly source: string; readonly data: JsonObject } | null;
  readonly note: string | null;
  readonly judged: readonly Judged[];
}

export interface TimelinePage {
  readonly lines: readonly TimelineLine[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

const MOST_EVENTS = 10_000;
/** The journal tells better what the engine's own events did. */
const OWN = /^(tropa|message|journey|segment)\./;

/** A page of it, below a line of the page before. */
export async function timeline(
  store: Store,
  person: Person,
  { before, limit }: { before: string | null; limit: number },
): Promise<TimelinePage> {
  const journal: JournalLine[] = [];
  // Parts of one step (waiting, leaving) are the engine's own business.
  for await (const line of journalOf(store, { person: person.id }))
    if (line.kind !== 'moved' || line.phase === undefined) journal.push(line);
  const events = await store.events({ person: person.id, newest: true, limit: MOST_EVENTS });
  const all: (JournalLine | StoredEvent)[] = [...journal, ...events.filter(({ name }) => !OWN.test(name))];
  const place = (one: JournalLine | StoredEvent): number => ('kind' in one ? one.at : one.received);
  // Of one moment: the event first, then what came of it, so the other way round here.
  const order = new Map(journal.map((line, n) => [line, n + 1]));
  const rank = (one: JournalLine | StoredEvent): number => ('kind' in one ? (order.get(one) ?? 0) : 0);
  all.sort((a, b) => place(b) - place(a) || rank(b) - rank(a));
  const from = before === null ? 0 : all.findIndex((one) => one.id === before) + 1;
  const page = all.slice(from, from + limit);
  const ids = page.flatMap((one) => ('kind' in one && one.message !== undefined ? [one.message] : []));
  const rows = new Map((await store.ledger([...new Set(ids)])).map((row) => [row.id, row]));
  return {
    lines: page.map((one) => ('kind' in one ? decision(one, rows) : event(one))),
    next: from + limit < all.length ? (page.at(-1)?.id ?? null) : null,
  };
}

function decision(line: JournalLine, rows: ReadonlyMap<string, MessageRow>): TimelineLine {
  const row = rows.get(line.message ?? '');
  const until = line.detail?.until;
  return {
    id: line.id,
    at: line.at,
    kind: line.kind,
    journey: line.journey ?? row?.journey ?? null,
    step: line.step ?? row?.step ?? null,
    reason: line.reason ?? null,
    until: typeof until === 'number' ? until : null,
    message: row === undefined ? null : messageOf(row),
    event: null,
    note: noteOf(line),
    judged: line.judged ?? [],
  };
}

/** What else a line tells, by its kind. */
const NOTES: Readonly<Partial<Record<JournalLine['kind'], (line: JournalLine) => unknown>>> = {
  converted: ({ detail }) =>
    detail?.value == null ? null : `${String(detail.value)} ${String(detail.currency ?? '')}`.trim(),
  fault: ({ detail }) => detail?.message,
  emitted: ({ detail }) => detail?.event,
  updated: ({ detail }) => (Array.isArray(detail?.fields) ? detail.fields.join(', ') : null),
};

function noteOf(line: JournalLine): string | null {
  const note = NOTES[line.kind]?.(line);
  return typeof note === 'string' ? note : null;
}

function messageOf(row: MessageRow): NonNullable<TimelineLine['message']> {
  const { id, channel, template, status, step } = row;
  return { id, channel, template, status, step, consent: consentOf(row) };
}

/** The word a message stood on (P20), in one line; null where none was needed. */
export function consentOf({ proof }: Pick<MessageRow, 'proof'>): string | null {
  if (proof === null) return null;
  const { scope, granted, at, source, version, text } = proof;
  const parts = [`${scope}: ${granted ? 'yes' : 'no'}`, formatIso(at), source, version, text && `“${text}”`];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

function event({ id, received, name, source, data }: StoredEvent): TimelineLine {
  return {
    id,
    at: received,
    kind: 'event',
    journey: null,
    step: null,
    reason: null,
    until: null,
    message: null,
    event: { name, source, data },
    note: null,
    judged: [],
  };
}
