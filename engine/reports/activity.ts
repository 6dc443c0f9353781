// What happened between two moments, counted from the ledger and the journal (I10): by day and channel, by journey, by step
// and by the ways between steps. One pass over each; nothing is kept beside them.

import type { MessageRow } from '../core/person.ts';
import { talliesOfLine, talliesOfRow } from '../core/tallies.ts';
import type { Instant } from '../language/values.ts';
import type { JournalLine, Store } from '../ports/store.ts';
import { journalOf, leftTime, messagesOf } from './ledger.ts';

export interface Span {
  readonly from: Instant;
  /** Exclusive. */
  readonly to: Instant;
}

export interface Fare {
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
}

export interface StepActivity {
  /** Visits of the step. */
  came: number;
  sent: number;
  readonly skipped: Record<string, number>;
}

export interface Group {
  people: number;
  converted: number;
}

export interface JourneyActivity {
  entered: number;
  messages: number;
  converted: number;
  /** What goals were worth, by currency. */
  readonly value: Record<string, number>;
  readonly exits: Record<string, number>;
  readonly treated: Group;
  readonly heldOut: Group;
  readonly steps: Map<string, StepActivity>;
  /** How often somebody went from one step to another, by `from to`; `$entry` and `$completed` are the ends. */
  readonly flows: Map<string, number>;
}

export interface Activity {
  readonly totals: Fare & { converted: number; readonly value: Record<string, number> };
  readonly channels: Map<string, Fare>;
  /** By the number of the day `dayOf` gives: messages by channel, and what goals were worth. */
  readonly days: Map<Instant, { readonly sent: Record<string, number>; readonly value: Record<string, number> }>;
  readonly journeys: Map<string, JourneyActivity>;
}

export interface ActivityAsk {
  readonly span: Span;
  /** One journey, or all. */
  readonly journey?: string;
  /** One version of it. */
  readonly version?: string;
  /** The beginning of the day a moment lies in. */
  readonly dayOf: (at: Instant) => Instant;
}

/** Counts. Messages count when they left, and what became of them counts with them; test messages count nowhere. */
export async function activityOf(store: Store, ask: ActivityAsk): Promise<Activity> {
  const count = new Counting(ask);
  const filter = ask.journey === undefined ? {} : { journey: ask.journey };
  for await (const line of journalOf(store, filter)) count.line(line);
  for await (const row of messagesOf(store, filter)) count.row(row);
  return count.activity;
}

const noFare = (): Fare => ({ sent: 0, delivered: 0, opened: 0, clicked: 0 });
const FARE = ['sent', 'delivered', 'opened', 'clicked'] as const;

class Counting {
  readonly activity: Activity = {
    totals: { ...noFare(), converted: 0, value: {} },
    channels: new Map(),
    days: new Map(),
    journeys: new Map(),
  };
  readonly #ask: ActivityAsk;
  /** The step each enrollment came from. */
  readonly #places = new Map<string, string>();

  constructor(ask: ActivityAsk) {
    this.#ask = ask;
  }

