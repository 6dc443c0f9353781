// A real night of a storefront: a thousand events of 1 October 2019 go over HTTP, out of order and partly twice, and the
// people who enter are those whom a few independent lines find in the file.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mint } from '../core/ids.ts';
import type { JsonObject } from '../language/values.ts';
import type { Store } from '../ports/store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const FILE = new URL('./fixtures/2019-Oct-sample.csv', import.meta.url);
const IDLE = 2 * 60_000;
const BATCH = 50;

const SETTINGS = 'timezone: UTC\ncurrency: USD\nsources:\n  shop: { type: segment, write_key: key }\n';
const JOURNEY = `journey: browsed
status: live
trigger:
  event: product.viewed
  if: event.price >= 100
  idle: 2m
  key: event.category
exit:
  - event: order.placed
steps:
  - wait: 1d
  - tag: browsed
`;

/** One line of the file, as far as the tests look at it. */
interface Line {
  readonly event: string;
  readonly at: number;
  readonly product: string;
  readonly category: string;
  readonly brand: string;
  readonly price: number;
  readonly user: string;
  readonly session: string;
  /** Names the line at the door. */
  readonly message: string;
  /** What the engine calls it: of two events of one second the greater comes later. */
  readonly id: string;
}

const NAMES: Readonly<Record<string, string>> = {
  view: 'product.viewed',
  cart: 'cart.updated',
  purchase: 'order.placed',
};

function readLines(): Line[] {
  const rows = readFileSync(FILE, 'utf8').trim().split(/\r?\n/).slice(1);
  return rows.map((row, n) => {
    const [time = '', type = '', product = '', id = '', code = '', brand = '', price = '', user = '', session = ''] =
      row.split(',');
    const message = `line-${n + 2}`;
    return {
      event: NAMES[type] ?? type,
      at: Date.parse(time.replace(' UTC', 'Z').replace(' ', 'T')),
      product,
      category: code === '' ? id : code,
      brand,
      price: Number(price),
      user,
      session,
      message,
      id: mint('event', 'shop', message),
    };
  });
}

/** The line as a storefront would tell it, in the words of its vocabulary. */
function call(line: Line): JsonObject {
  const { product: product_id, price, category, brand, session } = line;
  const items = [{ product_id, price, category, quantity: 1 }];
  const properties: Record<string, JsonObject> = {
    'product.viewed': { product_id, price, category, brand, currency: 'USD' },
    'cart.updated': { cart_id: session, total: price, currency: 'USD', items },
    'order.placed': { order_id: line.message, cart_id: session, total: price, currency: 'USD', items },
  };
  const when = new Date(line.at).toISOString();
  const told = { userId: line.user, messageId: line.message, timestamp: when };
  return { type: 'track', event: line.event, properties: properties[line.event] ?? {}, ...told };
}

/** Numbers that are the same in every run (a linear congruence). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(list: readonly T[], next: () => number): T[] {
  const mixed = [...list];
  for (let n = mixed.length - 1; n > 0; n -= 1) {
    const other = Math.floor(next() * (n + 1));
    [mixed[n], mixed[other]] = [mixed[other]!, mixed[n]!];
  }
  return mixed;
}

interface Rules {
  readonly idle: number;
  readonly exit: boolean;
}

/**
 * Who enters, from the file alone. A dear view starts the journey when nothing of its person and category follows within
 * the silence and nothing is bought meanwhile, unless the person is still inside from before: until they buy.
 */
function expected(lines: readonly Line[], { idle, exit }: Rules): string[] {
  const ordered = [...lines].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const entered: Line[] = [];
  ordered.forEach((view, place) => {
    if (view.event !== 'product.viewed' || view.price < 100) return;
    const end = view.at + idle;
    const same = (other: Line) => other.user === view.user && other.category === view.category;
    const boughtWithin = (from: number, to: number) =>
      exit &&
      lines.some((one) => one.event === 'order.placed' && one.user === view.user && from <= one.at && one.at <= to);
    const again = ordered.slice(place + 1).some((one) => one.event === view.event && same(one) && one.at <= end);
    const inside = entered.some((before) => same(before) && !boughtWithin(before.at, end));
    if (!(idle > 0 && again) && !boughtWithin(view.at, end) && !inside) entered.push(view);
  });
  return entered.map(triple).sort();
}

const triple = ({ user, category, id }: Line): string => `${user} ${category} ${id}`;

/** Who entered, from the journal of the engine that has stopped. */
async function entries(store: Store, lines: readonly Line[]): Promise<string[]> {
  const users = new Map<string, string>();
  for (const user of new Set(lines.map((line) => line.user))) {
    const person = await store.find(`user:${user}`);
    if (person !== null) users.set(person, user);
  }
  const journal = await store.journal({ journey: 'browsed', limit: 10_000 });
  const entered = journal.filter((line) => line.kind === 'entered');
  return entered.map((line) => `${users.get(line.person)} ${line.detail?.key} ${line.because}`).sort();
}

describe('a thousand real events of a storefront', () => {
  const lines = readLines();
  let tropa: Tropa;
  let store: Store;

  beforeAll(async () => {
    const last = Math.max(...lines.map((line) => line.at));
    const next = dice(1910);
    tropa = await startTropa({
      workspace: { 'tropa.yaml': SETTINGS, 'browsed/journey.yaml': JOURNEY },
      clock: last,
    });
    const repeated = shuffled(lines, next).slice(0, lines.length / 10);
    const told = shuffled([...lines, ...repeated], next).map(call);
    for (let n = 0; n < told.length; n += BATCH) {
      const batch = told.slice(n, n + BATCH);
      const answer = await tropa.post('/v1/batch', { batch });
      expect(await answer.json()).toMatchObject({ accepted: batch.length, refused: [] });
    }
    await tropa.advance('2h');
    await tropa.signal('SIGTERM');
    store = await openSqliteStore(tropa.data);
  });

  afterAll(async () => {
    await store?.close();
    await tropa?.close();
  });

  test('keeps each event once, although a tenth was told twice', async () => {
    const kept = await store.events({ limit: 10_000 });
    expect(kept.map((event) => event.id).sort()).toEqual(lines.map((line) => line.id).sort());
    expect(kept.every((event) => event.done)).toBe(true);
  });

  test('lets in exactly those whom the file tells, each by their own event', async () => {
    const told = expected(lines, { idle: IDLE, exit: true });
    expect(told.length).toBeGreaterThan(100);
    expect(await entries(store, lines)).toEqual(told);
  });

  test('would let in others without the exit, and others without the silence', async () => {
    const entered = await entries(store, lines);
    expect(expected(lines, { idle: IDLE, exit: false })).not.toEqual(entered);
    expect(expected(lines, { idle: 0, exit: true })).not.toEqual(entered);
  });

  test('lets out those who bought after they had entered, and nobody else', async () => {
    const journal = await store.journal({ journey: 'browsed', limit: 10_000 });
    const left = journal.filter((line) => line.kind === 'exited').map((line) => line.because);
    const orders = new Set(lines.filter((line) => line.event === 'order.placed').map((line) => line.id));
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((because) => !orders.has(because ?? ''))).toEqual([]);
  });
});
