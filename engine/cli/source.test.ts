// `tropa source test` without a server, and `tropa source reconcile` against a shop and a real Tropa.

import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';
import { signedByOpenssl, webhookBody } from '../testing/signed-by-openssl.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const fixture = (name: string): string => fileURLToPath(new URL(`../sources/fixtures/${name}`, import.meta.url));
const linesOf = (text: string): JsonObject[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as JsonObject);

let shop: Server;
let orders: JsonObject[] = [];
let tropa: Tropa;

beforeAll(async () => {
  shop = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '/', 'http://shop').searchParams.get('page'));
    const known = request.headers.authorization === `Basic ${Buffer.from('ck_1:cs_1').toString('base64')}`;
    response.writeHead(known ? 200 : 401, { 'x-wp-totalpages': String(Math.ceil(orders.length / 100)) });
    response.end(JSON.stringify(orders.slice((page - 1) * 100, page * 100)));
  });
  await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  tropa = await startTropa({
    workspace: {
      'tropa.yaml': [
        'sources:',
        `  shop: { type: shopify, secret: "\${SHOP_SECRET:-hush}" }`,
        `  unset: { type: shopify, secret: "\${SECRET_NOBODY_SET}" }`,
        `  woo: { type: woocommerce, secret: "hush", url: "${url}", key: ck_1, secret_key: cs_1 }`,
        '  lead: { type: form, token: t }',
        '  web: { type: segment, write_key: key, browser_key: page }',
        '',
      ].join('\n'),
    },
    clock: NOON,
    env: { SECRET_NOBODY_SET: 'x' },
  });
});
afterAll(async () => {
  await tropa.close();
  shop.closeAllConnections();
  shop.close();
});

describe('tropa source test', () => {
  const tried = (...args: string[]) => runCli(['source', 'test', ...args, '--workspace', tropa.workspace]);

  test('shows what a body becomes, without a server and without its secret', async () => {
    const { status, stdout } = await tried('unset', fixture('shopify/orders-create.json'), '--topic', 'orders/create');
    expect(stdout).toContain('unset (shopify): 2 events, 0 refused. Nothing is stored.');
    expect(stdout).toMatch(/order\.placed {2}2026-03-02T09:10:04\.000Z\n {2}who {3}user:7677484597543, email:anna/);
    expect(stdout).toMatch(/total +4591\.5\n/);
    expect(status).toBe(0);
  });

  test('checks the signature where the headers are given', async () => {
    const signature = signedByOpenssl(webhookBody('shopify/orders-create.json'), 'hush');
    const with_ = (value: string) =>
      tried(
        'shop',
        fixture('shopify/orders-create.json'),
        '--header',
        'X-Shopify-Topic: orders/create',
        '--header',
        `X-Shopify-Hmac-Sha256: ${value}`,
        '--json',
      );
    const [good, bad] = [await with_(signature), await with_('x')];
    expect([good.status, bad.status]).toEqual([0, 1]);
    expect(linesOf(good.stdout)).toMatchObject([
      { authentic: true },
      { name: 'order.placed' },
      { name: 'profile.updated' },
    ]);
    expect(linesOf(bad.stdout)[0]).toEqual({ authentic: false, why: 'no secret made this signature' });
  });

  test('names what is refused, and what to do', async () => {
    const file = join(tropa.workspace, 'body.txt');
    await writeFile(file, 'agree=yes');
    const { status, stdout } = await tried('lead', file);
    expect(stdout).toMatch(/E_NO_IDENTITY item 0: Tell whom .* Send a userId/);
    expect(status).toBe(1);
    const told = await tried('lead', file, '--json');
    expect(linesOf(told.stdout)).toMatchObject([
      { refused: 0, code: 'E_NO_IDENTITY', remedy: expect.stringContaining('Send') },
    ]);
  });

  test.each([
    [['shp', 'x'], /no source "shp".*"shop"/],
    [['shop'], /Name the file/],
    [['shop', 'no-such-file', '--topic', 'x'], /no file no-such-file/],
    [['shop', fixture('shopify/shop-redact.json')], /--topic orders\/create/],
    [['lead', fixture('shopify/shop-redact.json'), '--header', 'x'], /--header takes/],
  ])('says what is wrong with %j', async (args, words) => {
    const { status, stderr } = await tried(...args);
    expect(stderr).toMatch(words);
    expect(status).toBe(2);
  });
});

