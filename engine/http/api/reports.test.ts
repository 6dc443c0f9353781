// Figures and reports over real HTTP, of people who lived through a journey on a real engine.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { z } from 'zod';
import { figuresPage } from '../../reports/definitions.ts';
import { beginSession } from '../../runtime/access/sessions.ts';
import { firstToken, useLink } from '../../runtime/access/users.ts';
import { type SmallHost, startSmallHost } from '../../testing/http-host.ts';
import { DAY, HOUR, SmallWorld } from '../../testing/small-world.ts';
import * as schemas from './schemas/reports.ts';

const CART = `
journey: cart
status: live
trigger: { event: cart.updated, key: event.cart_id }
goal: { event: order.placed, value: event.total, currency: event.currency }
steps:
  - email: reminder
  - wait: 9d
  - sms: last-call
`;

let small: SmallHost;
let cookie: string;

/** Anna clicks and buys for 80, of which 30 come back; Boris buys for 40 of his own; Clara does nothing. */
beforeAll(async () => {
  const world = new SmallWorld([CART], { settings: 'timezone: UTC\ncurrency: EUR' });
  for (const name of ['anna', 'boris', 'clara']) {
    await world.meet(name);
    await world.tell(name, 'cart.updated', { cart_id: name });
  }
  await world.pass(HOUR);
  const row = (await world.messages()).find(({ to }) => to === 'anna@example.com');
  await world.tell('anna', 'message.clicked', { message: row?.id ?? '' });
  await world.pass(HOUR);
  await world.tell('anna', 'order.placed', { order_id: 'a', total: 80, currency: 'EUR' });
  await world.tell('anna', 'order.refunded', { order_id: 'a', refund_id: 'r', amount: 30 });
  await world.tell('boris', 'order.placed', { order_id: 'b', total: 40, currency: 'EUR' });
  await world.pass(DAY);
  const { settings } = world.engine.definitions;
  small = await startSmallHost({ store: world.store });
  small.now = world.clock.now();
  expect(settings.currency).toBe(small.host.settings().currency);
  await world.store.deploy({
    journeys: [
      {
        id: 'cart',
        version: {
          hash: row?.version ?? '',
          journey: 'cart',
          yaml: CART,
          parent: null,
          deployedAt: small.now,
          author: null,
        },
        expect: null,
        templates: {},
      },
    ],
  });
  const token = (await firstToken(small.host)) ?? '';
  const user = await useLink(small.host, { token, password: 'a long sentence as password', email: 'a@lumen.example' });
  cookie = `tropa=${await beginSession(small.host, user)}`;
}, 60_000);
afterAll(() => small.close());

const ask = (path: string) => fetch(small.url + path, { headers: { cookie } });

// biome-ignore lint/suspicious/noExplicitAny: what is asserted of it says what it is
const told = async (path: string): Promise<any> => (await ask(path)).json();

async function read<Answer>(path: string, schema: z.ZodType<Answer>): Promise<Answer> {
  const told: unknown = await (await ask(path)).json();
  const answer = schema.parse(told);
  // Nothing is answered that the description does not know.
  expect(answer).toEqual(told);
  return answer;
}

test('the overview tells what messages earned beside all orders, and goal value apart', async () => {
  const { totals, channels, journeys, days } = await told('/api/overview');
  expect(totals).toMatchObject({
    sent: 3,
    clicked: 1,
    converted: 2,
    orders: 1,
    revenue: { EUR: 50 },
    unattributed: { EUR: 40 },
    allOrders: { EUR: 90 },
    goalValue: { EUR: 120 },
  });
  expect(channels).toEqual([expect.objectContaining({ channel: 'email', sent: 3, orders: 1, revenue: { EUR: 50 } })]);
  expect(journeys).toEqual([expect.objectContaining({ id: 'cart', revenue: { EUR: 50 }, goalValue: { EUR: 120 } })]);
  const earned = days.filter(({ revenue }: { revenue: object }) => Object.keys(revenue).length > 0);
  expect(earned).toEqual([expect.objectContaining({ revenue: { EUR: 50 }, goalValue: { EUR: 120 } })]);
});

