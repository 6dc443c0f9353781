// Figures of journeys by version and step, counted from the ledger and the journal alone (I10): nothing here is kept, so
// nothing can drift.

import type { MessageRow } from '../core/person.ts';
import type { JournalLine, Store } from '../ports/store.ts';
import { journalOf, messagesOf } from './ledger.ts';

interface Counts {
  [name: string]: number;
}

export interface StepFigures {
  readonly step: string;
  visited: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  replied: number;
  bounced: number;
  failed: number;
  held: number;
  unknown: number;
  readonly skipped: Counts;
}

export interface VersionFigures {
  readonly journey: string;
  /** 1, 2, 3 … within the journey; 0 where the store no longer knows it. */
  readonly version: number;
  readonly hash: string;
  entered: number;
  inside: number;
  /** Who has left, by outcome. */
  readonly exits: Counts;
  readonly refused: Counts;
  converted: number;
  /** Sums of the goal's value over conversions, by currency; `` where none was told. */
  readonly value: Counts;
  /** The control group's share of `entered` and `converted`. */
  heldOut: number;
  heldOutConverted: number;
  readonly steps: StepFigures[];
}

/** Counts everything of one journey, or of all (null); a version a row, the latest last. */
export async function figures(store: Store, journey: string | null): Promise<VersionFigures[]> {
  const filter = journey === null ? {} : { journey };
  const sheets = new Sheets();
  for await (const line of journalOf(store, filter)) countLine(sheets, line);
  for await (const row of messagesOf(store, filter)) countMessage(sheets, row);
  const numbers = new Map<string, number>();
  for (const id of sheets.journeys())
    for (const { hash, number } of await store.versions(id)) numbers.set(hash, number);
  return sheets.sorted(numbers);
}

type Draft = { -readonly [Key in keyof VersionFigures]: VersionFigures[Key] };

class Sheets {
  readonly #all = new Map<string, Draft>();
  readonly #steps = new Map<string, StepFigures>();

  of(journey: string, hash: string): Draft {
    const key = `${journey} ${hash}`;
    const known = this.#all.get(key);
    if (known !== undefined) return known;
    const counts = {
      entered: 0,
      inside: 0,
      exits: {},
      refused: {},
      converted: 0,
      value: {},
      heldOut: 0,
      heldOutConverted: 0,
    };
    const made: Draft = { journey, version: 0, hash, ...counts, steps: [] };
    this.#all.set(key, made);
    return made;
  }

  step(journey: string, hash: string, step: string): StepFigures {
    const key = `${journey} ${hash} ${step}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const counts = {
      visited: 0,
      sent: 0,
      delivered: 0,
      opened: 0,
      clicked: 0,
      replied: 0,
      bounced: 0,
      failed: 0,
      held: 0,
      unknown: 0,
    };
    const made: StepFigures = { step, ...counts, skipped: {} };
    this.#steps.set(key, made);
    this.of(journey, hash).steps.push(made);
    return made;
  }

  journeys(): Set<string> {
    return new Set([...this.#all.values()].map((one) => one.journey));
  }

  sorted(numbers: ReadonlyMap<string, number>): VersionFigures[] {
    for (const one of this.#all.values()) {
      one.version = numbers.get(one.hash) ?? 0;
      one.steps.sort((a, b) => a.step.localeCompare(b.step, 'en', { numeric: true }));
    }
    return [...this.#all.values()].sort((a, b) =>
      a.journey < b.journey ? -1 : a.journey > b.journey ? 1 : a.version - b.version,
    );
  }
}

function count(counts: Counts, name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

type Counter = (sheet: Draft, line: JournalLine) => void;

const COUNTERS: Readonly<Partial<Record<JournalLine['kind'], Counter>>> = {
  entered(sheet, line) {
    sheet.entered += 1;
    sheet.inside += 1;
    if (line.detail?.holdout === true) sheet.heldOut += 1;
  },
  refused_entry: (sheet, line) => count(sheet.refused, line.reason ?? ''),
  exited(sheet, line) {
    sheet.inside -= 1;
    count(sheet.exits, line.reason ?? '');
  },
  converted(sheet, line) {
    sheet.converted += 1;
    if (line.detail?.holdout === true) sheet.heldOutConverted += 1;
    const { value, currency } = line.detail ?? {};
    if (typeof value === 'number') count(sheet.value, typeof currency === 'string' ? currency : '', value);
  },
};

function countLine(sheets: Sheets, line: JournalLine): void {
  const { journey, version = '', step } = line;
  if (journey === undefined) return;
  COUNTERS[line.kind]?.(sheets.of(journey, version), line);
  if (line.kind === 'moved' && line.phase === undefined && step !== undefined)
    sheets.step(journey, version, step).visited += 1;
}

/** Test messages (`$test`) are counted nowhere. */
function countMessage(sheets: Sheets, row: MessageRow): void {
  if (row.step.startsWith('$')) return;
  const step = sheets.step(row.journey, row.version, row.step);
  if (row.status === 'skipped') count(step.skipped, row.reason ?? '');
  else if (row.status === 'held' || row.status === 'unknown' || row.status === 'failed') step[row.status] += 1;
  // A receipt that overtakes `sent` implies it.
  const { sent, delivered, opened, clicked, replied, bounced } = row.times;
  if ([sent, delivered, opened, clicked, replied, bounced].some((time) => time !== undefined)) step.sent += 1;
  for (const name of ['delivered', 'opened', 'clicked', 'replied', 'bounced'] as const)
    if (row.times[name] !== undefined) step[name] += 1;
}
