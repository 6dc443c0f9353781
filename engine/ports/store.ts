// What the engine needs of a database, in the domain's words. Every adapter under `store/` passes `store.contract.ts`.
// No method is atomic over two people; nothing here assumes SQL, transactions or a single process.

import type {
  IdentityKey,
  Intent,
  JournalEntry,
  MessageId,
  MessageRow,
  MessageStatus,
  Person,
  PersonId,
} from '../core/person.ts';
import type { PastEvent } from '../language/condition.ts';
import type { Instant, JsonObject, Millis } from '../language/values.ts';
import type { Erasing } from './erasing.ts';
import type { Forgetful } from './keeping.ts';
import type { Suppressing } from './suppressing.ts';

/** Something that happened, as a door hands it in. */
export interface IncomingEvent {
  /** hash(source, the source's own id): the same thing told twice has the same id (I2). */
  readonly id: string;
  readonly source: string;
  readonly name: string;
  /** When it happened by its own clock. */
  readonly at: Instant;
  readonly received: Instant;
  /** Whom it is about, when the engine does not know the person yet; may be empty for events of nobody. */
  readonly who: readonly IdentityKey[];
  /** Keys of a person to be united with this one on purpose (`alias`). */
  readonly aliases?: readonly IdentityKey[];
  /** The person, where the engine itself is the source. */
  readonly person?: PersonId;
  /** People to be absorbed, where the engine already knows them. */
  readonly links?: readonly PersonId[];
  readonly data: JsonObject;
  readonly hops?: number;
  /** Something transactional may come of it: its person goes before everybody else. */
  readonly urgent?: boolean;
}

/** An event kept for a person. Effective time is min(`at`, `received` + 5 min). */
export interface StoredEvent {
  readonly id: string;
  readonly person: PersonId | null;
  readonly source: string;
  readonly name: string;
  readonly at: Instant;
  readonly received: Instant;
  readonly data: JsonObject;
  readonly who: readonly IdentityKey[];
  readonly links: readonly PersonId[];
  readonly hops: number;
  readonly done: boolean;
}

export interface IngestReceipt {
  readonly id: string;
  readonly outcome: 'stored' | 'duplicate';
  /** Null for events of nobody. */
  readonly person: PersonId | null;
}

export type Lane = 'transactional' | 'live' | 'bulk';

/** A right to decide for these people until `leaseMs` of the store's holder's monotonic clock have passed. */
export interface Claim {
  readonly token: string;
  readonly people: readonly PersonId[];
}

export interface Loaded {
  readonly person: Person;
  /** How many events were acknowledged for this person when it was loaded. */
  readonly inboxSeq: number;
  /** Events not yet applied, in order (effective time, id), at most 100. */
  readonly events: readonly StoredEvent[];
  /** There are more than were loaded. */
  readonly more: boolean;
}

/** A decided person, to be stored whole or not at all. */
export interface Change {
  /** With `rev` one above what was loaded. */
  readonly person: Person;
  readonly inboxSeq: number;
  /** Refused as lost when events arrived since it was loaded: nothing acknowledged may be unread when a hand-over begins (P04). */
  readonly exclusive: boolean;
  /** When this person is to be looked at again, or null; events that arrived meanwhile keep it due at once. */
  readonly wakeAt: Instant | null;
  readonly lane: Lane;
}

/**
 * `copied`: won, and the intents stand where they belong already: a store that can do so in the same transaction keeps
 * the person without them.
 */
export type CommitOutcome = 'won' | 'copied' | 'lost';

/** The first line of the ledger for a message: who fails to insert it does not send (I5). */
export type FenceRow = MessageRow;

export interface HistoryAsk {
  readonly person: PersonId;
  readonly name: string;
  /** Own time at or after this; null: all that are kept. */
  readonly since: Instant | null;
  readonly limit: number;
}

