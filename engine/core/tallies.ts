// What one line of the journal and one row of the ledger add to the figures. Screens count with it what is there; a store
// counts with it what it is about to forget, so that the sum stays what it was (I10).

import type { Instant } from '../language/values.ts';
import type { JournalEntry, MessageRow, Person } from './person.ts';

/** `amount` more of `name` for a version of a journey, or for one step of it; `step` is empty where it is the version's. */
export interface Tally {
  readonly journey: string;
  readonly version: string;
  readonly step: string;
  /** `entered`, `visited` …, or a kind and what it is told apart by: `exits:converted`, `skipped:capped`, `value:EUR`. */
  readonly name: string;
  readonly amount: number;
}

type Counter = (line: JournalEntry) => readonly (readonly [name: string, amount: number])[];

const COUNTERS: Readonly<Partial<Record<JournalEntry['kind'], Counter>>> = {
  entered: (line) => [['entered', 1], ...heldOut(line, 'heldOut')],
  refused_entry: (line) => [[`refused:${line.reason ?? ''}`, 1]],
  exited: (line) => [[`exits:${line.reason ?? ''}`, 1]],
  converted(line) {
    const { value, currency } = line.detail ?? {};
    const worth =
      typeof value === 'number' ? ([[`value:${typeof currency === 'string' ? currency : ''}`, value]] as const) : [];
    return [['converted', 1], ...heldOut(line, 'heldOutConverted'), ...worth];
  },
};

const heldOut = (line: JournalEntry, name: string): readonly (readonly [string, number])[] =>
  line.detail?.holdout === true ? [[name, 1]] : [];

/** What a line counts for; most count for nothing. */
export function talliesOfLine(line: JournalEntry): Tally[] {
  const { journey, version = '', step = '' } = line;
  if (journey === undefined) return [];
  if (line.kind === 'moved')
    return line.phase === undefined && step !== '' ? [{ journey, version, step, name: 'visited', amount: 1 }] : [];
  return (COUNTERS[line.kind]?.(line) ?? []).map(([name, amount]) => ({ journey, version, step: '', name, amount }));
}

/** What a message counts for. Test messages (`$test`) are counted nowhere. */
export function talliesOfRow(row: MessageRow): Tally[] {
  if (row.step.startsWith('$')) return [];
  const { journey, version, step, times } = row;
  const names: string[] = [];
  if (row.status === 'skipped') names.push(`skipped:${row.reason ?? ''}`);
  else if (row.status === 'held' || row.status === 'unknown' || row.status === 'failed') names.push(row.status);
  const told = SIGNALS.filter((name) => times[name] !== undefined);
  // A receipt that overtakes `sent` implies it.
  if (times.sent !== undefined || told.length > 0) names.push('sent');
  return [...names, ...told].map((name) => ({ journey, version, step, name, amount: 1 }));
}

const SIGNALS = ['delivered', 'opened', 'clicked', 'replied', 'bounced'] as const;

/** Whether something may still become of a message: an operator or a provider has the next word. Of nobody's nothing does. */
export function isUnsettled({ status, person }: Pick<MessageRow, 'status' | 'person'>): boolean {
  return person !== '' && (status === 'held' || status === 'sending' || status === 'unknown');
}

/** When something was last heard of a message. */
export function lastHeardOf({ at, times }: MessageRow): Instant {
  return Math.max(at, ...Object.values(times));
}

/** A ledger row without its person and content: what it counts for stays. A reason counts for a skip alone, else it may quote anything. */
export function stripped({ links: _, ...row }: MessageRow): MessageRow {
  const reason = row.status === 'skipped' ? row.reason : null;
  return { ...row, person: '', to: null, proof: null, contentHash: null, providerId: null, reason };
}

/** The same for somebody who is erased in the middle of things: what waited never leaves, and what is under way nobody settles. */
export function closed(row: MessageRow): MessageRow {
  if (row.status === 'held') return { ...stripped(row), status: 'skipped', reason: 'exited' };
  if (row.status === 'sending') return { ...stripped(row), status: 'unknown' };
  return stripped(row);
}

/** What it counts for that somebody who is erased leaves every journey they are inside of. */
export function exitsOf({ enrollments }: Pick<Person, 'enrollments'>): Tally[] {
  return enrollments.map(({ journey, version }) => ({ journey, version, step: '', name: 'exits:erased', amount: 1 }));
}
