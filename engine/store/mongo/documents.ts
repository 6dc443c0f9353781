// What lies in MongoDB: one document a person, a row each for what stands outside of people. What customers typed is JSON
// text throughout, so that no name of theirs becomes a key or an operator (I9). Every uniqueness is an `_id`, so that
// everything can be spread by hashed `_id`.

import { type Connection, type mongo, Schema } from 'mongoose';
import type { MessageId, PersonId } from '../../core/person.ts';
import type { Tally } from '../../core/tallies.ts';
import type { Forgettable } from '../../ports/keeping.ts';
import type { Lane, StoredVersion } from '../../ports/store.ts';

/** `due` of somebody whom nothing will wake: later than every moment. */
export const NEVER = Number.MAX_SAFE_INTEGER;

export interface PersonDoc {
  readonly _id: PersonId;
  readonly rev: number;
  /** Of the commit that wrote it: tells whose of several that were tried it was. */
  readonly token: string;
  /** How many events were acknowledged, and how many of them the last commit had seen. */
  readonly inbox: number;
  readonly seen: number;
  readonly unread: boolean;
  readonly due: number;
  readonly lane: Lane;
  readonly part: number;
  /** The person, as JSON. */
  readonly body: string;
  readonly inside: readonly string[];
  readonly enrollments: number;
  readonly faulted: number;
  /** A hand-over is under way. */
  readonly begun: boolean;
  /** The last intent not known to be copied. */
  readonly owed: string | null;
  /** The format of definitions that deciding this person needs, where a worker did not understand it. */
  readonly needs?: number;
  /** Being erased: what is asked of it, as JSON. Nobody reads or writes such a person any more. */
  readonly erasure?: string;
}

export interface IdentityDoc {
  readonly _id: string;
  readonly person: PersonId;
}

export interface AliasDoc {
  readonly _id: PersonId;
  readonly winner: PersonId;
}

export interface EventDoc {
  readonly _id: string;
  readonly person: PersonId | null;
  readonly source: string;
  readonly name: string;
  readonly at: number;
  readonly received: number;
  readonly effective: number;
  readonly done: boolean;
  readonly hops: number;
  readonly data: string;
  readonly who: string;
  readonly links: string;
  /** Of the call that stored it: a call that had to try again knows its own. */
  readonly token: string;
}

export interface MessageDoc {
  readonly _id: MessageId;
  readonly person: PersonId;
  readonly journey: string;
  readonly channel: string;
  readonly status: string;
  readonly at: number;
  /** Raised by every change: whoever read another one tries again. */
  readonly v: number;
  /** Of the call that wrote it. */
  readonly token: string;
  readonly body: string;
}

export interface LineDoc {
  /** `origin/rev.n`: of the person who said it, whoever they are today. */
  readonly _id: string;
  readonly person: PersonId;
  readonly id: string;
  readonly journey: string | null;
  readonly at: number;
  /** Orders lines of one moment. */
  readonly place: string;
  readonly body: string;
}

export interface MailDoc {
  readonly _id: MessageId;
  readonly person: PersonId;
  readonly channel: string;
  readonly to: string;
  readonly at: number;
  readonly content: string;
}

export interface RefusedDoc {
  readonly _id: mongo.ObjectId;
  readonly at: number;
  readonly source: string;
  readonly code: string;
  readonly detail: string;
  readonly body: string;
}

export interface SuppressionDoc {
  readonly _id: string;
  readonly reason: string;
  readonly at: number;
}

export interface MetaDoc {
  readonly _id: string;
  readonly value: string;
}

export interface JourneyPart {
  readonly id: string;
  readonly current: string;
  /** Hashes of all that ever were in force, in the order in which they came to be. */
  readonly versions: readonly string[];
  readonly paused: boolean;
  readonly archived: boolean;
  /** Of the document that holds the templates. */
  readonly templates: string;
}

export interface WorkspaceDoc {
  readonly _id: 'one';
  readonly revision: number;
  readonly settings: string;
  readonly journeys: readonly JourneyPart[];
}

export interface TemplatesDoc {
  /** Hash of the text. */
  readonly _id: string;
  readonly text: string;
}

export interface VersionDoc extends Omit<StoredVersion, 'hash' | 'number'> {
  readonly _id: string;
}

export interface TallyDoc extends Tally {
  readonly _id: string;
  /** The slice that was added last: one that is added again after a crash counts once. */
  readonly slice: string;
}

export interface HorizonDoc {
  readonly _id: Forgettable;
  readonly at: number;
}

/** What is being forgotten right now; one at a time, and finished by whoever finds it. */
export interface SliceDoc {
  readonly _id: 'one';
  readonly slice: string;
  readonly collection: 'journal' | 'messages';
  readonly ids: readonly string[];
  readonly tallies: readonly Tally[];
}

export interface ErasedDoc {
  readonly _id: string;
  readonly at: number;
}

export interface WorkerDoc {
  readonly _id: string;
  readonly beat: number;
  readonly version: string;
  /** By how many milliseconds its machine's clock differs from the database's, as it measured last. */
  readonly offset?: number;
}