describe('tropa source show', () => {
  test('shows what came in, the latest first, events of nobody among it', async () => {
    expect((await tropa.cli('source', 'show', 'shop')).stdout).toBe('Nothing has come in by shop yet.\n');
    const body = webhookBody('shopify/inventory_levels-update.json');
    await fetch(`${tropa.url}/hooks/shop`, {
      method: 'POST',
      headers: { 'x-shopify-topic': 'inventory_levels/update', 'x-shopify-hmac-sha256': signedByOpenssl(body, 'hush') },
      body: new Uint8Array(body),
    });
    const shown = await tropa.cli('source', 'show', 'shop');
    expect(shown.stdout).toMatch(/^stock\.changed {2}2026-03-02T05:30:00\.000Z\n {2}who {3}nobody\n/);
    expect(shown.stdout).toMatch(/quantity +0\n/);
    const told = await tropa.cli('source', 'show', 'shop', '--json', '--limit', '1');
    expect(linesOf(told.stdout)).toMatchObject([{ event: 'stock.changed', who: [], data: { quantity: 0 } }]);
    expect((await tropa.cli('source', 'show', 'shpo')).stderr).toMatch(/no source "shpo"/);
  });

  test('shows what pages tell by the public key, and what was refused, with why', async () => {
    const tell = (body: JsonObject) =>
      fetch(`${tropa.url}/v1/t`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify({ writeKey: 'page', anonymousId: 'v1', ...body }),
      });
    expect((await tell({ event: 'Lamp tried', properties: { lamp: 'dune' } })).status).toBe(200);
    expect((await tell({ event: 'order.placed', properties: { order_id: 'forged' } })).status).toBe(403);
    const { stdout } = await tropa.cli('source', 'show', 'web');
    expect(stdout).toMatch(/^Lamp tried {2}.*\n {2}who {3}anonymous:v1\n {2}lamp {2}dune\n/);
    expect(stdout).toMatch(
      /\nrefused {2}\S+ {2}E_FORBIDDEN: A browser_key cannot send order\.placed.*\n {2}\{.*forged/,
    );
    expect(linesOf((await tropa.cli('source', 'show', 'web', '--json')).stdout)).toMatchObject([
      { event: 'Lamp tried' },
      { refused: 'E_FORBIDDEN', body: expect.stringContaining('forged') },
    ]);
  });
});

describe('tropa source reconcile', () => {
  const ORDER = JSON.parse(webhookBody('woocommerce/order.created.json').toString('utf8')) as JsonObject;
  const reconciled = (...args: string[]) => tropa.cli('source', 'reconcile', ...args);

  test('fetches what webhooks did not tell, once, however often', async () => {
    orders = Array.from({ length: 120 }, (_, n) => ({ ...ORDER, id: n + 1, customer_id: n + 1, billing: {} }));
    const body = Buffer.from(JSON.stringify(orders[0]));
    const hook = await fetch(`${tropa.url}/hooks/woo`, {
      method: 'POST',
      headers: { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-signature': signedByOpenssl(body, 'hush') },
      body: new Uint8Array(body),
    });
    expect(await hook.json()).toMatchObject({ refused: [] });
    const first = await reconciled('woo', '--since', '1d', '--json');
    expect(first.stderr).toBe('page 1 of 2: 100 orders, 198 new events\npage 2 of 2: 120 orders, 238 new events\n');
    expect(linesOf(first.stdout)).toEqual([
      { source: 'woo', since: '2026-03-01T12:00:00.000Z', orders: 120, stored: 238, known: 2, refused: 0 },
    ]);
    const again = await reconciled('woo', '--since', '1d');
    expect(again.stdout).toContain('120 orders, 0 new events, 240 known already, 0 refused.');
    expect([first.status, again.status]).toEqual([0, 0]);
  });

  test.each([
    [['woo'], /--since 1d/],
    [['woo', '--since', 'yesterday'], /--since 1d/],
    [['wooo', '--since', '1d'], /no source "wooo"/],
    [['shop', '--since', '1d'], /Only sources of type woocommerce/],
  ])('says what is wrong with %j', async (args, words) => {
    const { status, stderr } = await reconciled(...args);
    expect(stderr).toMatch(words);
    expect(status).toBe(2);
  });
});
