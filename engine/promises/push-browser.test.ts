// The real service worker in a real Chromium, loaded by one line of a shop's own worker on another origin. What a journey
// sent is taken (and decrypted) by a push service of our own, and handed to the browser through DevTools.

import { createECDH } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, CDPSession, Page, Worker } from 'playwright-core';
import type { JsonObject } from '../language/values.ts';
import { openBrowser, openSite, type Site } from '../testing/browser.ts';
import { type PushService, startPushService } from '../testing/push-service.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const curve = createECDH('prime256v1');
curve.generateKeys();
const PUBLIC = curve.getPublicKey('base64url');
const PRIVATE = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()])
  .subarray(-32)
  .toString('base64url');
const JOURNEY = `journey: hello
status: live
trigger: { event: go, key: event.n }
steps:
  - push: hello
`;
const templateOf = (shop: string) => `title: Твоя лампа ждёт
link: ${shop}/cart?from=push
icon: ${shop}/lamp.png
action: See it | ${shop}/lamp
---
It is still in your cart.
`;

let browser: Browser;
let context: BrowserContext;
let page: Page;
let devtools: CDPSession;
let shop: Site;
let service: PushService;
let tropa: Tropa;
let registrationId = '';
beforeAll(async () => {
  [browser, service] = await Promise.all([openBrowser(), startPushService()]);
  shop = await openSite((path) =>
    path === '/sw.js'
      ? { type: 'text/javascript', body: `importScripts('${tropa.url}/push/sw.js');` }
      : {
          type: 'text/html',
          body: `<!doctype html><title>Lumen</title>${path === '/asks' ? `<script src="${tropa.url}/tropa.js" data-key="page" data-push-key="${PUBLIC}"></script>` : ''}`,
        },
  );
  tropa = await startTropa({
    clock: NOON,
    workspace: {
      'tropa.yaml': `timezone: UTC
sources: { web: { type: segment, write_key: key, browser_key: page, origins: "${shop.origin}" } }
senders: { push: { provider: webpush, public_key: ${PUBLIC}, private_key: "${PRIVATE}", subject: "mailto:a@lumen.example" } }
`,
      'hello/journey.yaml': JOURNEY,
      'hello/hello.push.txt': templateOf(shop.origin),
    },
    env: { TROPA_TEST_REACH: service.place },
  });
  context = await browser.newContext();
  await context.grantPermissions(['notifications'], { origin: shop.origin });
  page = await context.newPage();
  devtools = await context.newCDPSession(page);
  devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    registrationId = registrations.at(-1)?.registrationId ?? registrationId;
  });
  await devtools.send('ServiceWorker.enable');
  await page.goto(shop.origin);
}, 90_000);
afterAll(async () => {
  await browser.close();
  await Promise.all([shop.close(), service.close(), tropa.close()]);
});

const until = async <Found>(look: () => Promise<Found | null | undefined>): Promise<Found> => {
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
    await page.waitForTimeout(50);
  }
};
const worker = (): Promise<Worker> => until(async () => context.serviceWorkers()[0]);
const inWorker = async (script: string): Promise<unknown> => (await worker()).evaluate(script);
const statusOf = async (): Promise<unknown> => {
  await tropa.drain();
  return (await tropa.inbox()).at(-1)?.status;
};
const risesTo = (status: string) => until(async () => ((await statusOf()) === status ? true : null));

let sent = 0;
/** A message of the journey reaches the browser. */
async function push(): Promise<JsonObject> {
  sent += 1;
  await tropa.track('anna', 'go', { n: `${sent}` }, { anonymousId: 'anna' });
  await tropa.drain();
  const payload = service.taken.at(-1)?.payload as JsonObject;
  await deliver(JSON.stringify(payload));
  return payload;
}
const deliver = (data: string) =>
  devtools.send('ServiceWorker.deliverPushMessage', { origin: shop.origin, registrationId, data });
const SHOWN = `registration.getNotifications().then((all) => all.map(({ title, body, icon, tag, actions, data }) =>
  ({ title, body, icon, tag, actions: actions.map(({ action, title }) => ({ action, title })), data })))`;
const shown = () =>
  until(async () => {
    const all = (await inWorker(SHOWN)) as JsonObject[];
    return all.length > 0 ? all : null;
  });
/** What the person would do; only the opening of a window, which needs their finger, is watched instead of done. */
const act = (kind: 'notificationclick' | 'notificationclose', action = '') =>
  inWorker(`(async () => {
    self.opened = [];
    Clients.prototype.openWindow = (url) => Promise.resolve(void self.opened.push(url));
    const [notification] = await registration.getNotifications();
    self.dispatchEvent(new NotificationEvent('${kind}', { notification, action: '${action}' }));
    await new Promise((done) => setTimeout(done, 50));
    return self.opened;
  })()`);

test('a page of the shop subscribes, and its worker loads ours from another origin', async () => {
  const subscription = JSON.stringify(service.subscribe('takes', PUBLIC));
  const answer = await page.evaluate(`(async () => {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    const response = await fetch('${tropa.url}/push/subscribe', {
      method: 'POST', headers: { 'content-type': 'text/plain' }, credentials: 'omit',
      body: JSON.stringify({ writeKey: 'page', anonymousId: 'anna', subscription: ${subscription}, text: 'Yes, please', page: location.href }),
    });
    return [response.status, await response.json()];
  })()`);
  expect(answer).toEqual([200, { success: true }]);
  const script = await fetch(`${tropa.url}/push/sw.js`);
  expect(script.headers.get('service-worker-allowed')).toBe('/');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await script.text()).length).toBeLessThan(5_000);
}, 60_000);

