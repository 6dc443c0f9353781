// Who buys, how lately, how often and for how much, and who comes back: counted from the people's orders, one pass over them.

import type { Person } from '../core/person.ts';
import { wallClock } from '../language/calendar.ts';
import type { Instant } from '../language/values.ts';
import type { Store } from '../ports/store.ts';
import { saleOf } from './attribution.ts';

/** Days since the last order: up to 30, 90, 180, 365, and longer ago. */
export const RECENCY = [30, 90, 180, 365] as const;
/** Orders: 1, 2, 3, 4 to 5, 6 to 10, and more. */
export const FREQUENCY = [1, 2, 3, 5, 10] as const;
/** Cohorts go back so many months; older orders may be kept as sums alone. */
export const MONTHS = 12;

export interface RfmCell {
  /** Place in `RECENCY`; its length is the last band. */
  readonly recency: number;
  readonly frequency: number;
  people: number;
  /** Thousandths of the workspace's currency. */
  worth: number;
}

export interface Cohort {
  /** `2026-03`: the month of the first order. */
  readonly month: string;
  people: number;
  /** How many of them ordered in the month itself, in the one after, … as far as today. */
  readonly returned: number[];
}

export interface Buyers {
  readonly cells: readonly RfmCell[];
  readonly cohorts: readonly Cohort[];
}

export interface BuyersAsk {
  readonly now: Instant;
  readonly currency: string;
  readonly timezone: string;
}

interface Buyer {
  readonly count: number;
  readonly first: Instant;
  readonly last: Instant;
  readonly worth: number;
  readonly times: readonly Instant[];
}

const DAY = 86_400_000;
const PAGE = 500;

/** Counts everybody who has ordered. */
export async function buyersOf(store: Store, ask: BuyersAsk): Promise<Buyers> {
  const cells = new Map<string, RfmCell>();
  const cohorts = new Map<number, Cohort>();
  let after: string | undefined;
  for (;;) {
    const page = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const person of page) {
      const buyer = person.into === null ? buyerOf(person, ask) : null;
      if (buyer === null) continue;
      intoCell(cells, buyer, ask.now);
      intoCohort(cohorts, buyer, ask);
    }
    if (page.length < PAGE) break;
    after = page.at(-1)?.id;
  }
  return {
    cells: [...cells.values()].sort((a, b) => a.recency - b.recency || a.frequency - b.frequency),
    cohorts: [...cohorts].sort(([a], [b]) => a - b).map(([, cohort]) => cohort),
  };
}

function buyerOf({ orders, pastOrders: past }: Person, { currency, now }: BuyersAsk): Buyer | null {
  const sales = Object.entries(orders)
    .flatMap(([id, order]) => saleOf(id, order, currency) ?? [])
    .filter(({ placed }) => placed <= now);
  const times = [...sales.map(({ placed }) => placed), past?.first, past?.last].filter((at) => typeof at === 'number');
  if (times.length === 0) return null;
  const earlier = Math.round(((past?.totals[''] ?? 0) + (past?.totals[currency] ?? 0)) * 1000);
  return {
    count: sales.length + (past?.count ?? 0),
    first: Math.min(...times),
    last: Math.max(...times),
    worth: sales.reduce((sum, { worth }) => sum + worth, earlier),
    times,
  };
}

function intoCell(cells: Map<string, RfmCell>, { last, count, worth }: Buyer, now: Instant): void {
  const recency = bandOf(RECENCY, (now - last) / DAY);
  const frequency = bandOf(FREQUENCY, count);
  const key = `${recency} ${frequency}`;
  const cell = cells.get(key) ?? { recency, frequency, people: 0, worth: 0 };
  cells.set(key, cell);
  cell.people += 1;
  cell.worth += worth;
}

/** The first band that reaches so far. */
function bandOf(ends: readonly number[], value: number): number {
  const found = ends.findIndex((end) => value <= end);
  return found < 0 ? ends.length : found;
}

function intoCohort(cohorts: Map<number, Cohort>, { first, times }: Buyer, { now, timezone }: BuyersAsk): void {
  const [began, today] = [monthOf(first, timezone), monthOf(now, timezone)];
  if (today - began >= MONTHS) return;
  const month = `${Math.floor(began / 12)}-${String((began % 12) + 1).padStart(2, '0')}`;
  const cohort = cohorts.get(began) ?? { month, people: 0, returned: new Array<number>(today - began + 1).fill(0) };
  cohorts.set(began, cohort);
  cohort.people += 1;
  for (const after of new Set(times.map((at) => monthOf(at, timezone) - began)))
    cohort.returned[after] = (cohort.returned[after] ?? 0) + 1;
}

/** Months since year 0. */
function monthOf(at: Instant, zone: string): number {
  const { year, month } = wallClock(at, zone);
  return year * 12 + month - 1;
}
