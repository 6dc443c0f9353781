import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { admit } from '../runtime/door.ts';
import { webhookBody } from '../testing/signed-by-openssl.ts';
import { shopifyDoor } from './shopify.ts';

const NOW = Date.UTC(2026, 2, 6, 12);
const door = shopifyDoor({ name: 'shop', type: 'shopify', options: { secret: 's', url: 'https://lumen.example/' } });
const at = (text: string): number => Date.parse(text);

const HEADERS = {
  'x-shopify-event-id': 'ev-1',
  'x-shopify-webhook-id': 'wh-1',
  'x-shopify-triggered-at': '2026-03-06T11:59:00Z',
};

function read(topic: string, body: Buffer | Json, headers: Record<string, string | undefined> = HEADERS) {
  return door.translate({
    headers: { 'x-shopify-topic': topic, 'x-shopify-shop-domain': 'lumen-demo.myshopify.com', ...headers },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    received: NOW,
    ip: null,
  });
}
const file = (name: string): Buffer => webhookBody(`shopify/${name}.json`);
const parsed = (name: string): JsonObject => JSON.parse(file(name).toString('utf8')) as JsonObject;

const DRESS = {
  product_id: '8448447512866',
  variant_id: '45902754185506',
  sku: 'DR-LILAC-M',
  title: 'Платье «Сирень»',
  price: 4990,
};
const ANNA = ['user:7677484597543', 'email:anna.petrova@example.com', 'phone:+79161234567'];
const CART = 'anonymous:Z2NwLWV1LXdlc3QxOjAxSEdGRkRGQkZUQ0dXQ0g';
const CHECKOUT_URL =
  'https://lumen-demo.example/80371122466/checkouts/ac/Z2NwLWV1LXdlc3Qx/recover?key=0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const NAMES = { first_name: 'Анна', last_name: 'Петрова', locale: 'ru-RU' };

describe('carts', () => {
  test('are known by their token, added up, and can be continued anywhere', () => {
    const events = read('carts/update', file('carts-update')).events;
    expect(events).toEqual([
      {
        id: 'ev-1/carts/update/eeafa272cebfd4b22385bc4b645e762c',
        name: 'cart.updated',
        at: at('2026-03-02T08:41:49Z'),
        who: ['anonymous:eeafa272cebfd4b22385bc4b645e762c'],
        data: {
          cart_id: 'eeafa272cebfd4b22385bc4b645e762c',
          total: 14970,
          items: [{ ...DRESS, quantity: 3 }],
          url: 'https://lumen.example/cart/45902754185506:3',
        },
        ignored: 0,
      },
    ]);
  });
  test('are in the money of the shop where that is told', () => {
    expect(read('carts/create', file('carts-create')).events[0]?.data).toMatchObject({ total: 4990, currency: 'RUB' });
  });
  test('may be emptied', () => {
    const data = read('carts/update', { ...parsed('carts-update'), line_items: [] }).events[0]?.data;
    expect(data).toEqual({ cart_id: 'eeafa272cebfd4b22385bc4b645e762c', total: 0, items: [] });
  });
  test('are told without the key that opens them', () => {
    const [event] = read('carts/update', { token: 'Z2NwLX?key=secret', line_items: [] }).events;
    expect(event).toMatchObject({ who: ['anonymous:Z2NwLX'], data: { cart_id: 'Z2NwLX' } });
    expect(JSON.stringify(event?.data)).not.toContain('secret');
  });
  test('are added up to the cent', () => {
    const lines = ['0.10', '0.20', '0.30'].map((line_price) => ({ line_price, quantity: 1, variant_id: 1 }));
    expect(read('carts/update', { token: 't', line_items: lines }).events[0]?.data.total).toBe(0.6);
  });
});

