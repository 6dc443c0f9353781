// Figures of journeys by version and step, counted from the ledger and the journal (I10), and from the sums of what the
// store has forgotten since, which are counted by the very same rules.

import { type Tally, talliesOfLine, talliesOfRow } from '../core/tallies.ts';
import type { Store } from '../ports/store.ts';
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
  const add = (tallies: readonly Tally[]) => {
    for (const tally of tallies) sheets.add(tally);
  };
  add(await store.tallies(filter));
  for await (const line of journalOf(store, filter)) add(talliesOfLine(line));
  for await (const row of messagesOf(store, filter)) add(talliesOfRow(row));
  const numbers = new Map<string, number>();
  for (const id of sheets.journeys())
    for (const { hash, number } of await store.versions(id)) numbers.set(hash, number);
  return sheets.sorted(numbers);
}

type Draft = { -readonly [Key in keyof VersionFigures]: VersionFigures[Key] };

class Sheets {
  readonly #all = new Map<string, Draft>();
  readonly #steps = new Map<string, StepFigures>();

  add({ journey, version, step, name, amount }: Tally): void {
    const [kind = '', ...rest] = name.split(':');
    if (step === '') addToVersion(this.of(journey, version), kind, rest.join(':'), amount);
    else addToStep(this.step(journey, version, step), kind, rest.join(':'), amount);
  }

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

function addToVersion(sheet: Draft, kind: string, of: string, amount: number): void {
  if (kind === 'exits' || kind === 'refused') count(sheet[kind], of, amount);
  // Sums of money are rounded to a thousandth: 0.1 + 0.2 is 0.3, in whatever order they are added.
  else if (kind === 'value') sheet.value[of] = Math.round(((sheet.value[of] ?? 0) + amount) * 1000) / 1000;
  else if (isOneOf(VERSION_SUMS, kind)) sheet[kind] += amount;
  if (kind === 'entered') sheet.inside += amount;
  if (kind === 'exits') sheet.inside -= amount;
}

function addToStep(sheet: StepFigures, kind: string, of: string, amount: number): void {
  if (kind === 'skipped') count(sheet.skipped, of, amount);
  else if (isOneOf(STEP_SUMS, kind)) sheet[kind] += amount;
}

const VERSION_SUMS = ['entered', 'converted', 'heldOut', 'heldOutConverted'] as const;
const STEP_SUMS = [
  'visited',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'bounced',
  'failed',
  'held',
  'unknown',
] as const;

function isOneOf<Name extends string>(names: readonly Name[], name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function count(counts: Counts, name: string, by: number): void {
  counts[name] = (counts[name] ?? 0) + by;
}