  line(line: JournalLine): void {
    const { journey, version, at } = line;
    if (journey === undefined || !this.#isOf(version)) return;
    const inside = this.#isWithin(at);
    this.#walk(journey, line, inside);
    if (!inside) return;
    const of = this.#journey(journey);
    for (const { name, amount, step } of talliesOfLine(line)) this.#tally(of, name, step, amount, at);
  }

  row(row: MessageRow): void {
    const at = leftTime(row);
    if (!this.#isWithin(at) || !this.#isOf(row.version)) return;
    const of = this.#journey(row.journey);
    const tallies = talliesOfRow(row);
    for (const { name, amount, step } of tallies) this.#tally(of, name, step, amount, at);
    const names = new Set(tallies.map(({ name }) => name));
    if (names.size === 0) return;
    const channel = this.activity.channels.get(row.channel) ?? noFare();
    this.activity.channels.set(row.channel, channel);
    for (const name of FARE) {
      // Whoever clicked has opened, and what was opened was delivered, whether the provider said so or not.
      if (!fares(name, names)) continue;
      channel[name] += 1;
      this.activity.totals[name] += 1;
    }
    if (!names.has('sent')) return;
    of.messages += 1;
    add(this.#day(at).sent, row.channel, 1);
  }

  #isOf(version: string | undefined): boolean {
    return this.#ask.version === undefined || version === this.#ask.version;
  }

  #isWithin(at: Instant): boolean {
    return at >= this.#ask.span.from && at < this.#ask.span.to;
  }

  #tally(of: JourneyActivity, name: string, step: string, amount: number, at: Instant): void {
    const [kind = '', what = ''] = name.split(/:(.*)/s);
    if (step !== '') {
      stepTally(of, step, kind, what, amount);
      return;
    }
    const simple: Readonly<Record<string, () => void>> = {
      entered: () => {
        of.entered += amount;
      },
      heldOut: () => {
        of.heldOut.people += amount;
      },
      converted: () => {
        of.converted += amount;
        this.activity.totals.converted += amount;
      },
      heldOutConverted: () => {
        of.heldOut.converted += amount;
      },
      exits: () => add(of.exits, what, amount),
      value: () => {
        add(of.value, what, amount);
        add(this.activity.totals.value, what, amount);
        add(this.#day(at).value, what, amount);
      },
    };
    simple[kind]?.();
    of.treated.people = of.entered - of.heldOut.people;
    of.treated.converted = of.converted - of.heldOut.converted;
  }

  /** Follows everybody from step to step; a way counts when its end lies within. */
  #walk(journey: string, { kind, enrollment, step, phase, reason }: JournalLine, inside: boolean): void {
    if (enrollment === undefined) return;
    const go = (to: string) => {
      const from = this.#places.get(enrollment) ?? '$entry';
      this.#places.set(enrollment, to);
      if (!inside) return;
      const { flows } = this.#journey(journey);
      flows.set(`${from} ${to}`, (flows.get(`${from} ${to}`) ?? 0) + 1);
    };
    if (kind === 'moved' && phase === undefined && step !== undefined) go(step);
    else if (kind === 'exited') {
      if (reason === 'completed') go('$completed');
      this.#places.delete(enrollment);
    }
  }

  #journey(id: string): JourneyActivity {
    const known = this.activity.journeys.get(id);
    if (known !== undefined) return known;
    const made: JourneyActivity = {
      entered: 0,
      messages: 0,
      converted: 0,
      value: {},
      exits: {},
      treated: { people: 0, converted: 0 },
      heldOut: { people: 0, converted: 0 },
      steps: new Map(),
      flows: new Map(),
    };
    this.activity.journeys.set(id, made);
    return made;
  }

  #day(at: Instant): { readonly sent: Record<string, number>; readonly value: Record<string, number> } {
    const day = this.#ask.dayOf(at);
    const found = this.activity.days.get(day) ?? { sent: {}, value: {} };
    this.activity.days.set(day, found);
    return found;
  }
}

function fares(name: (typeof FARE)[number], names: ReadonlySet<string>): boolean {
  if (name === 'opened') return names.has('opened') || names.has('clicked');
  if (name === 'delivered') return ['delivered', 'opened', 'clicked', 'replied'].some((one) => names.has(one));
  return names.has(name);
}

function stepTally(of: JourneyActivity, step: string, kind: string, what: string, amount: number): void {
  const known = of.steps.get(step) ?? { came: 0, sent: 0, skipped: {} };
  of.steps.set(step, known);
  if (kind === 'visited') known.came += amount;
  else if (kind === 'sent') known.sent += amount;
  else if (kind === 'skipped') add(known.skipped, what, amount);
}

function add(counts: Record<string, number>, name: string, amount: number): void {
  counts[name] = (counts[name] ?? 0) + amount;
}
