// What the journal says, as the audit compares it, and how far back it is whole.

import { AHEAD } from '../core/events.ts';
import type { Instant } from '../language/values.ts';
import type { Horizons } from '../ports/keeping.ts';
import type { JournalLine, Store } from '../ports/store.ts';
import { journalOf } from './ledger.ts';

export interface Finding {
  readonly about: 'enrollment' | 'message' | 'event' | 'count';
  readonly detail: string;
}

export type Find = (about: Finding['about'], detail: string) => void;

/** From which moments on everything is there; of what is older some may be forgotten, and its absence is no finding. */
interface Kept {
  readonly journal: Instant;
  readonly messages: Instant;
}

export function keptSince({ journal, messages }: Horizons): Kept {
  // What an event dated itself and when it was noted differ by as much as a clock may run ahead.
  const since = (horizon: Instant | undefined) => (horizon === undefined ? Number.NEGATIVE_INFINITY : horizon + AHEAD);
  return { journal: since(journal), messages: since(messages) };
}

export interface JournalFacts {
  readonly kept: Kept;
  lines: number;
  /** Entered and not left, with the journey. */
  readonly inside: Map<string, string>;
  readonly decided: Set<string>;
  /** message → when it last began to leave. */
  readonly begun: Map<string, Instant>;
  /** message → signals that were told. */
  readonly receipts: Map<string, Set<string>>;
  /** message → reason. */
  readonly skipped: Map<string, string>;
}

export async function readJournal(store: Store, kept: Kept, find: Find): Promise<JournalFacts> {
  const facts: JournalFacts = {
    kept,
    lines: 0,
    inside: new Map(),
    decided: new Set(),
    begun: new Map(),
    receipts: new Map(),
    skipped: new Map(),
  };
  for await (const line of journalOf(store)) {
    facts.lines += 1;
    if (line.kind === 'entered' || line.kind === 'exited') passDoor(facts, line, find);
    else if (line.message !== undefined) noteMessage(facts, line, line.message);
  }
  return facts;
}

function passDoor({ inside, kept }: JournalFacts, line: JournalLine, find: Find): void {
  const { kind, enrollment = '', journey = '', detail } = line;
  if (kind === 'entered') {
    if (inside.has(enrollment)) find('enrollment', `${enrollment} of ${journey} entered twice`);
    inside.set(enrollment, journey);
    return;
  }
  const entered = typeof detail?.entered === 'number' ? detail.entered : Number.NEGATIVE_INFINITY;
  if (!inside.delete(enrollment) && entered >= kept.journal)
    find('enrollment', `${enrollment} of ${journey} left without having entered`);
}

function noteMessage(facts: JournalFacts, { kind, at, reason = '' }: JournalLine, message: string): void {
  // A row may go that was heard of last before its horizon; the lines about it are not younger.
  if (kind === 'decided' && at >= facts.kept.messages) facts.decided.add(message);
  else if (kind === 'begun') facts.begun.set(message, at);
  else if (kind === 'skipped') facts.skipped.set(message, reason);
  else if (kind === 'receipt') facts.receipts.set(message, (facts.receipts.get(message) ?? new Set()).add(reason));
}

/** Whether the journal's line about what happened then is surely still there. */
export function lives(at: Instant | undefined, { kept }: JournalFacts): boolean {
  return at !== undefined && at >= kept.journal;
}
