// The whole road of web push, with a real Tropa and a push service that decrypts as the subscriber's browser would:
// subscribed over HTTP, sent by a journey, clicked through the signed address that came inside.

import { createECDH } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { type PushService, type Subscription, startPushService } from '../testing/push-service.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const SHOP = 'https://lumen.example';
const curve = createECDH('prime256v1');
curve.generateKeys();
const KEYS = {
  public: curve.getPublicKey('base64url'),
  private: Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()])
    .subarray(-32)
    .toString('base64url'),
};
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
consent: { email: opt_out }
sources: { web: { type: segment, write_key: key, browser_key: page, origins: ${SHOP} } }
senders: { push: { provider: webpush, name: bell, public_key: ${KEYS.public}, private_key: "\${VAPID}", subject: "mailto:hello@lumen.example" } }
`,
  'hello/journey.yaml': `journey: hello
status: live
trigger: { event: go, key: event.n }
steps:
  - reach:
      - { push: hello, for: 1d }
      - { email: hello }
    until: clicked
`,
  'hello/hello.push.txt': `title: Your lamp waits
link: ${SHOP}/cart
icon: ${SHOP}/lamp.png
---
It is still in your cart.
`,
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello</p>\n',
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(): Promise<{ tropa: Tropa; service: PushService }> {
  const service = await startPushService();
  closing.push(() => service.close());
  const env = { VAPID: KEYS.private, TROPA_TEST_REACH: service.place };
  const tropa = await startTropa({ clock: NOON, workspace: WORKSPACE, env });
  closing.push(() => tropa.close());
  return { tropa, service };
}

const tell = (tropa: Tropa, path: string, body: Json, headers: Record<string, string> = {}) =>
  fetch(`${tropa.url}/push/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': 'Firefox', origin: SHOP, ...headers },
    body: JSON.stringify(body),
  });
const subscribe = (tropa: Tropa, anonymousId: string, subscription: Subscription, more: JsonObject = {}) =>
  tell(tropa, 'subscribe', {
    writeKey: 'page',
    anonymousId,
    subscription: { ...subscription, keys: { ...subscription.keys }, expirationTime: null },
    text: 'Tell me about my cart',
    version: 'v1',
    page: `${SHOP}/lamps`,
    ...more,
  });
const report = (payload: JsonObject, body: Json, tropa: Tropa) =>
  fetch(String(payload.report).replace(/^https?:\/\/[^/]+/, tropa.url), {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(body),
  });

let told = 0;
/** The visitor logs in (the server knows both ids), and something happens that starts the journey. */
async function go(tropa: Tropa, id: string): Promise<void> {
  told += 1;
  await tropa.track(id, 'go', { n: `${told}` }, { anonymousId: id, context: { traits: { email: `${id}@x.example` } } });
  await tropa.drain();
}
const rowsOf = async (tropa: Tropa) =>
  (await tropa.inbox()).map(({ channel, status }) => `${String(channel)} ${String(status)}`).sort();
const eventsOf = async (tropa: Tropa, id: string): Promise<JsonObject[]> =>
  (JSON.parse((await tropa.cli('export', id)).stdout) as { events: JsonObject[] }).events;
const personOf = async (tropa: Tropa, id: string): Promise<JsonObject> =>
  JSON.parse((await tropa.cli('export', id)).stdout) as JsonObject;

