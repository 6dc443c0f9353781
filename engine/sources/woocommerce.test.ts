import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { admit } from '../runtime/door.ts';
import { webhookBody } from '../testing/signed-by-openssl.ts';
import { wooCommerceDoor } from './woocommerce.ts';

const NOW = Date.UTC(2026, 2, 6, 12);
const door = wooCommerceDoor({ name: 'woo', type: 'woocommerce', options: { secret: 's' } });
const at = (text: string): number => Date.parse(text);
const file = (name: string): Buffer => webhookBody(`woocommerce/${name}.json`);
const parsed = (name: string): JsonObject => JSON.parse(file(name).toString('utf8')) as JsonObject;

function read(topic: string, body: Buffer | Json, delivery = 'd1') {
  return door.translate({
    headers: { 'x-wc-webhook-topic': topic, 'x-wc-webhook-delivery-id': delivery },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    received: NOW,
    ip: null,
  });
}
/** Id and time of each event. */
const history = (topic: string, body: Buffer | Json) =>
  read(topic, body)
    .events.filter(({ name }) => name !== 'profile.updated')
    .map(({ id, name, at: when }) => `${id} ${name} ${new Date(when).toISOString()}`);

const IVAN = ['user:26', 'email:ivan.smirnov@example.com', 'phone:+79117654321'];