describe('checkouts', () => {
  test('are known by their token, with and without an id', () => {
    const since = read('checkouts/create', file('checkouts-create.2026-04')).events;
    const before = read('checkouts/update', file('checkouts-update')).events;
    expect([since[0]?.name, before[0]?.name]).toEqual(['checkout.started', 'checkout.updated']);
    expect([since[0]?.data.checkout_id, before[0]?.data.checkout_id]).toEqual(
      Array(2).fill('da4a9d115469c72cf166bfbe6c5313d1'),
    );
    expect(before).toEqual([
      {
        id: 'ev-1/checkouts/update/37112239489315',
        name: 'checkout.updated',
        at: at('2026-03-02T11:44:48+03:00'),
        who: [...ANNA, CART],
        data: {
          checkout_id: 'da4a9d115469c72cf166bfbe6c5313d1',
          cart_id: CART.slice('anonymous:'.length),
          total: 4990,
          currency: 'RUB',
          items: [{ ...DRESS, variant: 'M', quantity: 1, old_price: 5990 }],
          url: CHECKOUT_URL,
          email: 'anna.petrova@example.com',
          phone: '+79161234567',
        },
        ignored: 0,
      },
      expect.objectContaining({
        name: 'profile.updated',
        data: NAMES,
        id: 'ev-1/checkouts/update/37112239489315/traits',
      }),
    ]);
  });
  test('of guests are known by email and phone, and join the cart', () => {
    const { customer, ...guest } = parsed('checkouts-create.2026-04');
    expect(customer).toBeDefined();
    expect(read('checkouts/create', guest).events[0]?.who).toEqual([...ANNA.slice(1), CART]);
    expect(read('checkouts/create', { ...guest, email: null, phone: null, cart_token: null }).events[0]?.who).toEqual([
      'anonymous:da4a9d115469c72cf166bfbe6c5313d1',
    ]);
  });
  test('that are completed start nothing: they are orders by now', () => {
    const body = { ...parsed('checkouts-update'), completed_at: '2026-03-02T12:10:04+03:00' };
    expect(read('checkouts/update', body)).toEqual({ events: [], refused: [] });
  });
});

describe('orders', () => {
  const data = {
    order_id: '5410220000123',
    number: '#1042',
    cart_id: CART.slice('anonymous:'.length),
    checkout_id: 'da4a9d115469c72cf166bfbe6c5313d1',
    total: 4591.5,
    currency: 'RUB',
    items: [{ ...DRESS, quantity: 1 }],
    coupon: 'SPRING15',
    url: 'https://lumen-demo.example/80371122466/orders/7f3b/authenticate?key=9d',
  };
  const who = [...ANNA, CART, 'anonymous:shopify-order-5410220000123'];
  test.each([
    ['orders/create', 'orders-create', 'order.placed', '2026-03-02T12:10:04+03:00', {}],
    ['orders/paid', 'orders-paid', 'order.paid', '2026-03-02T12:11:40+03:00', {}],
    [
      'orders/fulfilled',
      'orders-fulfilled',
      'order.fulfilled',
      '2026-03-03T15:30:00+03:00',
      { tracking_number: '1540000001', tracking_url: 'https://cdek.example/track/1540000001' },
    ],
    ['orders/cancelled', 'orders-cancelled', 'order.cancelled', '2026-03-02T18:00:00+03:00', { reason: 'customer' }],
  ])('%s is %s', (topic, name, ours, when, more) => {
    const [event, ...rest] = read(topic, file(name)).events;
    expect(event).toEqual({
      id: `ev-1/${topic}/5410220000123`,
      name: ours,
      at: at(when),
      who,
      data: { ...data, ...more },
      ignored: 0,
    });
    expect(rest.map((one) => one.name)).toEqual(ours === 'order.placed' ? ['profile.updated'] : []);
  });
  test('of guests in several currencies are in the money of the shop', () => {
    const [order, profile] = read('orders/create', file('orders-create.guest-multi-currency.2026-04')).events;
    expect(order).toMatchObject({
      who: ['email:guest@example.com', 'anonymous:Z2NwLWV1LXdlc3QxOkdVRVNU', 'anonymous:shopify-order-5410220000456'],
      data: { total: 100, currency: 'EUR', checkout_id: 'aa11bb22cc33dd44ee55ff6600112233', items: [{ price: 47.5 }] },
    });
    expect(profile?.data).toMatchObject({ first_name: 'Bob', last_name: 'Norman', country: 'US' });
  });
  test('are found again by their refunds, which name nobody', () => {
    const [refund] = read('refunds/create', file('refunds-create')).events;
    expect(refund).toMatchObject({
      name: 'order.refunded',
      at: at('2026-03-05T10:00:00+03:00'),
      who: ['anonymous:shopify-order-5410220000123'],
      data: { order_id: '5410220000123', amount: 4241.5, currency: 'RUB', items: [{ ...DRESS, quantity: 1 }] },
    });
    expect(who).toContain(refund?.who[0]);
  });
  test('refunded in another currency count in the money of the shop', () => {
    const [refund] = read('refunds/create', file('refunds-create.multi-currency')).events;
    expect(refund?.data).toMatchObject({ amount: 47.5, currency: 'EUR' });
  });
});

