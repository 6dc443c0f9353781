// How the ledger row of a message rises: one table of ranks, and what one change makes of a row. Every order of the same
// changes gives the same row, so that copies may be late, repeated and shuffled (I4, I5).

import type { LedgerChange, MessageRow, MessageStatus } from './person.ts';

/**
 * A status is only replaced by one of a higher rank. `unknown` stands below `sent`, so that a late confirmation settles
 * it; the ends stand above every signal, since a bounce may follow a delivery.
 */
const RANK: Readonly<Record<MessageStatus, number>> = {
  held: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  delivered: 4,
  opened: 5,
  clicked: 6,
  replied: 7,
  skipped: 8,
  failed: 9,
  bounced: 10,
};

/** Whether `next` is a rise from `current`. */
export function rises(current: MessageStatus, next: MessageStatus): boolean {
  return RANK[next] > RANK[current];
}

/** The row after a change. What a machine did is noted and moves nothing; nor does what an older generation met. */
export function raise(row: MessageRow, change: LedgerChange): MessageRow {
  if (change.machine) return noted(row, 'machine_opened', change);
  const earlier = change.row !== undefined && change.row.generation < row.generation;
  const after = noted(row, change.status, change);
  if (earlier) return after;
  const providerId = row.providerId ?? change.providerId ?? null;
  if (rises(row.status, change.status)) {
    return { ...after, status: change.status, reason: change.reason ?? null, providerId };
  }
  const speaks = row.status === change.status && tells(row, change);
  return { ...after, reason: speaks ? (change.reason ?? null) : row.reason, providerId };
}

/** The first row of a message that a change may make where there is none, or null where it cannot. */
export function firstRow(change: LedgerChange): MessageRow | null {
  return change.row === undefined ? null : raise(change.row, change);
}

/** Whether a fence may put `next` over what stands there: nothing yet, a mere hold, or an earlier generation (I5). */
export function yieldsToFence(standing: MessageRow | null, next: MessageRow): boolean {
  return standing === null || standing.status === 'held' || standing.generation < next.generation;
}

/** The row a successful fence leaves; what was noted before it stays noted. */
export function fenced(standing: MessageRow | null, next: MessageRow): MessageRow {
  return { ...next, status: 'sending', times: { ...standing?.times, ...next.times } };
}

/** A hold is entered again and its latest is told; everything else happens once and its first is told. */
function tells(row: MessageRow, change: LedgerChange): boolean {
  const known = row.times[change.status];
  if (known === undefined) return true;
  if (known === change.at) return (change.reason ?? '') > (row.reason ?? '');
  return change.status === 'held' ? change.at > known : change.at < known;
}

function noted(row: MessageRow, name: keyof MessageRow['times'], change: LedgerChange): MessageRow {
  const known = row.times[name];
  const pick = name === 'held' ? Math.max : Math.min;
  const at = known === undefined ? change.at : pick(known, change.at);
  return at === known ? row : { ...row, times: { ...row.times, [name]: at } };
}