export interface Documents {
  people: PersonDoc;
  identities: IdentityDoc;
  aliases: AliasDoc;
  events: EventDoc;
  messages: MessageDoc;
  journal: LineDoc;
  mails: MailDoc;
  refused: RefusedDoc;
  suppressions: SuppressionDoc;
  meta: MetaDoc;
  workspace: WorkspaceDoc;
  templates: TemplatesDoc;
  versions: VersionDoc;
  tallies: TallyDoc;
  horizons: HorizonDoc;
  slices: SliceDoc;
  erased: ErasedDoc;
  workers: WorkerDoc;
}

export type Collections = { readonly [Name in keyof Documents]: mongo.Collection<Documents[Name]> };

const TEXT = { type: String };
const NUMBER = { type: Number };
const FLAG = { type: Boolean };

/** Each index with the question it answers; what has no line here is found by `_id` alone. */
const SCHEMAS: Readonly<Record<keyof Documents, () => Schema>> = {
  people: () =>
    rows({ due: NUMBER, part: NUMBER, lane: TEXT, unread: FLAG, begun: FLAG, owed: TEXT, faulted: NUMBER })
      // claim, nextWake: who is due, of one worker alone.
      .index({ due: 1 })
      // claim, nextWake: who is due of the partitions a worker holds.
      .index({ part: 1, due: 1 })
      // claim: the transactional among them. backlog: who has waited longest in a lane.
      .index({ lane: 1, due: 1 })
      // claim: whoever has unread events though the clock jumped back. backlog: timers that are late.
      .index({ unread: 1, due: 1 })
      // recover: hand-overs under way …
      .index({ begun: 1 })
      // … and intents that whoever is gone may not have copied.
      .index({ owed: 1 })
      // recover: people whose erasure was cut short.
      .index({ erasure: 1 }, { sparse: true })
      // claim: whom a worker of an older release left to others.
      .index({ needs: 1 }, { sparse: true })
      // people: those inside a journey, page by page; setJourney: those to be woken.
      .index({ inside: 1, _id: 1 })
      // people: those with a fault, page by page.
      .index({ faulted: 1, _id: 1 }),
  // alias, erase, forget: every identity of a person.
  identities: () => rows({ person: TEXT }).index({ person: 1 }),
  // alias, erase: who became this person.
  aliases: () => rows({ winner: TEXT }).index({ winner: 1 }),
  events: () =>
    rows({ person: TEXT, done: FLAG, effective: NUMBER, name: TEXT, at: NUMBER, received: NUMBER })
      // load: what a person has not applied yet, in its order.
      .index({ person: 1, done: 1, effective: 1, _id: 1 })
      // history: what happened to a person by name, latest first.
      .index({ person: 1, name: 1, at: 1, _id: 1 })
      // events, forget: in the order of arrival.
      .index({ received: 1, _id: 1 }),
  messages: () =>
    rows({ person: TEXT, journey: TEXT, at: NUMBER })
      // messages, forget: newest first.
      .index({ at: 1, _id: 1 })
      // messages of a person; erase.
      .index({ person: 1, at: 1, _id: 1 })
      // messages of a journey.
      .index({ journey: 1, at: 1, _id: 1 }),
  journal: () =>
    rows({ person: TEXT, journey: TEXT, at: NUMBER, place: TEXT })
      // journal, forget: in the order of moments.
      .index({ at: 1, place: 1 })
      // the story of a person.
      .index({ person: 1, at: 1, place: 1 })
      // the lines of a journey.
      .index({ journey: 1, at: 1, place: 1 }),
  // mails, forget: newest first. alias, erase: those of a person.
  mails: () => rows({ at: NUMBER, person: TEXT }).index({ at: 1, _id: 1 }).index({ person: 1 }),
  // refused, forget: newest first.
  refused: () => rows({ at: NUMBER }).index({ at: 1 }),
  suppressions: () => rows({}),
  meta: () => rows({}),
  workspace: () => rows({}),
  templates: () => rows({}),
  versions: () => rows({}),
  tallies: () => rows({}),
  horizons: () => rows({}),
  slices: () => rows({}),
  erased: () => rows({}),
  workers: () => rows({}),
};

const rows = (fields: Record<string, object>): Schema =>
  new Schema({ _id: {}, ...fields }, { autoIndex: false, versionKey: false, strict: false });

/** The collections of a connection, and how their indexes are made. */
export function collectionsOf(connection: Connection): { all: Collections; makeIndexes(): Promise<void> } {
  const names = Object.keys(SCHEMAS) as (keyof Documents)[];
  const models = names.map((name) => connection.model(name, SCHEMAS[name](), name));
  const all = Object.fromEntries(
    models.map((model, n) => [names[n], model.collection.conn.db?.collection(model.collection.name)]),
  );
  return {
    all: all as unknown as Collections,
    async makeIndexes() {
      for (const model of models) if (model.schema.indexes().length > 0) await model.createIndexes();
    },
  };
}

/** The indexes a collection of this connection is to have. */
export function indexesOf(connection: Connection, name: keyof Documents): Record<string, unknown>[] {
  return connection
    .model(name)
    .schema.indexes()
    .map(([key]) => key);
}
