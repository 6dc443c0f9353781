// How records travel between the threads and lie in the tables: large parts as JSON text, made and read on the main
// thread, so that the writer only moves text.

import type { Intent, JournalEntry, LedgerChange, MessageRow, Person, PersonId } from '../../core/person.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type {
  Change,
  Deployment,
  IncomingEvent,
  Lane,
  Loaded,
  StoredEvent,
  StoredJourney,
  StoredWorkspace,
} from '../../ports/store.ts';
import { digest, lastIntent, type PersonDigest } from '../person-digest.ts';

export type EventIn = Omit<IncomingEvent, 'data'> & { readonly data: string };

export interface EventRow {
  readonly id: string;
  readonly person: PersonId | null;
  readonly source: string;
  readonly name: string;
  readonly at: number;
  readonly received: number;
  readonly done: number;
  readonly hops: number;
  readonly data: string;
  readonly who: string;
  readonly links: string;
}

export interface ChangeIn extends PersonDigest {
  readonly id: PersonId;
  readonly rev: number;
  readonly body: string;
  readonly inboxSeq: number;
  readonly exclusive: boolean;
  readonly wakeAt: number | null;
  readonly lane: Lane;
  /** To be copied in the same transaction; null: they stay with the person. */
  readonly intents: readonly IntentIn[] | null;
}

export interface LoadedOut {
  readonly body: string;
  readonly inboxSeq: number;
  readonly events: readonly EventRow[];
  readonly more: boolean;
}

export type IntentIn =
  | {
      readonly kind: 'journal';
      readonly id: string;
      readonly at: number;
      readonly journey: string | null;
      readonly body: string;
    }
  | { readonly kind: 'ledger'; readonly change: LedgerChange }
  | { readonly kind: 'emit'; readonly event: EventIn; readonly applied: boolean }
  | { readonly kind: 'done'; readonly id: string };

export interface CopyIn {
  readonly person: PersonId;
  readonly intents: readonly IntentIn[];
  readonly lastIntent: string | null;
}

export interface JournalRow {
  readonly person: PersonId;
  readonly id: string;
  readonly body: string;
}

export interface WorkspaceOut extends Omit<StoredWorkspace, 'journeys'> {
  readonly journeys: readonly (Omit<StoredJourney, 'templates'> & { readonly templates: string })[];
}

export interface DeploymentIn {
  readonly settings?: string;
  readonly journeys: readonly (Omit<Deployment['journeys'][number], 'templates'> & { readonly templates: string })[];
}

const parse = <T extends Json | object>(text: string): T => JSON.parse(text) as T;

export function eventIn(event: IncomingEvent): EventIn {
  return { ...event, data: JSON.stringify(event.data) };
}

export function eventOut(row: EventRow): StoredEvent {
  const { id, person, source, name, at, received, hops } = row;
  const [data, who, links] = [parse<JsonObject>(row.data), parse<string[]>(row.who), parse<string[]>(row.links)];
  return { id, person, source, name, at, received, data, who, links, hops, done: row.done === 1 };
}

export function changeIn({ person, inboxSeq, exclusive, wakeAt, lane }: Change, copying: boolean): ChangeIn {
  const { id, rev } = person;
  const kept = copying ? { ...person, intents: [] } : person;
  const intents = copying ? person.intents.map((intent) => intentIn(id, intent)) : null;
  return { id, rev, body: JSON.stringify(kept), inboxSeq, exclusive, wakeAt, lane, intents, ...digest(kept) };
}

export function personOut(body: string): Person {
  return parse<Person>(body);
}

export function loadedOut({ body, inboxSeq, more, events }: LoadedOut): Loaded {
  return { person: personOut(body), inboxSeq, events: events.map(eventOut), more };
}

export function copyIn(work: { person: PersonId; intents: readonly Intent[] }): CopyIn {
  const { person, intents } = work;
  return { person, intents: intents.map((intent) => intentIn(person, intent)), lastIntent: lastIntent(intents) };
}

export function intentIn(person: PersonId, intent: Intent): IntentIn {
  const { id } = intent;
  if (intent.kind === 'done') return { kind: 'done', id };
  if (intent.kind === 'ledger') return { kind: 'ledger', change: intent.change };
  if (intent.kind === 'emit') {
    const { name, at, data, hops } = intent.event;
    return {
      kind: 'emit',
      applied: intent.applied === true,
      event: eventIn({ id, source: 'tropa', name, at, received: at, who: [], person, data, hops }),
    };
  }
  const { at, journey } = intent.entry;
  return { kind: 'journal', id, at, journey: journey ?? null, body: JSON.stringify(intent.entry) };
}

export function journalOut({ person, id, body }: JournalRow): JournalEntry & { person: PersonId; id: string } {
  return { ...parse<JournalEntry>(body), person, id };
}

/** Rows of the ledger carry their person in a column of its own: it changes when people are merged. */
export function messageOut({ person, body }: { readonly person: PersonId; readonly body: string }): MessageRow {
  return { ...parse<MessageRow>(body), person };
}