test('a journey tells at each step what became of its messages and what they earned', async () => {
  const { totals, steps } = await told('/api/journeys/cart');
  expect(totals).toMatchObject({ entered: 3, converted: 2, orders: 1, revenue: { EUR: 50 } });
  expect(steps['1']).toMatchObject({ passed: 3, sent: 3, opened: 1, clicked: 1, orders: 1, revenue: { EUR: 50 } });
  expect(steps['3']).toMatchObject({ sent: 0, orders: 0, revenue: {} });
});

describe('a report', () => {
  test('of channels adds up to all orders', async () => {
    const report = await read('/api/reports/channels', schemas.channelReport);
    expect(report.all).toEqual({ orders: 2, revenue: { EUR: 90 } });
    expect(report.unattributed).toEqual({ orders: 1, revenue: { EUR: 40 } });
    expect(report.channels).toEqual([expect.objectContaining({ orders: 1, revenue: { EUR: 50 } })]);
  });

  test('of the time of day tells the hours where the shop is', async () => {
    const report = await read('/api/reports/time-of-day', schemas.timeOfDayReport);
    // Monday noon in UTC is two in Riga.
    expect(report).toMatchObject({ timezone: 'Europe/Riga', hours: [{ weekday: 1, hour: 14, sent: 3, clicked: 1 }] });
  });

  test('of the funnel goes from sending to ordering', async () => {
    const all = await read('/api/reports/funnel', schemas.funnelReport);
    expect(all.stages.map(({ count }) => count)).toEqual([3, 3, 1, 1, 1]);
    expect((await read('/api/reports/funnel?journey=cart', schemas.funnelReport)).journey).toEqual({
      entered: 3,
      converted: 2,
    });
    expect((await ask('/api/reports/funnel?journey=nothing')).status).toBe(404);
  });

  test('of buyers tells how often they bought and whether they came back', async () => {
    const { cells } = await read('/api/reports/rfm', schemas.rfmReport);
    expect(cells).toEqual([{ recency: 0, frequency: 0, people: 2, orders_total: 90 }]);
    const { cohorts } = await read('/api/reports/retention', schemas.retentionReport);
    expect(cohorts).toEqual([{ month: '2026-03', people: 2, returned: [2] }]);
  });

  test('comes as a table for spreadsheets too, and refuses what it does not know', async () => {
    const answer = await ask('/api/reports/channels?format=csv&days=7');
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(await answer.text()).toBe(
      'channel,sent,delivered,opened,clicked,orders,revenue\r\nemail,3,3,1,1,1,50\r\nnone,0,0,0,0,1,40\r\n',
    );
    for (const name of ['time-of-day', 'funnel', 'rfm', 'retention'])
      expect((await (await ask(`/api/reports/${name}?format=csv`)).text()).split('\r\n').length).toBeGreaterThan(2);
    for (const query of ['?days=0', '?format=xls', '?colour=red'])
      expect((await ask(`/api/reports/channels${query}`)).status).toBe(400);
  });
});

test('what was counted still stands when the minute is over', async () => {
  await told('/api/reports/channels');
  const { messages } = small.store;
  let reads = 0;
  small.store.messages = (filter) => {
    reads += 1;
    return messages.call(small.store, filter);
  };
  small.now += 60_000;
  await told('/api/reports/channels');
  small.store.messages = messages;
  expect(reads).toBe(0);
});

test('definitions are those of docs/figures.md', async () => {
  const told = await read('/api/figures', schemas.figureDefinitions);
  expect(figuresPage(told as Parameters<typeof figuresPage>[0])).toContain(told.en.revenue?.means ?? 'nothing');
});
