// Webhooks of shops, tokens and forms over a real server: what is answered, what is stored, how often.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import type { PrivacyRequest } from '../ports/source.ts';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';
import { signedByOpenssl, webhookBody } from '../testing/signed-by-openssl.ts';

const SECRET = 'shop secret';
const TOKEN = 'tk_1234567890';
const SOURCES = [
  { name: 'shop', type: 'shopify', options: { secret: SECRET } },
  { name: 'woo', type: 'woocommerce', options: { secret: SECRET } },
  { name: 'till', type: 'bearer', options: { token: TOKEN } },
  { name: 'lead', type: 'form', options: { token: TOKEN } },
];
let small: SmallHost;
beforeEach(async () => {
  small = await startSmallHost({ sources: SOURCES });
});
afterEach(() => small.close());

type Headers = Record<string, string>;

function post(path: string, body: string | Buffer, headers: Headers): Promise<Response> {
  return fetch(small.url + path, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
}
function shopify(topic: string, name: string, more: Headers = {}): Promise<Response> {
  const body = webhookBody(`shopify/${name}.json`);
  return post('/hooks/shop', body, {
    'content-type': 'application/json',
    'x-shopify-topic': topic,
    'x-shopify-hmac-sha256': signedByOpenssl(body, SECRET),
    'x-shopify-event-id': 'ev-1',
    'x-shopify-triggered-at': new Date(small.now).toISOString(),
    ...more,
  });
}
function woo(topic: string, name: string, more: Headers = {}): Promise<Response> {
  const body = webhookBody(`woocommerce/${name}.json`);
  return post('/hooks/woo', body, {
    'content-type': 'application/json',
    'x-wc-webhook-topic': topic,
    'x-wc-webhook-delivery-id': 'd1',
    'x-wc-webhook-signature': signedByOpenssl(body, SECRET),
    ...more,
  });
}
const names = async (): Promise<string[]> => (await small.events()).map(({ name }) => name).sort();

describe('P02 the same webhook delivered 50 times at once is one event', () => {
  const fifty = <T>(send: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 50 }, send));
  test.each<[string, () => Promise<Response>, string[]]>([
    ['shopify', () => shopify('orders/create', 'orders-create'), ['order.placed', 'profile.updated']],
    ['woocommerce', () => woo('order.created', 'order.created'), ['order.paid', 'order.placed', 'profile.updated']],
    [
      'bearer',
      () =>
        post('/hooks/till', '{"type":"booking.made","userId":"anna","messageId":"m1"}', {
          authorization: `Bearer ${TOKEN}`,
        }),
      ['booking.made'],
    ],
    [
      'form',
      () => post(`/hooks/lead?token=${TOKEN}`, 'Name=Anna&Email=a%40b.example&tranid=1%3A2', {}),
      ['form.submitted', 'profile.updated'],
    ],
  ])('from %s', async (_type, send, stored) => {
    const answers = await fifty(send);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await names()).toEqual(stored);
  });
});

describe('what is not authentic', () => {
  test('is refused without a word of why, leaves nothing behind, and is told in the log', async () => {
    const answers = [
      await shopify('orders/create', 'orders-create', {
        'x-shopify-hmac-sha256': signedByOpenssl(Buffer.from('x'), SECRET),
      }),
      await shopify('orders/create', 'orders-create', { 'x-shopify-triggered-at': '2020-01-01T00:00:00Z' }),
      await woo('order.created', 'order.created', { 'x-wc-webhook-signature': '' }),
      await post('/hooks/till', '{}', { authorization: 'Bearer tk_wrong' }),
      await post('/hooks/lead?token=tk_wrong', 'email=a%40b.example', {}),
      await post('/hooks/lead', 'email=a%40b.example&token=tk_wrong', {}),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toMatch(/hmac|ago|token|secret made/i);
    }
    expect(await small.events()).toEqual([]);
    expect(await small.store.refused(10)).toEqual([]);
    const log = small.log.join('');
    expect(log).toContain('no secret made this signature');
    expect(log).toContain('it was triggered too long ago');
    expect(log).not.toContain('tk_');
  });
});

