// A person: the one small record in which everything that concerns one human stands under one revision (I4).
// Shapes only; what happens to them is decided in the other files of this room.

import type { Memory } from '../language/compile/memory.ts';
import type { Channel } from '../language/template.ts';
import type { Instant, Json, JsonObject } from '../language/values.ts';

export type PersonId = string;
/** `user:anna`, `email:anna@example.com`, `phone:+3716…`, `anonymous:9f…`: kind, colon, normalised value. */
export type IdentityKey = string;
export type MessageId = string;

export interface Trait {
  value: Json;
  /** Effective time of the event that wrote it; the later wins, a tie goes to the greater event id. */
  at: Instant;
  by: string;
  /** Only seen as somebody's address in passing; gives way to any that was told on purpose. */
  weak?: boolean;
  /** Told with the public key of a page, as by anybody: gives way to everything else. */
  visitors?: boolean;
}

/** The latest word about a channel (`sms`) or one of its categories (`email/offers`), with its proof (P20). */
export interface Consent {
  granted: boolean;
  at: Instant;
  by: string;
  source: string;
  text?: string;
  version?: string;
  ip?: string;
  /** A yes that an import told; gives way to every word that was told on purpose, earlier or later. */
  weak?: boolean;
  /** The page where it was asked. */
  page?: string;
  /** The browser in which it was given, as it names itself. */
  agent?: string;
  /** Told with the public key of a page, as by anybody. */
  visitors?: boolean;
  /** Not confirmed yet: no yes for categories that need a confirmation. */
  pending?: boolean;
  /** The address whose owner confirmed it: of no other one it is confirmed. */
  address?: string;
}

/** How somebody was asked to confirm a yes. */
export interface Asked {
  last: Instant;
  times: number;
}

/** What is known of one push endpoint; `keys` is null once it has ended. */
export interface Device {
  keys: { p256dh: string; auth: string } | null;
  /** Effective time of the event that said so, and its id. */
  at: Instant;
  by: string;
  /** The browser, as it names itself. */
  agent?: string;
  /** Told with the public key of a page, by a visitor of these anonymous ids, who may have claimed to be anybody. */
  claimed?: IdentityKey[];
}

export interface Order {
  total: number;
  currency: string | null;
  /** Which event told total and currency: rank, time and id, so that any order of arrival ends the same. */
  told: [rank: number, at: Instant, id: string];
  /** When it was placed or paid, whichever came first; null until either is known (a refund may come before). */
  placed: Instant | null;
  cancelled: boolean;
  refunds: { [refundId: string]: number };
}

/** Orders too old to change, as sums. */
export interface PastOrders {
  count: number;
  first: Instant | null;
  last: Instant | null;
  /** By currency; `` where none was told. */
  totals: { [currency: string]: number };
}

/** A timer belongs to one visit of one state of one enrollment (I7). */
export interface Timer {
  step: string;
  phase: string | null;
  visit: number;
  at: Instant;
}

export interface EnrollmentFault {
  at: Instant;
  code: string;
  message: string;
  step: string | null;
}

export interface Enrollment {
  id: string;
  journey: string;
  /** Hash of the definition it entered under and finishes under (I8). */
  version: string;
  key: string | null;
  /** 1 for a person's first entry into this journey. */
  entry: number;
  startedBy: string;
  enteredAt: Instant;
  /** What started it: data, `at` (its own time) and the trigger's name. */
  trigger: { data: JsonObject; at: Instant; name: string | null };
  /** The step where it stands, and which part of it. */
  step: string;
  phase: string | null;
  memory: Memory;
  timers: Timer[];
  holdout: boolean;
  /** Splits decided beforehand (a spec's `pick`). */
  pick?: { [step: string]: string };
  fault?: EnrollmentFault;
}

/** What is remembered of a journey a person was in. */
export interface JourneyPast {
  entries: number;
  enteredAt: Instant;
  endedAt: Instant | null;
  outcome: string | null;
  /** Last entry by key, kept where `reenter` must look back on it (`never`, a duration). `` is no key. */
  keys: { [key: string]: Instant };
}