describe('customers', () => {
  test('are profiles, with the consent that older versions of the API tell there', () => {
    expect(read('customers/update', file('customers-update')).events).toEqual([
      {
        id: 'ev-1/customers/update/7677484597543',
        name: 'profile.updated',
        at: at('2026-03-02T11:42:20+03:00'),
        who: ANNA,
        data: {
          email: 'anna.petrova@example.com',
          phone: '+79161234567',
          first_name: 'Анна',
          last_name: 'Петрова',
          city: 'Москва',
          country: 'RU',
          tags: ['vip', 'newsletter'],
        },
        ignored: 0,
      },
      {
        id: `consent/7677484597543/email/subscribed/${at('2025-12-01T14:44:57+03:00')}`,
        name: 'consent.granted',
        at: at('2025-12-01T14:44:57+03:00'),
        who: ANNA,
        data: { channel: 'email', source: 'shopify', opt_in_level: 'single_opt_in' },
        ignored: 0,
      },
    ]);
  });
  test('keep the tags that are known where newer versions tell none', () => {
    const [event, ...rest] = read('customers/create', file('customers-create.2025-01')).events;
    expect(event?.data).toEqual({
      email: 'bob@example.com',
      first_name: 'Bob',
      last_name: 'Norman',
      city: 'Riga',
      country: 'LV',
    });
    expect(rest).toEqual([]);
  });
  test('allow and forbid by channel', () => {
    const email = read('customers_email_marketing_consent/update', file('customers_email_marketing_consent-update'));
    const sms = read('customers_marketing_consent/update', file('customers_marketing_consent-update'));
    expect(email.events).toMatchObject([
      {
        name: 'consent.withdrawn',
        who: ANNA.slice(0, 2),
        at: at('2026-03-04T09:00:00+03:00'),
        data: { channel: 'email' },
      },
    ]);
    expect(sms.events).toMatchObject([
      {
        name: 'consent.granted',
        who: [ANNA[0], ANNA[2]],
        at: at('2026-03-04T09:05:00+03:00'),
        data: { channel: 'sms', source: 'shopify', opt_in_level: 'confirmed_opt_in', collected_from: 'SHOPIFY' },
      },
    ]);
  });
  test.each(['not_subscribed', 'pending', 'invalid', 'redacted', 'constructor', ''])(
    'say nothing by the state "%s"',
    (state) => {
      const body = { ...parsed('customers_email_marketing_consent-update'), email_marketing_consent: { state } };
      expect(read('customers_email_marketing_consent/update', body).events).toEqual([]);
    },
  );
  test('that are merged are one person', () => {
    expect(read('customers/merge', file('customers-merge')).events).toMatchObject([
      { name: 'profile.updated', who: ['user:7677484597543'], aliases: ['user:7677484597999'], data: {} },
    ]);
    expect(read('customers/merge', { ...parsed('customers-merge'), status: 'FAILED' }).events).toEqual([]);
  });
});

describe('products and stock', () => {
  test('are events of nobody', () => {
    const [product] = read('products/update', file('products-update')).events;
    expect(product).toMatchObject({
      name: 'product.updated',
      who: [],
      at: at('2026-03-02T08:00:00+03:00'),
      data: {
        product_id: '8448447512866',
        sku: 'DR-LILAC-M',
        title: 'Платье «Сирень»',
        price: 4990,
        old_price: 5990,
        quantity: 5,
        url: 'https://lumen.example/products/lilac-dress',
        image: 'https://cdn.shopify.example/lilac.jpg',
        category: 'Платья',
        variants: [
          { inventory_item_id: '48000000000001', quantity: 3 },
          { variant_id: '45902754185507', price: 5190 },
        ],
      },
    });
    const [stock] = read('inventory_levels/update', file('inventory_levels-update')).events;
    expect(stock).toMatchObject({
      id: 'ev-1/inventory_levels/update/48000000000001/69900000001',
      name: 'stock.changed',
      who: [],
      data: { inventory_item_id: '48000000000001', location_id: '69900000001', quantity: 0 },
    });
  });
});

