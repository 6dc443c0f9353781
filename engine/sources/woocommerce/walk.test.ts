// The REST API of WooCommerce, answered by a real server as its documentation says.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../../language/values.ts';
import type { Recalled } from '../../ports/source.ts';
import { webhookBody } from '../../testing/signed-by-openssl.ts';
import { wooCommerceDoor } from '../woocommerce.ts';

const ORDER = JSON.parse(webhookBody('woocommerce/order.created.json').toString('utf8')) as JsonObject;
const NOW = Date.UTC(2026, 2, 3);
const SINCE = Date.UTC(2026, 2, 2);

let server: Server;
let base: string;
let orders: JsonObject[];
let asked: URL[];
/** Answers that come before the good ones. */
let moods: ((request: IncomingMessage, response: ServerResponse) => void)[];
let pauses: number[];

beforeEach(async () => {
  [orders, asked, moods, pauses] = [[], [], [], []];
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '/', 'http://shop'));
    const mood = moods.shift();
    if (mood !== undefined) mood(request, response);
    else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://shop');
  const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    response
      .writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers })
      .end(JSON.stringify(body));
  if (url.pathname !== '/wp-json/wc/v3/orders') return void json(404, { code: 'rest_no_route' });
  if (request.headers.authorization !== `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}`)
    return void json(401, { code: 'woocommerce_rest_cannot_view', data: { status: 401 } });
  const [page, size] = [Number(url.searchParams.get('page')), Number(url.searchParams.get('per_page'))];
  const pages = Math.max(1, Math.ceil(orders.length / size));
  json(200, orders.slice((page - 1) * size, page * size), {
    'x-wp-total': String(orders.length),
    'x-wp-totalpages': String(pages),
  });
}

const many = (count: number): JsonObject[] => Array.from({ length: count }, (_, n) => ({ ...ORDER, id: 1000 + n }));

function ask(page: number, options: JsonObject = {}): Promise<Recalled> {
  const door = wooCommerceDoor({
    name: 'woo',
    type: 'woocommerce',
    options: { secret: 's', url: base, key: 'ck_1', secret_key: 'cs_1', ...options },
  });
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  return door.recall!({ since: SINCE, page, now: NOW, pause });
}

test('walks pages of a hundred, oldest first, of what changed since', async () => {
  orders = many(250);
  const pages = [await ask(1), await ask(2), await ask(3)];
  expect(pages.map(({ things, pages: all }) => [things, all])).toEqual([
    [100, 3],
    [100, 3],
    [50, 3],
  ]);
  expect(Object.fromEntries(asked[1]!.searchParams)).toEqual({
    modified_after: '2026-03-02T00:00:00',
    dates_are_gmt: 'true',
    per_page: '100',
    page: '2',
    orderby: 'id',
    order: 'asc',
  });
});

test('makes the very events that the webhooks make', async () => {
  orders = [ORDER];
  const { translation } = await ask(1);
  const door = wooCommerceDoor({ name: 'woo', type: 'woocommerce', options: { secret: 's' } });
  const body = Buffer.from(JSON.stringify(ORDER));
  const hook = door.translate({ headers: { 'x-wc-webhook-topic': 'order.created' }, body, received: 1, ip: null });
  expect(translation).toEqual(hook);
});

test('passes over what is older, where the shop is too old to do so itself', async () => {
  orders = [{ ...ORDER, id: 1, date_modified_gmt: '2026-03-01T23:59:59' }, ORDER];
  expect(await ask(1)).toMatchObject({ things: 1, translation: { events: [{ id: 'order/727/placed' }, {}, {}] } });
});

test('tries again after 429, 5xx and broken connections, waiting as it is told or ever longer', async () => {
  orders = [ORDER];
  moods = [
    (_request, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
    (_request, response) => response.writeHead(502).end('<html>'),
    (request) => request.socket.destroy(),
    (_request, response) => response.writeHead(503, { 'retry-after': '86400' }).end(),
  ];
  expect((await ask(1)).things).toBe(1);
  expect(pauses).toEqual([7_000, 2_000, 4_000, 60_000]);
});

test('gives up after five', async () => {
  moods = Array.from({ length: 9 }, () => (_request, response) => void response.writeHead(500).end());
  await expect(ask(1)).rejects.toMatchObject({ code: 'E_SOURCE', message: expect.stringContaining('HTTP 500') });
  expect(asked).toHaveLength(5);
});

test.each<[string, (response: ServerResponse) => unknown, RegExp]>([
  ['a key that is refused', (response) => response.writeHead(401).end('{}'), /refuses the key.*REST API/],
  ['no API', (response) => response.writeHead(404).end('{}'), /permalinks/],
  [
    'another address',
    (response) => response.writeHead(301, { location: 'https://www.shop.example/x?k=1' }).end(),
    /www\.shop\.example\)/,
  ],
  ['a page in place of JSON', (response) => response.writeHead(200).end('<html>'), /else than JSON/],
  ['JSON in place of orders', (response) => response.writeHead(200).end('{}'), /else than orders/],
])('says at once what is wrong: %s', async (_what, mood, words) => {
  moods = [(_request, response) => void mood(response)];
  await expect(ask(1)).rejects.toMatchObject({ code: 'E_SOURCE', message: expect.stringMatching(words) });
  expect(asked).toHaveLength(1);
  expect(pauses).toEqual([]);
});

test('never tells its keys', async () => {
  const failed = await ask(1, { secret_key: 'cs_wrong' }).catch((error: Error) => error.message);
  expect(failed).toContain('401');
  expect(failed).not.toMatch(/c[ks]_/);
});

test('is there only with address and keys, and never over plain HTTP beyond this machine', () => {
  const door = (options: JsonObject) =>
    wooCommerceDoor({ name: 'woo', type: 'woocommerce', options: { secret: 's', ...options } });
  expect(door({ url: base }).recall).toBeUndefined();
  expect(() => door({ url: 'http://shop.example', key: 'a', secret_key: 'b' })).toThrow(
    expect.objectContaining({ code: 'E_SETTINGS' }),
  );
});
