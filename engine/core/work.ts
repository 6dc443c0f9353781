// One fold in progress: the drafted person, what is known, and the record of what was decided. Lives for one fold only.

import type { Instant, Json, JsonObject, Value } from '../language/values.ts';
import { Moment, Span } from '../language/values.ts';
import type { Definitions } from './definitions.ts';
import type { FactsInHand } from './facts.ts';
import type { EmittedEvent, Intent, JournalEntry, Judged, LedgerChange, Person } from './person.ts';

/** More emits in a row than anybody means. */
export const MAX_HOPS = 16;

export class Work {
  readonly person: Person;
  readonly facts: FactsInHand;
  readonly definitions: Definitions;
  readonly now: Instant;
  /** The event being applied, or `timer`. */
  cause = 'timer';
  hops = 0;
  #entries = 0;
  #judged: Judged[] = [];

  constructor(person: Person, facts: FactsInHand, definitions: Definitions, now: Instant) {
    this.person = person;
    this.facts = facts;
    this.definitions = definitions;
    this.now = now;
  }

  /** Remembers a judged condition; the next journal line carries it. The same condition twice keeps its last answer. */
  judge(judged: Judged): void {
    this.#judged = [...this.#judged.filter((one) => one.text !== judged.text), judged];
  }

  /** Writes one line of the person's story, with the conditions judged since the line before. */
  note(entry: Omit<JournalEntry, 'at'> & { at?: Instant }): void {
    const judged = this.#judged;
    this.#judged = [];
    this.#intend({
      kind: 'journal',
      id: this.#nextId(),
      entry: { at: this.now, because: this.cause, ...entry, ...(judged.length > 0 && { judged }) },
    });
  }

  ledger(change: LedgerChange): void {
    this.#intend({ kind: 'ledger', id: this.#nextId(), change });
  }

  /** Puts an event of our own on the road. Its id follows from this revision, so copying twice makes one. */
  emit(name: string, data: JsonObject, id: string, at: Instant = this.now): void {
    const event: EmittedEvent = { name, at, data, hops: this.hops + 1 };
    this.#intend({ kind: 'emit', id, event });
  }

  done(event: string): void {
    this.#intend({ kind: 'done', id: event });
  }

  #intend(intent: Intent): void {
    this.person.intents.push(intent);
  }

  #nextId(): string {
    this.#entries += 1;
    return `${String(this.person.rev).padStart(8, '0')}.${String(this.#entries).padStart(4, '0')}`;
  }
}

/** A value as JSON keeps it: moments as milliseconds would not be told from numbers, so they become ISO texts elsewhere. */
export function toJson(value: Value, iso: (ms: Instant) => string): Json {
  if (value instanceof Moment) return iso(value.ms);
  if (value instanceof Span) return value.ms;
  if (Array.isArray(value)) return value.map((item) => toJson(item, iso));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, iso)]));
  }
  return value;
}