export interface StoredVersion {
  readonly hash: string;
  readonly journey: string;
  /** 1, 2, 3 … within the journey. */
  readonly number: number;
  readonly yaml: string;
  readonly parent: string | null;
  readonly deployedAt: Instant;
  readonly author: string | null;
  /** The oldest format of definitions that can say it; absent: the first, which every release understands. */
  readonly format?: number;
  /** Names of the events it may care about: told where there is a format, for those who do not understand it. */
  readonly hears?: readonly string[];
}

export interface StoredJourney {
  readonly id: string;
  readonly current: string;
  readonly paused: boolean;
  readonly archived: boolean;
  /** Template file name → text, as of now; not versioned (I8). */
  readonly templates: Readonly<Record<string, string>>;
}

/** What workers read; raised as one by `deploy`. */
export interface StoredWorkspace {
  /** Rises with every change of anything here. */
  readonly revision: number;
  readonly settings: string;
  readonly journeys: readonly StoredJourney[];
}

export interface Deployment {
  readonly settings?: string;
  readonly journeys: readonly {
    readonly id: string;
    readonly version: Omit<StoredVersion, 'number'> | null;
    /** The version the author started from; refused as stale when it is not current. Null: whatever is there. */
    readonly expect: string | null;
    readonly templates: Readonly<Record<string, string>>;
  }[];
}

export interface MessageFilter {
  readonly person?: PersonId;
  readonly journey?: string;
  readonly status?: readonly MessageStatus[];
  readonly channel?: string;
  /** Newest first, below this id's place. */
  readonly before?: MessageId;
  readonly limit: number;
}

export interface JournalLine extends JournalEntry {
  readonly person: PersonId;
  /** Revision and place: `rev.n`. */
  readonly id: string;
}

/** A message the sandbox keeps: what a person would have received. */
export interface SandboxMail {
  readonly id: MessageId;
  readonly person: PersonId;
  readonly channel: string;
  readonly to: string;
  readonly at: Instant;
  readonly content: JsonObject;
}

/** How far deciding is behind, whoever is to do it. */
export interface Backlog {
  /** Since when the one who has waited longest in each lane has been due, by an unread event or by a timer; null: nobody is. */
  readonly since: Readonly<Record<Lane, Instant | null>>;
  /** People with a timer due before `lateBefore` and nothing unread; not counted further than `MOST_LATE`. */
  readonly late: number;
}

/** Beyond so many late timers nobody counts on: what is asked every few seconds reads no more than this. */
export const MOST_LATE = 10_000;

export interface StoreCounts {
  readonly people: number;
  readonly events: number;
  readonly undone: number;
  readonly messages: number;
  readonly journal: number;
  readonly enrollments: number;
  readonly faulted: number;
}

export interface Store extends Forgetful, Suppressing, Erasing {
  /** Stores each event once and marks its person due. Durable on return (I2). Unknown identities make a person (`mint('person', event id)`). */
  ingest(events: readonly IncomingEvent[]): Promise<IngestReceipt[]>;

