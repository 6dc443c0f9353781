// A shop's pages in a real Chromium, on another origin: `/tropa.js` under a strict policy, and Segment's own library.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { JsonObject } from '../language/values.ts';
import { openBrowser, openSite, type Site } from '../testing/browser.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const UMD = dirname(createRequire(import.meta.url).resolve('@segment/analytics-next/dist/umd/index.js'));
const WORKSPACE = {
  'cart/journey.yaml': `journey: cart
status: live
category: transactional
trigger: { event: cart.updated, if: size(event.items) > 0, idle: 30m }
exit: [{ event: order.placed, as: bought }]
steps:
  - email: reminder
`,
  'cart/reminder.email.html':
    'subject: Your cart\n---\n<p>{% for item in trigger.items %}{{ item.title }}{% endfor %}</p>',
};

let browser: Browser;
let shop: Site;
let tropa: Tropa;
beforeAll(async () => {
  browser = await openBrowser();
  shop = await openSite((path) => pageOf(path));
  const settings = `timezone: UTC
sources:
  web: { type: segment, write_key: key, browser_key: page, origins: ${shop.origin} }
`;
  tropa = await startTropa({ workspace: { 'tropa.yaml': settings, ...WORKSPACE }, clock: NOON });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await shop.close();
  await tropa.close();
});

const html = (script: string, csp: string) => ({
  type: 'text/html',
  body: `<!doctype html><title>Lumen</title><h1>Lamps</h1>${script}`,
  headers: { 'content-security-policy': csp },
});

function pageOf(path: string): ReturnType<typeof html> | { type: string; body: Buffer } | null {
  const { url } = tropa;
  if (path === '/segment')
    return html(
      '<script src="/umd/index.js"></script>',
      `default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src ${url}`,
    );
  if (path.startsWith('/umd/')) return { type: 'text/javascript', body: readFileSync(join(UMD, basename(path))) };
  return html(
    `<script src="${url}/tropa.js" data-key="page" defer></script>`,
    `default-src 'none'; script-src ${url}; connect-src ${url}; base-uri 'none'; require-trusted-types-for 'script'`,
  );
}

let context: BrowserContext;
let page: Page;
const complaints: string[] = [];
beforeEach(async () => {
  context = await browser.newContext({ locale: 'ru-RU', timezoneId: 'Asia/Almaty' });
  page = await context.newPage();
  complaints.length = 0;
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
});
afterEach(() => context.close());

/** Runs a script in the page; types of pages are none of this program's. */
const inPage = (script: string): Promise<unknown> => page.evaluate(script);
const say = (...told: unknown[]): Promise<unknown> => inPage(`tropa(...${JSON.stringify(told)})`);
const visitor = async (): Promise<string> => String(await say('id'));

/** What is known of a visitor, once `count` events of theirs have arrived. */
async function eventsOf(anonymous: string, count: number): Promise<JsonObject[]> {
  for (;;) {
    const { stdout } = await tropa.cli('export', `anonymous:${anonymous}`);
    const events = (stdout === '' ? [] : (JSON.parse(stdout) as { events: JsonObject[] }).events) ?? [];
    if (events.length >= count) return events;
    await page.waitForTimeout(50);
  }
}

