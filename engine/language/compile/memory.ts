// What an enrollment remembers inside its journey: the context of its machine. Stored as it is, so names here are a
// contract with every later release (I8); none of XState's internals appear.

import type { AwaitedSignal, Signal } from '../journey.ts';
import type { Channel } from '../template.ts';
import type { Instant, Json } from '../values.ts';

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
  /** Changes of the person decided in this turn and not yet written to them, so that the next step sees them. */
  patch: { [field: string]: Json };
}

/** An empty memory as of entering at `now`. */
export function freshMemory(now: Instant): Memory {
  return { vars: {}, visits: {}, messages: {}, passes: {}, mark: now, contact: 1, rounds: {}, due: {}, patch: {} };
}

/** A memory that may be written without touching the one it came from; entries are replaced, never changed in place. */
export function draft(memory: Memory): Memory {
  return {
    ...memory,
    vars: { ...memory.vars },
    visits: { ...memory.visits },
    messages: { ...memory.messages },
    passes: { ...memory.passes },
    rounds: { ...memory.rounds },
    due: { ...memory.due },
    patch: { ...memory.patch },
  };
}

/** Left, failed, skipped or of unknown outcome: nothing more has to happen before its sender may go on. */
export function settled(memo: MessageMemo): boolean {
  return (
    memo.sent !== undefined || memo.unknown !== undefined || memo.failed !== undefined || memo.skipped !== undefined
  );
}

/** When it left, or would have left for somebody held out; null when it did not and will not. */
export function leftAt(memo: MessageMemo): Instant | null {
  if (memo.skipped !== undefined) return memo.reason === 'holdout' ? memo.skipped : null;
  return memo.sent ?? memo.unknown ?? null;
}

/** Signals that imply an earlier one; where a channel cannot tell, the nearest later signal counts. */
const IMPLIED_BY: Record<Signal, readonly Signal[]> = {
  delivered: ['delivered', 'opened', 'clicked', 'replied'],
  opened: ['opened', 'clicked', 'replied'],
  clicked: ['clicked', 'replied'],
  replied: ['replied'],
};

/** When a message reached a signal, or null. An answer implies a click only in the sense that it is the nearest later signal. */
export function reached(memo: MessageMemo, signal: AwaitedSignal): Instant | null {
  if (signal === 'failed') return memo.failed ?? null;
  if (signal === 'skipped') return memo.skipped ?? null;
  const times = IMPLIED_BY[signal].map((name) => memo[name]).filter((time): time is Instant => time !== undefined);
  return times.length === 0 ? null : Math.min(...times);
}

/** Whether a signal that has not come can no longer come. A skipped message of somebody held out is waited for in full. */
export function impossible(memo: MessageMemo | undefined, signal: AwaitedSignal): boolean {
  if (memo === undefined) return true;
  if (signal === 'skipped') return memo.sent !== undefined || memo.unknown !== undefined || memo.failed !== undefined;
  if (memo.skipped !== undefined) return memo.reason !== 'holdout';
  return signal !== 'failed' && memo.failed !== undefined;
}
