import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Order } from '../core/person.ts';
import { DAY, HOUR, SmallWorld, START } from '../testing/small-world.ts';
import { creditedTo, type Sale, saleOf, type Touch } from './attribution.ts';
import { amounts, attributed, enter, noRevenue, revenueOf, sumOf } from './revenue.ts';

const WINDOWS = { click: 5 * DAY, open: 2 * DAY };
const touch = (id: string, times: Touch['times'], more: Partial<Touch> = {}): Touch => ({
  id,
  at: 0,
  journey: 'cart',
  version: 'v',
  step: '1',
  channel: 'email',
  times,
  ...more,
});
const order = (more: Partial<Order> = {}): Order => ({
  total: 80,
  currency: 'EUR',
  told: [1, 0, 'e'],
  placed: 10 * DAY,
  cancelled: false,
  refunds: {},
  ...more,
});

describe('an order belongs', () => {
  const at = 10 * DAY;
  test.each<[string, Touch[], string | null]>([
    ['to the last message clicked', [touch('a', { clicked: at - 3 * DAY }), touch('b', { clicked: at - DAY })], 'b'],
    [
      'to a click rather than to a later open',
      [touch('a', { clicked: at - 4 * DAY }), touch('b', { opened: at - 1 })],
      'a',
    ],
    [
      'to the last opened where nothing was clicked',
      [touch('a', { opened: at - 9 }), touch('b', { opened: at - 8 })],
      'b',
    ],
    ['to a click exactly five days before', [touch('a', { clicked: at - 5 * DAY })], 'a'],
    ['not to a click of longer ago', [touch('a', { clicked: at - 5 * DAY - 1 })], null],
    ['to an open exactly two days before', [touch('a', { opened: at - 2 * DAY })], 'a'],
    ['not to an open of longer ago', [touch('a', { opened: at - 2 * DAY - 1 })], null],
    ['not to what came after it', [touch('a', { clicked: at + 1, opened: at + 1 })], null],
    ['to what was opened before it and clicked after', [touch('a', { clicked: at + 1, opened: at - 1 })], 'a'],
    ['not to what a machine opened', [touch('a', { delivered: at - 1, machine_opened: at - 1 })], null],
    ['not to a test message', [touch('a', { clicked: at - 1 }, { step: '$test' })], null],
    [
      'of one moment to the message decided later',
      [touch('b', { clicked: at }), touch('a', { clicked: at }, { at: 1 })],
      'a',
    ],
    ['to nothing where there is nothing', [], null],
  ])('%s', (_, touches, expected) => {
    expect(creditedTo(at, touches, WINDOWS)?.id ?? null).toBe(expected);
    expect(creditedTo(at, [...touches].reverse(), WINDOWS)?.id ?? null).toBe(expected);
  });

  test('to a click beyond a short window for clicks, where that for opens is longer', () => {
    const clicked = [touch('a', { clicked: at - 36 * HOUR })];
    expect(creditedTo(at, clicked, { click: DAY, open: 2 * DAY })?.id).toBe('a');
  });
});

describe('an order is worth', () => {
  test('its total without its refunds, whatever fractions they have', () => {
    expect(saleOf('o', order({ total: 0.3, refunds: { a: 0.1, b: 0.2 } }), 'EUR')?.worth).toBe(0);
    expect(saleOf('o', order({ currency: null }), 'EUR')?.worth).toBe(80_000);
  });

  test('nothing when it was cancelled, was never placed, or is in another currency', () => {
    for (const more of [{ cancelled: true }, { placed: null }, { currency: 'USD' }])
      expect(saleOf('o', order(more), 'EUR')).toBeNull();
  });
});

const someTouch = fc.record({
  id: fc.string({ minLength: 1, maxLength: 3 }),
  at: fc.nat(20 * DAY),
  journey: fc.constantFrom('cart', 'win-back', 'welcome'),
  version: fc.constantFrom('v1', 'v2'),
  step: fc.constantFrom('1', '2', '$test'),
  channel: fc.constantFrom('email' as const, 'sms' as const, 'push' as const),
  times: fc.record({ opened: fc.nat(20 * DAY), clicked: fc.nat(20 * DAY) }, { requiredKeys: [] }),
});
const someSale: fc.Arbitrary<Sale> = fc.record({
  id: fc.string(),
  placed: fc.nat(20 * DAY),
  worth: fc.integer({ min: -1_000_000, max: 10_000_000 }),
});