test('what a journey sends is shown once, and told', async () => {
  const payload = await push();
  expect(await shown()).toMatchObject([
    {
      title: 'Твоя лампа ждёт',
      body: 'It is still in your cart.',
      icon: `${shop.origin}/lamp.png`,
      tag: payload.id,
      actions: [{ action: '0', title: 'See it' }],
    },
  ]);
  await risesTo('delivered');
  await deliver(JSON.stringify(payload));
  await page.waitForTimeout(100);
  expect(await shown()).toHaveLength(1);
}, 60_000);

test('a click opens the address it was given and nothing else, and is told with its link', async () => {
  expect(await act('notificationclick')).toEqual([`${shop.origin}/cart?from=push`]);
  await risesTo('clicked');
  expect(await inWorker(SHOWN)).toEqual([]);
  await push();
  await shown();
  expect(await act('notificationclick', '0')).toEqual([`${shop.origin}/lamp`]);
  await risesTo('clicked');
  const { events } = JSON.parse((await tropa.cli('export', 'anna')).stdout) as { events: JsonObject[] };
  const values = events.filter(({ name }) => name === 'message.clicked').map(({ data }) => (data as JsonObject).value);
  expect(values.sort()).toEqual([`${shop.origin}/cart?from=push`, `${shop.origin}/lamp`]);
}, 60_000);

test('a message put aside is told as closed', async () => {
  await push();
  await shown();
  await act('notificationclose');
  const closed = () =>
    tropa.cli('export', 'anna').then(({ stdout }) => (stdout.includes('"push.closed"') ? true : null));
  expect(await until(closed)).toBe(true);
  await inWorker('registration.getNotifications().then((all) => all.forEach((one) => one.close()))');
}, 60_000);

test('messages of others, and addresses that are none of the web, are left alone', async () => {
  for (const data of [
    '',
    'not json',
    '"text"',
    '{"title":"Another tool"}',
    '{"id":"x","title":"y","report":"javascript:1"}',
  ])
    await deliver(data);
  await page.waitForTimeout(200);
  expect(((await inWorker(SHOWN)) as JsonObject[]).filter(({ data }) => data !== null)).toEqual([]);
  const report = `${tropa.url}/push/report/forged`;
  await deliver(JSON.stringify({ id: 'evil', title: 'Evil', to: 'javascript:alert(1)', icon: 'data:,x', report }));
  const all = await until(async () => {
    const found = ((await inWorker(SHOWN)) as JsonObject[]).filter(({ tag }) => tag === 'evil');
    return found.length > 0 ? found : null;
  });
  expect(all).toMatchObject([{ icon: '' }]);
  expect(await act('notificationclick')).toEqual([]);
}, 60_000);

test('a browser that makes its subscription anew tells it by the address of the last message', async () => {
  const first = service.taken[0]?.endpoint ?? '';
  const key = JSON.stringify([...Buffer.from(PUBLIC, 'base64url')]);
  // This browser has no push service behind it: what it would hold is put into its hands.
  await inWorker(`PushManager.prototype.getSubscription = () => Promise.resolve(
    { endpoint: '${first}', options: { applicationServerKey: new Uint8Array(${key}).buffer } })`);
  await push();
  await shown();
  const next = service.subscribe('takes', PUBLIC);
  await until(() => inWorker(`caches.match('/tropa-push.json').then((note) => note?.json())`));
  await inWorker(`(() => {
    const subscription = { toJSON: () => (${JSON.stringify(next)}) };
    PushManager.prototype.subscribe = ({ applicationServerKey }) =>
      applicationServerKey === '${PUBLIC}' ? Promise.resolve(subscription) : Promise.reject(new Error('another key'));
    self.dispatchEvent(new ExtendableEvent('pushsubscriptionchange'));
  })()`).catch(() => undefined);
  await until(async () => {
    await tropa.drain();
    const { devices } = JSON.parse((await tropa.cli('export', 'anna')).stdout) as { devices: JsonObject[] };
    const live = devices.filter(({ state }) => state === 'live');
    return live.length === 1 && live[0]?.endpoint === next.endpoint ? true : null;
  });
}, 60_000);

test('/tropa.js asks, takes the place of a subscription under another key, and tells the new one with its proof', async () => {
  const asking = await context.newPage();
  await asking.goto(`${shop.origin}/asks`);
  const made = service.subscribe('takes', PUBLIC);
  // Chromium without a push service of its own; what it does with a subscription that stands in the way is its specification's.
  const answer = await asking.evaluate(`(async () => {
    let stands = true;
    PushManager.prototype.getSubscription = async () => ({ unsubscribe: async () => ((stands = false), true) });
    PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
      if (stands) throw new DOMException('another key', 'InvalidStateError');
      return { toJSON: () => ({ ...${JSON.stringify(made)}, expirationTime: null, told: [applicationServerKey.length, userVisibleOnly] }) };
    };
    return [await tropa('push', { text: 'Tell me about my order', version: 'v7' }), tropa('id')];
  })()`);
  const [said, id] = answer as [boolean, string];
  expect(said).toBe(true);
  await tropa.drain();
  const { devices, consent } = JSON.parse((await tropa.cli('export', `anonymous:${id}`)).stdout) as JsonObject;
  expect(devices).toMatchObject([{ endpoint: made.endpoint }]);
  expect(consent).toMatchObject([
    {
      channel: 'push',
      granted: true,
      source: 'browser',
      text: 'Tell me about my order',
      version: 'v7',
      page: `${shop.origin}/asks`,
    },
  ]);
  await asking.close();
}, 60_000);
