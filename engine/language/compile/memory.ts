// What an enrollment remembers inside its journey: the context of its machine. Stored as it is, so names here are a
// contract with every later release (I8); none of XState's internals appear.

import type { Instant, Json } from '../values.ts';
import type { Channel } from '../template.ts';

/** How one message fared, as far as its enrollment knows. Times are the receipts' own. */
export interface MessageMemo {
  /** Message id, minted by the decision (I5). */
  id: string;
  visit: number;
  channel: Channel;
  sent?: Instant;
  delivered?: Instant;
  opened?: Instant;
  clicked?: Instant;
  replied?: Instant;
  failed?: Instant;
  /** When it was skipped, and why. */
  skipped?: Instant;
  reason?: string;
  /** Nobody confirmed the outcome; never a reason to fall back (I5). */
  unknown?: Instant;
  machine_opened?: Instant;
  /** What an answer said, or which link was clicked. */
  data?: { [key: string]: Json };
}

export interface Memory {
  vars: { [name: string]: Json };
  /** How often each state was entered, by step id. */
  visits: { [step: string]: number };
  /** By the step that sent it; the latest visit's. */
  messages: { [step: string]: MessageMemo };
  /** Steps whose messages belong to the present pass of a ladder, by the ladder's step id. */
  passes: { [ladder: string]: string[] };
  /** When the last send or wait ended: where a `wait_for` begins to look for events. */
  mark: Instant;
  /** Contacts so far; it rises when time has passed, so that sends leaving together share one. */
  contact: number;
  rounds: { [loop: string]: { n: number; started: Instant } };
  /** When the present wait of a state ends; null where its moment is missing. */
  due: { [state: string]: Instant | null };
}

/** An empty memory as of entering at `now`. */
export function freshMemory(now: Instant): Memory {
  return { vars: {}, visits: {}, messages: {}, passes: {}, mark: now, contact: 1, rounds: {}, due: {} };
}