describe('an order', () => {
  test('tells everything that has happened to it', () => {
    const { events, refused } = read('order.created', file('order.created'));
    expect(refused).toEqual([]);
    const data = {
      order_id: '727',
      number: '727',
      cart_id: '47110a8a1c1b0c1d5f0ae3ac2bd1ac4e',
      total: 5340,
      currency: 'RUB',
      items: [
        { product_id: '93', variant_id: '97', sku: 'SN-FLY-42', title: 'Кеды «Полёт»', quantity: 1, price: 4990 },
      ],
      payment: 'Direct Bank Transfer',
    };
    expect(events).toMatchObject([
      { id: 'order/727/placed', name: 'order.placed', at: at('2026-03-02T09:28:02Z'), who: IVAN, data },
      { id: 'order/727/paid', name: 'order.paid', at: at('2026-03-02T09:28:08Z'), who: IVAN, data },
      {
        name: 'profile.updated',
        who: IVAN,
        data: { first_name: 'Иван', last_name: 'Смирнов', city: 'Санкт-Петербург', country: 'RU' },
      },
    ]);
    expect(admit({ events, refused }, 'woo', NOW)).toMatchObject({ refused: [], accepted: 1 });
  });
  test.each<[string, Buffer, string[]]>([
    [
      'completed',
      file('order.updated.completed'),
      [
        'order/727/placed order.placed 2026-03-02T09:28:02.000Z',
        'order/727/paid order.paid 2026-03-02T09:28:08.000Z',
        'order/727/fulfilled order.fulfilled 2026-03-03T15:00:00.000Z',
      ],
    ],
    [
      'refunded',
      file('order.updated.refunded'),
      [
        'order/727/placed order.placed 2026-03-02T09:28:02.000Z',
        'order/727/paid order.paid 2026-03-02T09:28:08.000Z',
        'order/727/refund/731 order.refunded 2026-03-05T09:00:00.000Z',
      ],
    ],
    ['cancelled', file('order.updated.cancelled'), ['order/729/cancelled order.cancelled 2026-03-02T11:00:00.000Z']],
    ['pending', file('order.created.pending'), ['order/728/unpaid checkout.started 2026-03-02T09:28:02.000Z']],
  ])('that is %s', (_status, body, told) => {
    expect(history('order.updated', body)).toEqual(told);
  });
  test('placed and paid later is placed and paid once, by any webhook or none', () => {
    const held = { ...parsed('order.created'), status: 'on-hold', date_paid: null, date_paid_gmt: null };
    expect(history('order.created', held)).toEqual(['order/727/placed order.placed 2026-03-02T09:28:02.000Z']);
    const all = [held, parsed('order.created'), parsed('order.updated.completed'), parsed('order.updated.refunded')];
    const ids = all.flatMap((body) => read('order.updated', body).events.map(({ id }) => id));
    expect([...new Set(ids)].sort()).toEqual([
      'order/727/fulfilled',
      'order/727/paid',
      'order/727/placed',
      'order/727/refund/731',
      expect.stringMatching(/^order\/727\/traits\//),
    ]);
  });
  test.each(['checkout-draft', 'auto-draft', 'trash'])('that is %s is none', (status) => {
    expect(read('order.created', { ...parsed('order.created'), status }).events).toEqual([]);
  });
  test("of a status of somebody's own is placed", () => {
    const body = { ...parsed('order.created'), status: 'in-production', date_paid_gmt: null };
    expect(history('order.updated', body)).toHaveLength(1);
  });
  test('refunded by its status alone went back whole; in parts, each is one', () => {
    const refunds = [
      { id: 1, total: '-0.10' },
      { id: 2, total: '-0.20' },
    ];
    const amounts = (body: JsonObject) =>
      read('order.updated', body)
        .events.filter(({ name }) => name === 'order.refunded')
        .map(({ data }) => [data.refund_id, data.amount]);
    expect(amounts({ ...parsed('order.created'), status: 'refunded', refunds: [] })).toEqual([['order-727', 5340]]);
    expect(amounts({ ...parsed('order.created'), refunds })).toEqual([
      ['1', 0.1],
      ['2', 0.2],
    ]);
  });
  test('that is not paid for can be continued', () => {
    const [event] = read('order.created', file('order.created.pending')).events;
    expect(event).toMatchObject({
      who: IVAN.slice(1),
      data: {
        checkout_id: '728',
        email: 'ivan.smirnov@example.com',
        phone: '+79117654321',
        url: expect.stringContaining('order-pay'),
      },
    });
  });
  test('of nobody at all is known by itself: WooCommerce switches off what is refused', () => {
    const body = { ...parsed('order.created'), customer_id: 0, billing: {} };
    expect(read('order.created', body).events[0]?.who).toEqual(['anonymous:woocommerce-order-727']);
  });
  test('knows the cart that our snippet told of', () => {
    const meta_data = [
      { key: '_tropa_cart', value: 't_9' },
      { key: '_tropa_anonymous', value: 't_9' },
    ];
    const [event] = read('order.created', { ...parsed('order.created'), meta_data }).events;
    expect(event).toMatchObject({ who: [...IVAN, 'anonymous:t_9'], data: { cart_id: 't_9' } });
  });
  test('was placed when our snippet says: what began as a draft keeps the draft’s date', () => {
    const draft = { ...parsed('order.created'), date_created_gmt: '2026-03-02T09:00:00' };
    const placedAt = (...meta_data: Json[]) => read('order.updated', { ...draft, meta_data }).events[0]?.at;
    expect(placedAt({ key: '_tropa_placed', value: '2026-03-02T11:30:00Z' })).toBe(Date.UTC(2026, 2, 2, 11, 30));
    expect(placedAt()).toBe(Date.UTC(2026, 2, 2, 9));
    expect(placedAt({ key: '_tropa_placed', value: 'soon' })).toBe(Date.UTC(2026, 2, 2, 9));
  });
});

describe('the rest', () => {
  test('a customer is a profile', () => {
    expect(read('customer.updated', file('customer.updated')).events).toMatchObject([
      {
        name: 'profile.updated',
        at: at('2026-03-01T09:00:00Z'),
        who: IVAN,
        data: {
          email: 'ivan.smirnov@example.com',
          phone: '+79117654321',
          first_name: 'Иван',
          city: 'Санкт-Петербург',
          country: 'RU',
        },
      },
    ]);
  });
  test('a product is of nobody', () => {
    expect(read('product.updated', file('product.updated')).events).toMatchObject([
      {
        name: 'product.updated',
        who: [],
        data: {
          product_id: '93',
          sku: 'SN-FLY',
          price: 4490,
          old_price: 4990,
          quantity: 7,
          url: 'https://lumen.example/product/fly/',
          image: 'https://lumen.example/fly.jpg',
          category: 'Обувь',
        },
      },
    ]);
  });
  test('a cart is what the snippet sends', () => {
    expect(read('tropa.cart', file('tropa.cart')).events).toMatchObject([
      {
        name: 'cart.updated',
        at: at('2026-03-02T09:20:00Z'),
        who: ['anonymous:t_9f0e1d2c3b4a5968'],
        data: { cart_id: 't_9f0e1d2c3b4a5968', total: 9980, currency: 'RUB', items: [{ quantity: 2, price: 4990 }] },
      },
    ]);
  });
  test('two things told in one second are two: the delivery has the same id', () => {
    const product = parsed('product.updated');
    const ids = [product, { ...product, id: 94 }, { ...product, price: '1' }].map(
      (body) => read('product.updated', body, 'one second').events[0]?.id,
    );
    expect(new Set(ids).size).toBe(3);
    expect(read('product.updated', product, 'one second').events[0]?.id).toBe(ids[0]);
  });
  test.each(['order.deleted', 'customer.deleted', 'coupon.created', 'action.woocommerce_add_to_cart', 'constructor'])(
    '%s is taken and means nothing',
    (topic) => {
      expect(read(topic, { id: 5 })).toEqual({ events: [], refused: [] });
    },
  );
  test.each<[string, Json]>([
    [
      'order.created',
      { id: 1, status: 'processing', line_items: [null, {}], refunds: [{}], meta_data: {}, billing: 'x' },
    ],
    ['order.created', {}],
    ['customer.updated', { billing: [] }],
    ['product.updated', { images: {}, categories: [null] }],
    ['tropa.cart', { items: 'x' }],
  ])('%s whose body is strange is read as far as it goes', (topic, body) => {
    expect(() => read(topic, body)).not.toThrow();
  });
});

const SNIPPET = fileURLToPath(new URL('../../docs/woocommerce/tropa-carts.php', import.meta.url));
const PHP = spawnSync('php', ['-v']).status === 0;
(PHP ? test : test.skip)('the snippet for WordPress is PHP', () => {
  expect(spawnSync('php', ['-l', SNIPPET]).status).toBe(0);
});