describe('privacy', () => {
  const who = ANNA;
  const shop = 'lumen-demo.myshopify.com';
  test.each([
    ['customers/data_request', 'customers-data_request', { kind: 'export', who, orders: ['5410220000123'], shop }],
    ['customers/redact', 'customers-redact', { kind: 'erase', who, orders: ['5410220000123'], shop }],
    ['shop/redact', 'shop-redact', { kind: 'shop', who: [], orders: [], shop }],
  ])('%s asks for what it says, and makes no event', (topic, name, wanted) => {
    const { events, refused, privacy } = read(topic, file(name));
    expect({ events, refused }).toEqual({ events: [], refused: [] });
    expect(privacy).toEqual([{ ...wanted, id: `ev-1/${topic}`, at: at('2026-03-06T11:59:00Z') }]);
  });
});

describe('an event', () => {
  test('is the same for every try and every subscription, and another under every topic', () => {
    const id = (topic: string, headers: Record<string, string | undefined>) =>
      read(topic, file('orders-create'), headers).events[0]?.id;
    const first = id('orders/create', { 'x-shopify-event-id': 'e', 'x-shopify-webhook-id': 'w1' });
    expect(id('orders/create', { 'x-shopify-event-id': 'e', 'x-shopify-webhook-id': 'w2' })).toBe(first);
    expect(id('orders/paid', { 'x-shopify-event-id': 'e', 'x-shopify-webhook-id': 'w1' })).not.toBe(first);
    expect(id('orders/create', { 'x-shopify-webhook-id': 'w1' })).toBe('w1/orders/create/5410220000123');
    expect(id('orders/create', {})).toBe(id('orders/create', {}));
  });
  test('of a bulk edit is one for each thing that was edited', () => {
    const ids = [1, 2].map((id) => read('products/update', { ...parsed('products-update'), id }).events[0]?.id);
    expect(new Set(ids).size).toBe(2);
  });
  test('can be taken, whatever it is', () => {
    const topics: [string, string][] = [
      ['carts/create', 'carts-create'],
      ['checkouts/create', 'checkouts-create.2026-04'],
      ['orders/create', 'orders-create'],
      ['refunds/create', 'refunds-create'],
      ['customers/update', 'customers-update'],
      ['products/update', 'products-update'],
      ['inventory_levels/update', 'inventory_levels-update'],
    ];
    for (const [topic, name] of topics)
      expect(admit(read(topic, file(name)), 'shop', NOW)).toMatchObject({ refused: [], accepted: 1 });
  });
  test('of a topic nobody reads is taken and means nothing', () => {
    for (const topic of ['app/uninstalled', 'orders/edited', 'customers/delete', 'constructor', ''])
      expect(read(topic, { id: 1 })).toEqual({ events: [], refused: [] });
  });
  test.each<[string, Json]>([
    ['carts/update', {}],
    ['checkouts/create', { line_items: {}, customer: [], email: 5, total_price: 'free' }],
    [
      'orders/create',
      { line_items: [null, 7, {}], total_price_set: { shop_money: 'x' }, discount_codes: 'a', fulfillments: {} },
    ],
    ['refunds/create', { transactions: [{}], refund_line_items: [{ line_item: null }] }],
    ['customers/update', { addresses: [null], tags: 5, email_marketing_consent: 'yes', default_address: null }],
    ['products/update', { variants: [{}, null], images: [{}], image: 'x' }],
    ['inventory_levels/update', {}],
    ['customers/redact', { customer: null, orders_to_redact: {} }],
  ])('of %s whose body is strange is read as far as it goes', (topic, body) => {
    expect(() => read(topic, body)).not.toThrow();
  });
  test('whose body is no object is refused as a whole', () => {
    for (const body of ['[]', '', '{', '"x"'])
      expect(() => read('orders/create', Buffer.from(body))).toThrow(
        expect.objectContaining({ code: 'E_BAD_REQUEST' }),
      );
  });
});