describe('questions whether somebody is there', () => {
  test.each([
    ['/hooks/woo', 'webhook_id=17'],
    ['/hooks/lead', 'test=test'],
  ])('%s answers %s, and stores nothing', async (path, body) => {
    const answer = await post(path, body, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.status).toBe(200);
    expect(await small.events()).toEqual([]);
    expect(await small.store.refused(10)).toEqual([]);
    for (const more of [`${body}&a=b`, ` ${body}`, `${body}x`])
      expect((await post(path, more, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(401);
  });
});

describe('events of nobody', () => {
  test('are kept and shown, done at once, and raise nobody', async () => {
    expect((await shopify('products/update', 'products-update')).status).toBe(200);
    expect((await shopify('inventory_levels/update', 'inventory_levels-update')).status).toBe(200);
    expect((await woo('product.updated', 'product.updated')).status).toBe(200);
    const products = await small.store.events({ name: 'product.updated', limit: 10 });
    expect(products.sort((a, b) => (a.source < b.source ? -1 : 1))).toMatchObject([
      { person: null, source: 'shop', done: true, data: { product_id: '8448447512866', price: 4990 } },
      { person: null, source: 'woo', done: true, data: { product_id: '93', price: 4490, old_price: 4990 } },
    ]);
    expect(await small.store.events({ name: 'stock.changed', limit: 10 })).toMatchObject([
      { person: null, data: { quantity: 0 } },
    ]);
    expect(await small.store.counts()).toMatchObject({ people: 0, events: 3, undone: 0 });
  });
});

describe('requests about personal data', () => {
  test('are handed on, whole', async () => {
    const asked: [string, PrivacyRequest][] = [];
    small.host.privacy = async ({ name }, requests) =>
      void asked.push(...requests.map((one) => [name, one] as [string, PrivacyRequest]));
    expect((await shopify('customers/redact', 'customers-redact')).status).toBe(200);
    expect(asked).toMatchObject([
      [
        'shop',
        {
          kind: 'erase',
          who: ['user:7677484597543', 'email:anna.petrova@example.com', 'phone:+79161234567'],
          at: small.now,
        },
      ],
    ]);
    expect(await small.events()).toEqual([]);
  });
  test('are not answered as done where nobody carries them out', async () => {
    expect((await shopify('customers/redact', 'customers-redact')).status).toBe(503);
  });
  test('are handed on only when they are authentic', async () => {
    let asked = 0;
    small.host.privacy = async () => {
      asked += 1;
    };
    expect((await shopify('shop/redact', 'shop-redact', { 'x-shopify-hmac-sha256': 'x' })).status).toBe(401);
    expect(asked).toBe(0);
  });
});

test('a cart, its checkout and the order are of one person, and so is the refund that names nobody', async () => {
  const cart = { token: 'Z2NwLWV1LXdlc3QxOjAxSEdGRkRGQkZUQ0dXQ0g', line_items: [], updated_at: '2026-03-02T08:00:00Z' };
  const body = Buffer.from(JSON.stringify(cart));
  await post('/hooks/shop', body, {
    'x-shopify-topic': 'carts/update',
    'x-shopify-hmac-sha256': signedByOpenssl(body, SECRET),
    'x-shopify-event-id': 'ev-0',
  });
  await shopify('refunds/create', 'refunds-create', { 'x-shopify-event-id': 'ev-4' });
  await shopify('checkouts/create', 'checkouts-create.2026-04', { 'x-shopify-event-id': 'ev-2' });
  await shopify('orders/create', 'orders-create', { 'x-shopify-event-id': 'ev-3' });
  const events = await small.events();
  const order = events.find(({ name }) => name === 'order.placed');
  const known = new Set([order?.person, ...(order?.links ?? [])]);
  for (const name of ['cart.updated', 'checkout.started', 'order.refunded'])
    expect(known).toContain(events.find((event) => event.name === name)?.person);
});

test('a list of events is taken as far as it is good', async () => {
  const list: JsonObject[] = [
    { type: 'a', email: 'a@b.example' },
    { type: 'message.opened', email: 'a@b.example' },
    { type: 'b' },
  ];
  const answer = await post('/hooks/till', JSON.stringify(list), { authorization: `Bearer ${TOKEN}` });
  expect(await answer.json()).toMatchObject({
    accepted: 1,
    refused: [
      { index: 1, code: 'E_RESERVED_NAME' },
      { index: 2, code: 'E_NO_IDENTITY' },
    ],
  });
  expect((await small.store.refused(10)).map(({ body }) => body).sort()).toEqual(
    list
      .slice(1)
      .map((one) => JSON.stringify(one))
      .sort(),
  );
});
