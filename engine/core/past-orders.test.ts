import { describe, expect, test } from '@jest/globals';
import { readSettings } from '../language/read-settings.ts';
import { Moment } from '../language/values.ts';
import type { Definitions } from './definitions.ts';
import { FactsInHand, NO_FACTS } from './facts.ts';
import { learn } from './learn.ts';
import { absorb } from './merge.ts';
import { sumUpOrders } from './past-orders.ts';
import { newPerson, type Person } from './person.ts';
import { profileOf } from './profile.ts';
import { Work } from './work.ts';

const DAY = 86_400_000;
const START = Date.UTC(2020, 0, 1);
const { settings } = readSettings('tropa.yaml', 'timezone: UTC\ncurrency: EUR', {});

function tell(person: Person, name: string, day: number, data: Record<string, string | number>): void {
  const at = START + day * DAY;
  const event = { id: `${name}-${day}-${data.order_id}`, source: 'shop', name, at, received: at, data };
  learn(person, { ...event, who: [], links: [], hops: 0 });
  person.now = Math.max(person.now, at);
}

/** Somebody who orders for ten years; every order is worth 10.1, every tenth in another currency, every ninth cancelled. */
function customer(id: string, sumUp: boolean): Person {
  const person = newPerson(id, START);
  for (let n = 0; n < 1_000; n += 1) {
    const day = n * 4;
    tell(person, 'order.placed', day, { order_id: `o${n}`, total: 10.1, currency: n % 10 === 0 ? 'USD' : 'EUR' });
    if (n % 9 === 0) tell(person, 'order.cancelled', day + 1, { order_id: `o${n}` });
    if (n % 7 === 0) tell(person, 'order.refunded', day + 2, { order_id: `o${n}`, refund_id: 'r', amount: 1.1 });
    if (sumUp) sumUpOrders(person);
  }
  return person;
}

const figures = (person: Person) => {
  const { orders_count, orders_total, first_order_at, last_order_at } = profileOf(person, settings);
  return { orders_count, orders_total, first_order_at, last_order_at };
};

describe('orders of a customer of many years', () => {
  test('are summed up when they are settled: the record stays small and its figures what they were', () => {
    const [kept, all] = [customer('a', true), customer('b', false)];
    expect(Object.keys(all.orders)).toHaveLength(1_000);
    expect(Object.keys(kept.orders).length).toBeLessThanOrEqual(102);
    expect(figures(kept)).toEqual(figures(all));
    expect(figures(kept)).toMatchObject({ first_order_at: new Moment(START + 4 * DAY) });
    expect(JSON.stringify(kept).length).toBeLessThan(JSON.stringify(all).length / 5);
  });

  test('stay one by one while anything may happen to them, and while they are few', () => {
    const person = newPerson('a', START);
    for (let n = 0; n < 300; n += 1) tell(person, 'order.placed', n, { order_id: `o${n}`, total: 1 });
    sumUpOrders(person);
    expect(Object.keys(person.orders)).toHaveLength(300);
    person.now += 10_000 * DAY;
    sumUpOrders(person);
    expect(Object.keys(person.orders)).toHaveLength(100);
    expect(profileOf(person, settings)).toMatchObject({ orders_count: 300, orders_total: 300 });
    sumUpOrders(person);
    expect(profileOf(person, settings)).toMatchObject({ orders_count: 300 });
  });

  test('a refund that came before its order waits for it, however long', () => {
    const person = customer('a', false);
    tell(person, 'order.refunded', 1, { order_id: 'later', refund_id: 'r', amount: 5 });
    person.now += 10_000 * DAY;
    sumUpOrders(person);
    expect(person.orders.later).toMatchObject({ refunds: { r: 5 }, placed: null });
  });

  test('add up when two records turn out to be one human', () => {
    const [a, b] = [customer('a', true), customer('b', true)];
    b.orders = Object.fromEntries(Object.entries(b.orders).map(([id, order]) => [`b-${id}`, order]));
    const definitions = { settings } as Definitions;
    const before = figures(a);
    absorb(new Work(a, new FactsInHand(NO_FACTS), definitions, a.now), b);
    expect(figures(a)).toEqual({
      ...before,
      orders_count: 2 * Number(before.orders_count),
      orders_total: Math.round(2000 * Number(before.orders_total)) / 1000,
    });
  });
});
