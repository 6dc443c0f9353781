// Everything the memory store holds, and the few questions all its parts ask.

import type { IdentityKey, MessageId, MessageRow, Person, PersonId } from '../../core/person.ts';
import type { Tally } from '../../core/tallies.ts';
import type { Instant } from '../../language/values.ts';
import type { Forgettable } from '../../ports/keeping.ts';
import type {
  JournalLine,
  Lane,
  SandboxMail,
  Store,
  StoredEvent,
  StoredJourney,
  StoredVersion,
} from '../../ports/store.ts';
import type { PersonDigest } from '../person-digest.ts';
import { createWakeHeap, type WakeHeap } from './wake-heap.ts';

/** A person and what is kept beside the record. */
export interface PersonRow {
  person: Person;
  digest: PersonDigest;
  inboxSeq: number;
  seenSeq: number;
  wakeAt: Instant | null;
  lane: Lane;
  /** The last intent not known to be copied. */
  uncopied: string | null;
}

interface HeldClaim {
  readonly token: string;
  readonly until: number;
}

export type Refused = Awaited<ReturnType<Store['refused']>>[number];

export interface Tables {
  readonly people: Map<PersonId, PersonRow>;
  readonly aliases: Map<PersonId, PersonId>;
  readonly identities: Map<IdentityKey, PersonId>;
  /** Identity keys by person. */
  readonly keys: Map<PersonId, Set<IdentityKey>>;
  readonly events: Map<string, StoredEvent>;
  /** Events not yet applied, by person, in no order. */
  readonly undone: Map<PersonId, Set<string>>;
  /** Applied events by person and name, in order of their own time. */
  readonly applied: Map<PersonId, Map<string, StoredEvent[]>>;
  readonly wakes: WakeHeap;
  /** People with events nobody has read yet: due whatever the clock says. */
  readonly unread: Set<PersonId>;
  /** People of the transactional lane. */
  readonly urgent: Set<PersonId>;
  readonly claims: Map<PersonId, HeldClaim>;
  readonly messages: Map<MessageId, MessageRow>;
  readonly journal: JournalLine[];
  /** `person/id` of every line there is. */
  readonly lines: Set<string>;
  readonly versions: Map<string, StoredVersion>;
  readonly journeys: Map<string, StoredJourney>;
  /** Digests of people who were erased. */
  readonly erased: Set<string>;
  readonly suppressed: Map<string, { reason: string; at: Instant }>;
  readonly mails: Map<MessageId, SandboxMail>;
  readonly meta: Map<string, string>;
  /** Sums of what is gone, by what they are of. */
  readonly tallies: Map<string, Tally>;
  readonly horizons: Map<Forgettable, Instant>;
  refused: Refused[];
  revision: number;
  settings: string;
}

export function emptyTables(): Tables {
  return {
    people: new Map(),
    aliases: new Map(),
    identities: new Map(),
    keys: new Map(),
    events: new Map(),
    undone: new Map(),
    applied: new Map(),
    wakes: createWakeHeap(),
    unread: new Set(),
    urgent: new Set(),
    claims: new Map(),
    messages: new Map(),
    journal: [],
    lines: new Set(),
    versions: new Map(),
    journeys: new Map(),
    erased: new Set(),
    suppressed: new Map(),
    mails: new Map(),
    meta: new Map(),
    tallies: new Map(),
    horizons: new Map(),
    refused: [],
    revision: 0,
    settings: '',
  };
}

/** The person this id stands for today; null when there is none. */
export function currentPerson(tables: Tables, id: PersonId): PersonId | null {
  const person = tables.aliases.get(id) ?? id;
  return tables.people.has(person) ? person : null;
}

/** Makes a person due at `at`, or leaves an earlier moment as it is. */
export function wakeBy(tables: Tables, row: PersonRow, at: Instant): void {
  if (row.wakeAt === null || at < row.wakeAt) setWake(tables, row, at);
}

export function setWake(tables: Tables, row: PersonRow, at: Instant | null): void {
  if (row.wakeAt === at) return;
  row.wakeAt = at;
  if (at !== null) tables.wakes.push({ at, person: row.person.id });
}

/** By code unit, as databases compare ASCII ids. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Puts a person into a lane. */
export function setLane(tables: Tables, person: PersonId, lane: Lane): void {
  const row = tables.people.get(person);
  if (row === undefined) return;
  row.lane = lane;
  if (lane === 'transactional') tables.urgent.add(person);
  else tables.urgent.delete(person);
}
