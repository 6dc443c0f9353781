// What orders of a period brought in, and which messages earned them by the rule of `attribution.ts`. Counted from the
// people's orders and the ledger, one pass over each; nothing is kept beside them (I10).

import type { MessageRow, PersonId } from '../core/person.ts';
import type { Settings } from '../language/settings.ts';
import type { Instant } from '../language/values.ts';
import type { Store } from '../ports/store.ts';
import type { Span } from './activity.ts';
import { creditedTo, type Sale, saleOf, type Touch } from './attribution.ts';
import { messagesOf } from './ledger.ts';

export interface Earned {
  orders: number;
  /** Thousandths of the workspace's currency; `amounts` tells them as money. */
  worth: number;
}

export interface Revenue {
  readonly currency: string;
  readonly all: Earned;
  /** Of no message. */
  readonly none: Earned;
  readonly channels: Map<string, Earned>;
  readonly journeys: Map<string, Earned>;
  /** By `journey version`, and by `journey version step`. */
  readonly versions: Map<string, Earned>;
  readonly steps: Map<string, Earned>;
  /** What messages earned, by the day of the order. */
  readonly days: Map<Instant, Earned>;
}

export interface RevenueAsk {
  readonly span: Span;
  readonly settings: Pick<Settings, 'currency' | 'attribution'>;
  readonly dayOf: (at: Instant) => Instant;
}

const PAGE = 500;

/** Counts every order placed within the span. */
export async function revenueOf(store: Store, ask: RevenueAsk): Promise<Revenue> {
  const sales = await salesOf(store, ask);
  const touches = sales.size === 0 ? new Map<PersonId, Touch[]>() : await touchesOf(store, sales);
  const sheet = noRevenue(ask.settings.currency);
  for (const [person, all] of sales)
    for (const sale of all)
      enter(sheet, sale, creditedTo(sale.placed, touches.get(person) ?? [], ask.settings.attribution), ask.dayOf);
  return sheet;
}

export function noRevenue(currency: string): Revenue {
  const [all, none] = [nothing(), nothing()];
  const [channels, journeys, versions, steps] = [new Map(), new Map(), new Map(), new Map()];
  return { currency, all, none, channels, journeys, versions, steps, days: new Map() };
}

/** Enters an order once: for all, and for the message it belongs to or for none. */
export function enter(sheet: Revenue, sale: Sale, touch: Touch | null, dayOf: (at: Instant) => Instant): void {
  add(sheet.all, sale);
  if (touch === null) {
    add(sheet.none, sale);
    return;
  }
  const { journey, version, step, channel } = touch;
  add(of(sheet.channels, channel), sale);
  add(of(sheet.journeys, journey), sale);
  add(of(sheet.versions, `${journey} ${version}`), sale);
  add(of(sheet.steps, `${journey} ${version} ${step}`), sale);
  add(of(sheet.days, dayOf(sale.placed)), sale);
}

/** As sums of money by currency, as figures tell them; nothing is told of nothing. */
export function amounts({ currency }: Revenue, earned: Earned | undefined): Record<string, number> {
  return earned === undefined || earned.orders === 0 ? {} : { [currency]: earned.worth / 1000 };
}

/** What messages earned together. */
export function attributed({ all, none }: Revenue): Earned {
  return { orders: all.orders - none.orders, worth: all.worth - none.worth };
}

export function sumOf(parts: readonly Earned[]): Earned {
  return parts.reduce(
    (all, { orders, worth }) => ({ orders: all.orders + orders, worth: all.worth + worth }),
    nothing(),
  );
}

const nothing = (): Earned => ({ orders: 0, worth: 0 });

function of<Key>(parts: Map<Key, Earned>, key: Key): Earned {
  const part = parts.get(key) ?? nothing();
  parts.set(key, part);
  return part;
}

function add(earned: Earned, { worth }: Sale): void {
  earned.orders += 1;
  earned.worth += worth;
}

async function salesOf(store: Store, { span, settings }: RevenueAsk): Promise<Map<PersonId, Sale[]>> {
  const sales = new Map<PersonId, Sale[]>();
  let after: string | undefined;
  for (;;) {
    const page = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    for (const { id, into, orders } of page) {
      // Whoever is being merged stands in two records for a moment; the winner's counts.
      if (into !== null) continue;
      const own = Object.entries(orders).flatMap(([order, told]) => saleOf(order, told, settings.currency) ?? []);
      const within = own.filter(({ placed }) => placed >= span.from && placed < span.to);
      if (within.length > 0) sales.set(id, within);
    }
    if (page.length < PAGE) return sales;
    after = page.at(-1)?.id;
  }
}

/** What those who ordered had clicked or opened. */
async function touchesOf(store: Store, sales: ReadonlyMap<PersonId, unknown>): Promise<Map<PersonId, Touch[]>> {
  const touches = new Map<PersonId, Touch[]>();
  const answered = ({ times }: MessageRow) => times.clicked !== undefined || times.opened !== undefined;
  for await (const row of messagesOf(store)) {
    if (!sales.has(row.person) || !answered(row)) continue;
    const { id, at, journey, version, step, channel, times } = row;
    const known = touches.get(row.person) ?? [];
    touches.set(row.person, known);
    known.push({ id, at, journey, version, step, channel, times });
  }
  return touches;
}