/** A silence being waited for: `idle` of a trigger. */
export interface IdleWait {
  journey: string;
  /** Index of the trigger in the journey's list. */
  trigger: number;
  key: string | null;
  event: string;
  at: Instant;
  data: JsonObject;
  due: Instant;
}

export interface GoalWatch {
  enrollment: string;
  journey: string;
  version: string;
  key: string | null;
  enteredAt: Instant;
  trigger: Enrollment['trigger'];
  holdout: boolean;
  until: Instant | null;
}

export type SkipReason =
  | 'no_address'
  | 'suppressed'
  | 'no_consent'
  | 'audience'
  | 'capped'
  | 'quiet'
  | 'expired'
  | 'paused'
  | 'exited'
  | 'holdout';

/** A message that has been decided and has not ended yet. */
export interface OutboxItem {
  id: MessageId;
  enrollment: string;
  journey: string;
  version: string;
  step: string;
  visit: number;
  channel: Channel;
  template: string;
  /** Evaluated `with`. */
  with: JsonObject;
  subject: string | null;
  contact: string;
  priority: number;
  decidedAt: Instant;
  /** `ready`: to be judged; `held`: not before `until`; `begun`: handed over, its outcome not yet known here. */
  status: 'ready' | 'held' | 'begun';
  until: Instant | null;
  reason: string | null;
  /** Hand-over attempts so far; raised before trying. */
  attempts: number;
  begunAt: Instant | null;
  /** The address it goes to and the consent it stands on, fixed when it began (P20). */
  to: string | null;
  proof: (Consent & { scope: string }) | null;
  /** `tropa resolve resend`: allowed past the fence once more, under this generation. */
  generation: number;
  /** Sent again on somebody's word: its enrollment may have ended meanwhile. */
  resend?: true;
  /** Where there is no enrollment (any more): what stands for the trigger's data. */
  sample?: JsonObject;
}

/** A click that may still turn out to be a machine's. */
export interface HeldClick {
  id: string;
  message: MessageId;
  url: string;
  at: Instant;
  /** What every event about the message says of it. */
  about: JsonObject;
}

/** Room taken under the caps. */
export interface CapSlot {
  contact: string;
  message: MessageId;
  channel: Channel;
  at: Instant;
}

export interface Person {
  id: PersonId;
  /** Raised by every commit; whoever finds another one has lost the race. */
  rev: number;
  createdAt: Instant;
  lastSeenAt: Instant;
  /** The greatest `now` of any turn: time never runs backwards for a person. */
  now: Instant;
  identities: IdentityKey[];
  traits: { [name: string]: Trait };
  consent: { [scope: string]: Consent };
  /** Anonymous ids of which the shop itself said that they are this person's. */
  vouched?: IdentityKey[];
  /** By endpoint. */
  devices?: { [endpoint: string]: Device };
  orders: { [orderId: string]: Order };
  pastOrders?: PastOrders;
  /** The person's own pause. */
  pausedUntil: Instant | null;
  /** When they were last asked to confirm, and how often, by template and address. */
  asked?: { [mail: string]: Asked };
  enrollments: Enrollment[];
  past: { [journey: string]: JourneyPast };
  idle: IdleWait[];
  /** Silences that were called off, kept without data while an older event that comes late could arm them again. */
  calledOff?: IdleWait[];
  goals: GoalWatch[];
  outbox: OutboxItem[];
  slots: CapSlot[];
  /** Clicks that are not judged yet. */
  clicks?: HeldClick[];
  /** Ids of events applied whose done marks may not be copied yet. */
  applied: string[];
  /** What belongs elsewhere and is not yet known to be copied there (I4). */
  intents: Intent[];
  /** Kept fields set beforehand, where a laboratory begins in the middle of a life. */
  kept?: JsonObject;
  /** People merged into this one, by id: absorbing again does nothing. */
  absorbed: PersonId[];
  /** Merged into that person: frozen, decides nothing any more. */
  into: PersonId | null;
}