test('a subscriber is written to, what the worker tells comes back, and a click moves the journey', async () => {
  const { tropa, service } = await start();
  const subscription = service.subscribe('takes', KEYS.public);
  const answer = await subscribe(tropa, 'anna', subscription);
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SHOP]);
  await go(tropa, 'anna');
  const [taken, ...more] = service.taken;
  expect(more).toEqual([]);
  const payload = taken?.payload as JsonObject;
  expect(payload).toMatchObject({
    title: 'Your lamp waits',
    body: 'It is still in your cart.',
    icon: `${SHOP}/lamp.png`,
    to: `${SHOP}/cart`,
    via: expect.stringContaining('/c/'),
    report: expect.stringContaining('/push/report/'),
  });
  // No longer than the rung's own time.
  expect(taken?.ttl).toBe(86_400);
  expect(await rowsOf(tropa)).toEqual(['push sent']);

  expect((await report(payload, { did: 'shown' }, tropa)).status).toBe(204);
  await tropa.drain();
  expect(await rowsOf(tropa)).toEqual(['push delivered']);
  expect((await report(payload, { did: 'clicked', link: payload.via ?? null }, tropa)).status).toBe(204);
  await tropa.drain();
  expect(await rowsOf(tropa)).toEqual(['push clicked']);
  const clicked = (await eventsOf(tropa, 'anna')).find(({ name }) => name === 'message.clicked');
  expect(clicked?.data).toMatchObject({ journey: 'hello', channel: 'push', value: `${SHOP}/cart` });
  await tropa.advance('2d');
  // The rung that nobody needs any more.
  expect(await rowsOf(tropa)).toEqual(['push clicked']);
  expect((await tropa.ask('audit')).findings).toEqual([]);
}, 60_000);

test('nobody clicks, and the next rung is tried; a message put aside has been delivered, and says so', async () => {
  const { tropa, service } = await start();
  await subscribe(tropa, 'anna', service.subscribe('takes', KEYS.public));
  await go(tropa, 'anna');
  const payload = service.taken[0]?.payload as JsonObject;
  await report(payload, { did: 'closed' }, tropa);
  await report(payload, { did: 'closed' }, tropa);
  await report(payload, { did: 'shown' }, tropa);
  await tropa.advance('2d');
  expect(await rowsOf(tropa)).toEqual(['email delivered', 'push delivered']);
  const names = (await eventsOf(tropa, 'anna')).map(({ name }) => name);
  expect(names.filter((name) => name === 'push.closed')).toHaveLength(1);
}, 60_000);

test('P36 404 and 410 take the subscription away; one message goes to every device that is left', async () => {
  const { tropa, service } = await start();
  const [phone, desk, old, older] = [
    service.subscribe('takes', KEYS.public),
    service.subscribe('takes', KEYS.public),
    service.subscribe('gone', KEYS.public),
    service.subscribe('unknown', KEYS.public),
  ];
  for (const device of [phone, desk, old, older]) await subscribe(tropa, 'anna', device);
  await go(tropa, 'anna');
  expect(service.taken.map(({ endpoint }) => endpoint).sort()).toEqual([phone.endpoint, desk.endpoint].sort());
  expect(new Set(service.taken.map(({ payload }) => payload.id)).size).toBe(1);
  expect(await rowsOf(tropa)).toEqual(['push sent']);
  const asked = service.asked.length;
  await go(tropa, 'anna');
  expect(service.asked).toHaveLength(asked + 2);

  service.mood(phone, 'gone');
  service.mood(desk, 'gone');
  await go(tropa, 'anna');
  // Refused by the last devices, the next rung is tried at once; from then on there is no address.
  expect(await rowsOf(tropa)).toEqual(['email delivered', 'push failed', 'push sent', 'push sent']);
  const kept = (await personOf(tropa, 'anna')).devices as JsonObject[];
  expect(kept.map(({ state }) => state)).toEqual(kept.map(() => 'ended'));
  expect(kept.length).toBeGreaterThan(1);
  const before = service.asked.length;
  await go(tropa, 'anna');
  expect(service.asked).toHaveLength(before);
}, 60_000);

test('P20 a subscription is a yes to push, with its proof, and each message shows it', async () => {
  const { tropa, service } = await start();
  const subscription = service.subscribe('takes', KEYS.public);
  await subscribe(tropa, 'anna', subscription);
  await go(tropa, 'anna');
  const proof = { source: 'browser', text: 'Tell me about my cart', version: 'v1' };
  const { consent, messages, devices } = (await personOf(tropa, 'anna')) as { [key: string]: JsonObject[] };
  expect(consent).toMatchObject([
    { channel: 'push', granted: true, ip: expect.stringContaining('127.0.0.1'), ...proof },
  ]);
  expect(messages).toMatchObject([{ channel: 'push', consent: proof }]);
  expect(devices).toMatchObject([{ endpoint: subscription.endpoint, agent: 'Firefox' }]);
  const granted = (await eventsOf(tropa, 'anna')).find(({ name }) => name === 'consent.granted');
  expect(granted?.data).toMatchObject({ page: `${SHOP}/lamps`, agent: 'Firefox' });
  expect(
    (
      await tell(tropa, 'unsubscribe', {
        writeKey: 'page',
        anonymousId: 'anna',
        subscription: { endpoint: subscription.endpoint },
      })
    ).status,
  ).toBe(200);
  await go(tropa, 'anna');
  expect(service.taken).toHaveLength(1);
}, 60_000);