test('channels, journeys, versions and steps each add up to all orders, together with none', () => {
  fc.assert(
    fc.property(fc.array(someTouch, { maxLength: 12 }), fc.array(someSale, { maxLength: 12 }), (touches, sales) => {
      const sheet = noRevenue('EUR');
      for (const sale of sales) enter(sheet, sale, creditedTo(sale.placed, touches, WINDOWS), (at) => at - (at % DAY));
      expect(sheet.all).toEqual(sumOf(sales.map(({ worth }) => ({ orders: 1, worth }))));
      for (const parts of [sheet.channels, sheet.journeys, sheet.versions, sheet.steps, sheet.days])
        expect(sumOf([...parts.values(), sheet.none])).toEqual(sheet.all);
      expect(attributed(sheet)).toEqual(sumOf([...sheet.channels.values()]));
    }),
  );
});

const CART = `
journey: cart
status: live
trigger: { event: cart.updated, key: event.cart_id }
goal: { event: order.placed, value: event.total, currency: event.currency }
steps:
  - email: reminder
  - wait: 9d
`;

describe('revenue of a store', () => {
  const ask = {
    span: { from: START, to: START + 30 * DAY },
    settings: { currency: 'EUR', attribution: WINDOWS },
    dayOf: (at: number) => at - (at % DAY),
  };

  test('is of the messages clicked before; cancelled orders, refunds and other currencies are taken off', async () => {
    const world = new SmallWorld([CART], { settings: 'timezone: UTC\ncurrency: EUR' });
    for (const name of ['anna', 'boris', 'clara', 'dora']) {
      await world.meet(name);
      await world.tell(name, 'cart.updated', { cart_id: name });
    }
    await world.pass(HOUR);
    const row = (await world.messages()).find(({ to }) => to === 'anna@example.com');
    await world.tell('anna', 'message.clicked', { message: row?.id ?? '' });
    await world.pass(HOUR);
    await world.tell('anna', 'order.placed', { order_id: 'a', total: 80, currency: 'EUR' });
    await world.tell('anna', 'order.paid', { order_id: 'a', total: 80, currency: 'EUR' });
    await world.tell('anna', 'order.refunded', { order_id: 'a', refund_id: 'r', amount: 30 });
    await world.tell('boris', 'order.placed', { order_id: 'b', total: 40 });
    await world.tell('clara', 'order.placed', { order_id: 'c', total: 500, currency: 'USD' });
    await world.tell('dora', 'order.placed', { order_id: 'd', total: 70, currency: 'EUR' });
    await world.tell('dora', 'order.cancelled', { order_id: 'd' });
    await world.pass(HOUR);
    const revenue = await revenueOf(world.store, ask);
    expect(revenue.all).toEqual({ orders: 2, worth: 90_000 });
    expect(revenue.none).toEqual({ orders: 1, worth: 40_000 });
    expect(amounts(revenue, revenue.channels.get('email'))).toEqual({ EUR: 50 });
    expect(amounts(revenue, revenue.journeys.get('cart'))).toEqual({ EUR: 50 });
    expect(amounts(revenue, revenue.steps.get(`cart ${row?.version} ${row?.step}`))).toEqual({ EUR: 50 });
    expect(amounts(revenue, revenue.days.get(START))).toEqual({});
    expect([...revenue.days.values()]).toEqual([{ orders: 1, worth: 50_000 }]);
  });

  test('of a period without orders is nothing', async () => {
    const world = new SmallWorld([CART]);
    const revenue = await revenueOf(world.store, ask);
    expect([revenue.all, amounts(revenue, revenue.all)]).toEqual([{ orders: 0, worth: 0 }, {}]);
  });
});