/** One condition as it was judged: its text, its value, and the values it read. */
export interface Judged {
  text: string;
  value: Json;
  read: JsonObject;
  remarks?: string[];
}

/** One line of a person's story. `n` orders the lines of one revision. */
export interface JournalEntry {
  at: Instant;
  kind:
    | 'entered'
    | 'refused_entry'
    | 'moved'
    | 'exited'
    | 'converted'
    | 'decided'
    | 'begun'
    | 'held'
    | 'skipped'
    | 'receipt'
    | 'updated'
    | 'emitted'
    | 'idle'
    | 'fault'
    | 'retried'
    | 'merged'
    | 'migrated';
  journey?: string;
  version?: string;
  enrollment?: string;
  step?: string;
  phase?: string;
  message?: MessageId;
  /** Id of the event, or `timer`, that caused it. */
  because?: string;
  reason?: string;
  judged?: Judged[];
  detail?: JsonObject;
}

/** What a message's ledger row must rise to. Rows are made by the fence or by a hold or skip. */
export interface LedgerChange {
  message: MessageId;
  status: MessageStatus;
  at: Instant;
  reason?: string;
  providerId?: string;
  machine?: boolean;
  value?: Json;
  /** Everything else of the row, where this change may be the one that makes it. */
  row?: MessageRow;
}

export type MessageStatus =
  | 'held'
  | 'sending'
  | 'sent'
  | 'unknown'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'replied'
  | 'bounced'
  | 'failed'
  | 'skipped';

/** One row of the ledger of messages. */
export interface MessageRow {
  id: MessageId;
  person: PersonId;
  enrollment: string;
  journey: string;
  version: string;
  step: string;
  visit: number;
  channel: Channel;
  template: string;
  category: string;
  holdout: boolean;
  to: string | null;
  status: MessageStatus;
  reason: string | null;
  /** When it was decided. */
  at: Instant;
  times: { [status in MessageStatus | 'machine_opened']?: Instant };
  proof: OutboxItem['proof'];
  contentHash: string | null;
  /** Where the short links of a text message lead, in their order. */
  links?: string[];
  providerId: string | null;
  generation: number;
}

/** Something to be written outside the aggregate, under a deterministic id, as often as one likes. */
export type Intent =
  | { kind: 'journal'; id: string; entry: JournalEntry }
  | { kind: 'ledger'; id: string; change: LedgerChange }
  /** `applied`: what its own turn has applied already; it is kept, and nobody is told. */
  | { kind: 'emit'; id: string; event: EmittedEvent; applied?: true }
  | { kind: 'done'; id: string };

/** An event the engine itself puts on the road, of the same person. */
export interface EmittedEvent {
  name: string;
  at: Instant;
  data: JsonObject;
  /** How many emits led here; 16 is a fault. */
  hops: number;
}

/** A message that has just been decided: what nobody has judged yet. */
export function undecided(
  now: Instant,
): Pick<OutboxItem, 'decidedAt' | 'status' | 'until' | 'reason' | 'attempts' | 'begunAt' | 'to' | 'proof'> {
  return {
    decidedAt: now,
    status: 'ready',
    until: null,
    reason: null,
    attempts: 0,
    begunAt: null,
    to: null,
    proof: null,
  };
}

/** An empty person as of `now`. */
export function newPerson(id: PersonId, now: Instant): Person {
  return {
    id,
    rev: 0,
    createdAt: now,
    lastSeenAt: now,
    now,
    identities: [],
    traits: {},
    consent: {},
    orders: {},
    pausedUntil: null,
    enrollments: [],
    past: {},
    idle: [],
    goals: [],
    outbox: [],
    slots: [],
    applied: [],
    intents: [],
    absorbed: [],
    into: null,
  };
}