test('a server subscribes somebody by their user id, and says itself what the browser was', async () => {
  const { tropa, service } = await start();
  const { endpoint, keys } = service.subscribe('takes', KEYS.public);
  const body = {
    userId: 'anna',
    subscription: { endpoint, keys: { ...keys } },
    text: 'Yes',
    ip: '192.0.2.7',
    agent: 'Safari',
  };
  expect((await tropa.post('/push/subscribe', body)).status).toBe(200);
  await go(tropa, 'anna');
  expect(service.taken).toHaveLength(1);
  const { consent, devices } = (await personOf(tropa, 'anna')) as { [key: string]: JsonObject[] };
  expect(consent).toMatchObject([
    { channel: 'push', text: 'Yes', ip: '192.0.2.7', agent: 'Safari', source: 'browser' },
  ]);
  expect(devices).toMatchObject([{ agent: 'Safari' }]);
}, 60_000);

describe('what is not a subscription', () => {
  test('P23 an endpoint that leads into the house, or asks for no keys, is refused and never asked', async () => {
    const { tropa, service } = await start();
    const good = service.subscribe();
    const near = [
      'http://127.0.0.1:1/x',
      'https://127.0.0.1/x',
      'https://localhost/x',
      'https://[::1]/x',
      'https://[::ffff:10.0.0.1]/x',
      'https://192.168.1.1/x',
      'https://169.254.169.254/latest/meta-data',
      'https://metadata.google.internal/x',
      'https://[64:ff9b::a00:1]/x',
      'https://2130706433/x',
      'http://push.example/x',
      'https://user:pass@push.example/x',
      'ftp://push.example/x',
      'javascript:alert(1)',
      '',
    ];
    for (const endpoint of near) {
      const { status } = await subscribe(tropa, 'anna', { ...good, endpoint });
      expect([endpoint, status]).toEqual([endpoint, 400]);
    }
    expect((await subscribe(tropa, 'anna', { ...good, keys: { ...good.keys, auth: 'AAAA' } })).status).toBe(400);
    expect((await subscribe(tropa, 'anna', good, { text: '' })).status).toBe(400);
    expect((await subscribe(tropa, '', good)).status).toBe(400);
    expect((await subscribe(tropa, 'anna', good, { writeKey: 'wrong' })).status).toBe(401);
    const foreign = await tell(tropa, 'subscribe', { writeKey: 'page' }, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    // What a server's own key says by another door is stored, and kept from the house where it is connected to.
    await tropa.track('ben', 'push.subscribed', { endpoint: 'https://127.0.0.1/x', keys: { ...good.keys } });
    await tropa.track('ben', 'consent.granted', { channel: 'push' });
    await go(tropa, 'ben');
    expect(await rowsOf(tropa)).toEqual(['email delivered', 'push failed']);
    expect(service.asked).toEqual([]);
  }, 60_000);

  test('P24 a report address belongs to one message: forged it says nothing, and another message’s link is no click on it', async () => {
    const { tropa, service } = await start();
    await subscribe(tropa, 'anna', service.subscribe('takes', KEYS.public));
    await subscribe(tropa, 'ben', service.subscribe('takes', KEYS.public));
    await go(tropa, 'anna');
    await go(tropa, 'ben');
    const [annas, bens] = service.taken.map(({ payload }) => payload as JsonObject);
    expect((await report({ report: `${annas?.report}x` }, { did: 'clicked' }, tropa)).status).toBe(404);
    expect(
      (await report({ report: String(annas?.via).replace('/c/', '/push/report/') }, { did: 'clicked' }, tropa)).status,
    ).toBe(404);
    expect((await report(annas ?? {}, { did: 'erased' }, tropa)).status).toBe(400);
    await report(annas ?? {}, { did: 'clicked', link: String(bens?.via) }, tropa);
    await tropa.drain();
    expect(await rowsOf(tropa)).toEqual(['push clicked', 'push sent']);
    const clicked = (await eventsOf(tropa, 'anna')).find(({ name }) => name === 'message.clicked');
    expect(clicked?.data).not.toHaveProperty('value');
  }, 60_000);
});

test('a browser that makes a new subscription goes on under it', async () => {
  const { tropa, service } = await start();
  const [first, second] = [service.subscribe('takes', KEYS.public), service.subscribe('takes', KEYS.public)];
  await subscribe(tropa, 'anna', first);
  await go(tropa, 'anna');
  const renewed = { did: 'renewed', old: first.endpoint, subscription: { ...second, keys: { ...second.keys } } };
  const payload = service.taken[0]?.payload as JsonObject;
  const inside = { ...renewed, subscription: { ...renewed.subscription, endpoint: 'https://10.0.0.1/x' } };
  expect((await report(payload, inside, tropa)).status).toBe(400);
  expect((await report(payload, renewed, tropa)).status).toBe(204);
  await go(tropa, 'anna');
  expect(service.taken.map(({ endpoint }) => endpoint)).toEqual([first.endpoint, second.endpoint]);
}, 60_000);

test('a device that is renewed after it has ended goes on too: the shop knows whose it is', async () => {
  const { tropa, service } = await start();
  const [first, second] = [service.subscribe('takes', KEYS.public), service.subscribe('takes', KEYS.public)];
  await subscribe(tropa, 'anna', first);
  await go(tropa, 'anna');
  const ended = { writeKey: 'page', anonymousId: 'anna', endpoint: first.endpoint };
  expect((await tell(tropa, 'unsubscribe', ended)).status).toBe(200);
  await tropa.drain();
  const payload = service.taken[0]?.payload as JsonObject;
  const renewed = { did: 'renewed', old: first.endpoint, subscription: { ...second, keys: { ...second.keys } } };
  expect((await report(payload, renewed, tropa)).status).toBe(204);
  await go(tropa, 'anna');
  expect(service.taken.map(({ endpoint }) => endpoint)).toEqual([first.endpoint, second.endpoint]);
}, 60_000);

test.each([
  ['their own device', (own: string) => own],
  ['a device nobody knows', () => 'https://push.example/never-seen'],
])(
  'P24 whoever types a customer’s address renews %s, and reads nothing of the customer’s',
  async (_, old) => {
    const { tropa, service } = await start();
    const [own, new_] = [service.subscribe('takes', KEYS.public), service.subscribe('takes', KEYS.public)];
    await subscribe(tropa, 'eve', own);
    const page = (type: string, body: JsonObject) =>
      fetch(`${tropa.url}/v1/${type}`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify({ writeKey: 'page', anonymousId: 'eve', ...body }),
      });
    await page('t', { event: 'go', properties: { n: 'eve' } });
    await tropa.drain();
    expect(service.taken).toHaveLength(1);
    await go(tropa, 'anna');
    await page('i', { traits: { email: 'anna@x.example' } });
    await tropa.drain();
    const payload = service.taken[0]?.payload as JsonObject;
    const renewed = { did: 'renewed', old: old(own.endpoint), subscription: { ...new_, keys: { ...new_.keys } } };
    expect((await report(payload, renewed, tropa)).status).toBe(204);
    await go(tropa, 'anna');
    expect(service.taken).toHaveLength(1);
    // All that is known of somebody is told, also what is not believed.
    const { devices } = (await personOf(tropa, 'anna')) as { devices: JsonObject[] };
    expect(devices).toContainEqual(expect.objectContaining({ endpoint: new_.endpoint, state: 'unproven' }));
  },
  60_000,
);