describe('/tropa.js', () => {
  test('is at most 4 KB, packed', async () => {
    const answer = await fetch(`${tropa.url}/tropa.js`, { headers: { 'accept-encoding': 'identity' } });
    const plain = Buffer.from(await answer.arrayBuffer());
    const { gzipSync } = await import('node:zlib');
    expect(gzipSync(plain).length).toBeLessThanOrEqual(4096);
    expect(gunzipSync(gzipSync(plain)).equals(plain)).toBe(true);
    expect(answer.headers.get('cache-control')).toContain('max-age');
  });

  test('tells page, product and cart under a strict policy, and a cart left moves its journey', async () => {
    await page.goto(`${shop.origin}/?utm_source=test`);
    await say('product', { product_id: 'L1', title: 'Brass lamp' });
    await say('cart', { cart_id: 'c1', items: [{ title: 'Brass lamp', price: 79, quantity: 1 }] });
    await say('identify', { email: 'masha@example.com', first_name: 'Маша' }, { email: true, text: 'Пишите мне' });
    const id = await visitor();
    const events = await eventsOf(id, 5);
    expect(events.map(({ name }) => name).sort()).toEqual([
      'cart.updated',
      'consent.granted',
      'page.viewed',
      'product.viewed',
      'profile.updated',
    ]);
    const consent = events.find(({ name }) => name === 'consent.granted');
    expect(consent?.data).toMatchObject({
      channel: 'email',
      source: 'browser',
      text: 'Пишите мне',
      page: `${shop.origin}/?utm_source=test`,
      ip: expect.stringContaining('127.0.0.1'),
    });
    expect(complaints).toEqual([]);
    await tropa.drain();
    await tropa.advance('40m');
    expect((await tropa.inbox()).filter(({ to }) => to === 'masha@example.com')).toMatchObject([
      { journey: 'cart', status: 'delivered' },
    ]);
  }, 60_000);

  test('keeps nothing on the device before consent, and the same visitor after it', async () => {
    const keeps = async () =>
      (await inPage('[document.cookie, localStorage.length, sessionStorage.length]')) as [string, number, number];
    await page.goto(shop.origin);
    const first = await visitor();
    await say('cart', { items: [] });
    expect(await keeps()).toEqual(['', 0, 0]);
    await page.reload();
    expect(await visitor()).not.toBe(first);
    await say('consent', true);
    const second = await visitor();
    await page.reload();
    expect(await visitor()).toBe(second);
    expect((await keeps())[0]).toBe('');
    await say('consent', false);
    expect(await keeps()).toEqual(['', 0, 0]);
  }, 60_000);

  test('what happens offline is told when the network is back, once', async () => {
    await page.goto(shop.origin);
    const id = await visitor();
    await eventsOf(id, 1);
    await context.setOffline(true);
    for (const n of [1, 2, 3]) await say('cart', { cart_id: `c${n}`, items: [] });
    await page.waitForTimeout(100);
    expect(await eventsOf(id, 1)).toHaveLength(1);
    await context.setOffline(false);
    const carts = (await eventsOf(id, 4)).filter(({ name }) => name === 'cart.updated');
    expect(carts.map(({ data }) => (data as JsonObject).cart_id).sort()).toEqual(['c1', 'c2', 'c3']);
  }, 60_000);

  test('carts of many things, told together, are more than outlives a page, and arrive', async () => {
    await page.goto(shop.origin);
    const id = await visitor();
    await eventsOf(id, 1);
    await context.setOffline(true);
    const items = Array.from({ length: 60 }, (_, n) => ({ product_id: `${n}`, title: 'Л'.repeat(100), price: n }));
    for (let n = 0; n < 10; n += 1) await say('cart', { cart_id: 'big', total: n, items });
    await context.setOffline(false);
    const carts = (await eventsOf(id, 11)).filter(({ name }) => name === 'cart.updated');
    expect(carts.map(({ data }) => Number((data as JsonObject).total)).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  }, 60_000);

  test('a page of another shop is not heard', async () => {
    const other = await openSite((path) => pageOf(path));
    await page.goto(other.origin);
    const id = await visitor();
    await say('cart', { items: [] });
    await page.waitForTimeout(300);
    expect((await tropa.cli('export', `anonymous:${id}`)).stderr).toContain('E_NO_SUCH_PROFILE');
    await other.close();
  }, 60_000);
});

test('@segment/analytics-next works from a page of another origin, with nothing but the address changed', async () => {
  await page.goto(`${shop.origin}/segment`);
  const id = await inPage(`(async () => {
    const analytics = AnalyticsNext.AnalyticsBrowser.load({ writeKey: 'page', cdnURL: '${tropa.url}' });
    await analytics.page('Lamps');
    await analytics.identify('claimed-user', { email: 'next@example.com' });
    await analytics.track('Product Added', { product_id: 'L1', name: 'Brass lamp', price: 79, cart_id: 'c9' });
    return (await analytics.user()).anonymousId();
  })()`);
  const events = await eventsOf(String(id), 3);
  expect(events.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['page.viewed', 'profile.updated', 'cart.updated']),
  );
  await tropa.drain();
  const { identities } = JSON.parse((await tropa.cli('export', `anonymous:${id}`)).stdout) as { identities: string[] };
  expect(identities.sort()).toEqual([`anonymous:${id}`, 'email:next@example.com']);
  expect(complaints).toEqual([]);
}, 60_000);