  /**
   * People due at `now` (`wakeAt` reached, or events unread), oldest first, held by nobody else: at most `limit`
   * of them, and fewer once those taken have `limit` events to be read. Without a lane the transactional come first,
   * though never alone while others wait. A claim lapses `leaseMs` after `tick`.
   */
  claim(request: { lane: Lane | null; now: Instant; limit: number; tick: Millis; leaseMs: Millis }): Promise<Claim>;
  /**
   * Where many share the store: these are left to workers that understand the format each needs, and offered to nobody
   * else until the definitions change.
   */
  leave?(people: readonly { readonly person: PersonId; readonly format: number }[]): Promise<void>;
  /** Where many share the store: definitions have changed, and whoever was left by this process may be understood now. */
  reconsider?(): Promise<void>;
  /** Gives back what a claim still holds. */
  release(claim: Claim): Promise<void>;
  /** The earliest `wakeAt` of anybody, or null: when to look again. */
  nextWake(): Promise<Instant | null>;
  /**
   * Looked up in indexes and bounded, so that it may be asked every few seconds. A lane all of whose people come after the
   * `MOST_LATE` who have waited longest may be told as null.
   */
  backlog(now: Instant, lateBefore: Instant): Promise<Backlog>;
  /** Loads people as they are; an alias is answered by the person it became; unknown ids are left out. */
  load(people: readonly PersonId[]): Promise<Loaded[]>;
  /** Applied events of these names, newest first. One answer an ask, in order. */
  history(asks: readonly HistoryAsk[]): Promise<(readonly PastEvent[])[]>;
  /**
   * Stores each person where `rev` (and, when exclusive, `inboxSeq`) is as loaded and the claim still stands; each for
   * itself. With `copying`, a store may copy the intents of whoever won in the same step (`copied`).
   */
  commit(changes: readonly Change[], claim: Claim | null, copying?: boolean): Promise<CommitOutcome[]>;
  /** Writes intents where they belong: journal, ledger, done marks; emitted events through the same road. As often as one likes. */
  copy(work: readonly { person: PersonId; intents: readonly Intent[] }[]): Promise<void>;
  /** Inserts first ledger rows; true where this call inserted it. A row that is only `held` counts as absent; so does an older `generation`. */
  fence(rows: readonly FenceRow[]): Promise<boolean[]>;
  /** Completes a merge: identities, events and ledger rows of `loser` become `winner`'s, `loser` becomes an alias. Idempotent. */
  alias(loser: PersonId, winner: PersonId): Promise<void>;
  /** Makes everybody due whose hand-over was under way when the last holder of this store died. */
  recover(now: Instant): Promise<void>;

  workspace(): Promise<StoredWorkspace>;
  version(hash: string): Promise<StoredVersion | null>;
  versions(journey: string): Promise<StoredVersion[]>;
  /** Moves `current` by compare-and-set, all or nothing; names the journeys whose parent was stale. */
  deploy(deployment: Deployment): Promise<{ stale: string[] }>;
  /** Pauses, resumes or archives; makes everybody inside due when `resume`. */
  setJourney(id: string, flags: { paused?: boolean; archived?: boolean }, now: Instant): Promise<void>;

  find(key: IdentityKey): Promise<PersonId | null>;
  people(filter: { after?: PersonId; limit: number; inside?: string; faulted?: boolean }): Promise<Person[]>;
  message(id: MessageId): Promise<MessageRow | null>;
  /** Ledger rows of these ids; unknown ones are left out. */
  ledger(ids: readonly MessageId[]): Promise<MessageRow[]>;
  messages(filter: MessageFilter): Promise<MessageRow[]>;
  journal(filter: { person?: PersonId; journey?: string; after?: string; limit: number }): Promise<JournalLine[]>;
  /** In the order in which they arrived, or the latest first; those of nobody among them. */
  events(filter: {
    person?: PersonId;
    name?: string;
    source?: string;
    after?: string;
    newest?: boolean;
    limit: number;
  }): Promise<StoredEvent[]>;
  counts(): Promise<StoreCounts>;

  keepMail(mail: SandboxMail): Promise<void>;
  mails(filter: { limit: number; before?: MessageId; id?: MessageId }): Promise<SandboxMail[]>;

  /** Bodies a door refused, kept for a look. */
  keepRefused(refused: { at: Instant; source: string; code: string; detail: string; body: string }): Promise<void>;
  refused(limit: number): Promise<{ at: Instant; source: string; code: string; detail: string; body: string }[]>;

  /** Small facts of the installation: the secret, the test clock, paused senders. */
  meta(key: string): Promise<string | null>;
  setMeta(key: string, value: string): Promise<void>;
  /** Sets it where it still is `was` (null: absent); false where another was faster. */
  swapMeta(key: string, was: string | null, value: string): Promise<boolean>;

  /** Writes a consistent copy of everything to `path`. */
  backup(path: string): Promise<void>;
  /** Answers when the store can take writes; throws `E_UNAVAILABLE` otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
