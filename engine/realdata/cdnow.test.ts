// Eighteen months of a real shop: every purchase of CDNOW's customers goes over HTTP, month by month, and what Tropa
// then keeps of each customer is what the file adds up to.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { profileOf } from '../core/profile.ts';
import { readWorkspace } from '../language/read-workspace.ts';
import { type JsonObject, Moment, type Value } from '../language/values.ts';
import type { Store } from '../ports/store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const FILE = new URL('./fixtures/CDNOW_master.txt.gz', import.meta.url);
const SETTINGS = 'timezone: UTC\ncurrency: USD\nsources:\n  shop: { type: segment, write_key: key }\n';
const BATCH = 1_000;
const CONNECTIONS = 4;
const MINUTE = 60_000;

interface Purchase {
  readonly line: number;
  readonly customer: string;
  /** Noon of its day, UTC. */
  readonly at: number;
  readonly month: string;
  readonly discs: number;
  /** Dollars, as they stand in the file. */
  readonly value: string;
}

function readPurchases(): Purchase[] {
  const rows = gunzipSync(readFileSync(FILE)).toString('latin1').trim().split(/\r?\n/).slice(1);
  return rows.map((row, n) => {
    const [customer = '', day = '', discs = '', value = ''] = row.trim().split(/\s+/);
    const [, year = '', month = '', date = ''] = /^(\d{4})(\d{2})(\d{2})$/.exec(day) ?? [];
    const at = Date.parse(`${year}-${month}-${date}T12:00:00Z`);
    return { line: n + 2, customer, at, month: `${year}-${month}`, discs: Number(discs), value };
  });
}

/** Purchases by the month they fell in, the earliest first. */
function byMonth(purchases: readonly Purchase[]): Purchase[][] {
  const months = new Map<string, Purchase[]>();
  for (const one of purchases) {
    const known = months.get(one.month);
    if (known === undefined) months.set(one.month, [one]);
    else known.push(one);
  }
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, inMonth]) => inMonth);
}

function call({ line, customer, at, discs, value }: Purchase): JsonObject {
  const total = Number(value);
  const items = [{ sku: 'cd', quantity: discs }];
  return {
    type: 'track',
    event: 'order.placed',
    userId: customer,
    messageId: `line-${line}`,
    timestamp: new Date(at).toISOString(),
    properties: { order_id: line, total, currency: 'USD', items },
  };
}

/** What is known of a customer: orders, cents and the moment of the last one. */
interface Sum {
  readonly count: number;
  readonly cents: number;
  readonly last: number;
}

/** From the file alone, in whole cents read from its digits. */
function sums(purchases: readonly Purchase[]): Map<string, Sum> {
  const all = new Map<string, Sum>();
  for (const { customer, at, value } of purchases) {
    const [dollars = '', cents = ''] = value.split('.');
    const { count, cents: before, last } = all.get(customer) ?? { count: 0, cents: 0, last: 0 };
    const worth = Number(dollars) * 100 + Number(cents.padEnd(2, '0'));
    all.set(customer, { count: count + 1, cents: before + worth, last: Math.max(last, at) });
  }
  return all;
}

/** The same from the profiles of the engine that has stopped. */
async function profiles(store: Store): Promise<Map<string, Sum>> {
  const { settings } = readWorkspace(new Map([['tropa.yaml', SETTINGS]]), {}).workspace;
  const all = new Map<string, Sum>();
  const page = 2_000;
  for (let after: string | undefined; ; ) {
    const people = await store.people({ limit: page, ...(after !== undefined && { after }) });
    for (const person of people) {
      const { id, orders_count, orders_total, last_order_at } = profileOf(person, settings);
      const last = last_order_at instanceof Moment ? last_order_at.ms : Number.NaN;
      all.set(String(id), { count: number(orders_count), cents: toCents(number(orders_total)), last });
    }
    after = people.at(-1)?.id;
    if (people.length < page) return all;
  }
}

/** Customers of whom the file says something else. */
function differences(file: ReadonlyMap<string, Sum>, tropa: ReadonlyMap<string, Sum>) {
  return [...file]
    .map(([customer, sum]) => ({ customer, file: sum, tropa: tropa.get(customer) }))
    .filter((one) => JSON.stringify(one.file) !== JSON.stringify(one.tropa));
}

const number = (value: Value | undefined): number => (typeof value === 'number' ? value : Number.NaN);

/** A sum that is off by a fraction of a cent is not rounded away: it stays visible. */
function toCents(total: number): number {
  const cents = Math.round(total * 100);
  return cents / 100 === total ? cents : Number.NaN;
}

/** Sends one month's purchases over a few connections at once. */
async function tell(tropa: Tropa, purchases: readonly Purchase[]): Promise<void> {
  const batches: Purchase[][] = [];
  for (let n = 0; n < purchases.length; n += BATCH) batches.push(purchases.slice(n, n + BATCH));
  const connection = async () => {
    for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
      const answer = await tropa.post('/v1/batch', { batch: batch.map(call) });
      const told = await answer.text();
      if (answer.status !== 200) throw new Error(`${answer.status} ${told}`);
      expect(JSON.parse(told)).toMatchObject({ accepted: batch.length, refused: [] });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

describe('eighteen months of a real shop', () => {
  const purchases = readPurchases();
  let tropa: Tropa;
  let store: Store;

  beforeAll(async () => {
    tropa = await startTropa({ workspace: { 'tropa.yaml': SETTINGS }, clock: Date.parse('1997-01-01T00:00:00Z') });
    for (const inMonth of byMonth(purchases)) {
      // A month is told at its end, when its purchases have happened.
      await tropa.advance(Math.max(...inMonth.map((one) => one.at)));
      await tell(tropa, inMonth);
    }
    await tropa.advance('1d');
    await tropa.signal('SIGTERM');
    store = await openSqliteStore(tropa.data);
    // Two busy cores are enough for all of it within three minutes.
  }, 3 * MINUTE);

  afterAll(async () => {
    await store?.close();
    await tropa?.close();
  });

  test('knows the file to be what it is', () => {
    expect(purchases).toHaveLength(69_659);
    expect(sums(purchases).size).toBe(23_570);
  });

  test('keeps of every customer the orders, the money to the cent and the last order', async () => {
    const known = await profiles(store);
    expect(known.size).toBe(23_570);
    expect(differences(sums(purchases), known)).toEqual([]);
  });

  test('would be caught with a cent, an order or a day too much', async () => {
    const known = await profiles(store);
    const [first, second, third] = purchases.filter((one) => one.month === '1998-06');
    const day = 24 * 60 * MINUTE;
    const dearer = { ...first!, value: (Number(first!.value) + 0.01).toFixed(2) };
    const later = { ...third!, at: Math.max(...purchases.map((one) => one.at)) + day };
    const others = purchases.filter((one) => one !== first && one !== third);
    const altered = differences(sums([...others, dearer, second!, later]), known);
    expect(new Set(altered.map((one) => one.customer))).toEqual(
      new Set([first, second, third].map((one) => one?.customer)),
    );
  });

  test('has nothing left to do', async () => {
    const { events, undone, people, faulted } = await store.counts();
    expect({ events, undone, people, faulted }).toEqual({ events: 69_659, undone: 0, people: 23_570, faulted: 0 });
  });
});
