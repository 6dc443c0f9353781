// `tropa move`: a data folder becomes a shared store; nothing is lost, nobody is written to twice, and links in messages
// that were sent before lead where they led.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { SECRET } from '../testing/cluster.ts';
import { type MongoProxy, startMongoProxy } from '../testing/mongo-proxy.ts';
import { type MongoServer, startMongo } from '../testing/mongo-server.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
sources: { shop: { type: segment, write_key: key } }
consent: { email: opt_out }
`,
  'cart/journey.yaml': `journey: cart
status: live
trigger: { event: cart.updated, key: event.cart_id }
exit: [{ event: order.placed }]
steps:
  - email: first
  - wait: 1d
  - email: second
`,
  'cart/first.email.html': 'subject: One\n---\n<p><a href="https://shop.example/cart">On</a></p>\n',
  'cart/second.email.html': 'subject: Two\n---\n<p>Two</p>\n',
};

let server: MongoServer;
let proxy: MongoProxy;
const running: Tropa[] = [];
beforeAll(async () => {
  server = await startMongo();
  proxy = await startMongoProxy(server.port);
}, 120_000);
afterEach(async () => {
  proxy.fate = () => 'pass';
  for (const tropa of running.splice(0)) await tropa.close();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

async function lived(env: Record<string, string> = { TROPA_SECRET: SECRET }): Promise<Tropa> {
  const tropa = await startTropa({ workspace: WORKSPACE, clock: NOON, env });
  running.push(tropa);
  for (const id of ['anna', 'bert', 'carl']) await tropa.identify(id, { email: `${id}@x.example` });
  await tropa.post('/v1/identify', { userId: 'anna', anonymousId: 'phone-of-anna', traits: {} });
  for (const id of ['anna', 'bert', 'carl']) await tropa.track(id, 'cart.updated', { cart_id: 'c1', total: 5 });
  await tropa.drain();
  await tropa.advance('1h');
  await tropa.track('carl', 'order.placed', { order_id: 'o1', total: 5 });
  await tropa.drain();
  await tropa.cli('suppress', 'bert@x.example');
  return tropa;
}

const clickIn = async (tropa: Tropa, message: string): Promise<string> =>
  /href="[^"]*(\/c\/[A-Za-z0-9_-]+)"/.exec(await (await fetch(`${tropa.url}/inbox/${message}/body`)).text())?.[1] ??
  /(\/c\/[A-Za-z0-9_-]+)/.exec(await (await fetch(`${tropa.url}/inbox/${message}`)).text())?.[1] ??
  '';

test('people, timers, messages, links and figures go on where they were', async () => {
  const before = await lived();
  const sent = await before.inbox();
  const explained = (await before.cli('explain', 'anna', '--json')).stdout;
  const stats = (await before.cli('stats', '--json')).stdout;
  const click = await clickIn(before, String(sent.find(({ profile }) => profile === 'anna')!.id));
  expect(click).toMatch(/^\/c\//);
  const env = { MONGODB_URL: server.fresh(), TROPA_SECRET: SECRET };
  const locked = await runCli(['move', '--data', before.data], env);
  expect([locked.status, locked.stderr]).toEqual([2, expect.stringMatching(/E_STORE_LOCKED/)]);
  await before.signal('SIGTERM');

  const { status, stdout } = await runCli(['move', '--json', '--data', before.data], env);
  expect(status).toBe(0);
  const told = JSON.parse(stdout);
  expect(told.moved).toMatchObject({ people: 3, messages: 3, suppressions: 1 });
  expect(readFileSync(told.aside).length).toBeGreaterThan(10_000);

  const after = await startTropa({ workspace: WORKSPACE, clock: NOON + 3_600_000, env });
  running.push(after);
  expect(await after.inbox()).toEqual(sent);
  expect((await after.cli('explain', 'anna', '--json')).stdout).toBe(explained);
  expect((await after.cli('stats', '--json')).stdout).toBe(stats);
  expect((await after.cli('audit')).status).toBe(0);
  const led = await fetch(`${after.url}${click}`, { redirect: 'manual' });
  expect([led.status, led.headers.get('location')]).toEqual([302, 'https://shop.example/cart']);
  // An event told again is known, and what was waited for comes.
  await after.advance('2d');
  const all = await after.inbox();
  expect(
    all
      .filter(({ step }) => step !== '1')
      .map(({ profile, status: stands }) => [profile, stands])
      .sort(),
  ).toEqual([
    ['anna', 'delivered'],
    ['bert', 'skipped'],
  ]);
}, 120_000);

test('a move that is cut short goes on, and until it is whole nobody else gets in', async () => {
  const before = await lived();
  await before.signal('SIGTERM');
  const url = server.fresh().replace(/:\d+\//, `:${proxy.port}/`);
  const env = { MONGODB_URL: url, TROPA_SECRET: SECRET };
  let inserts = 0;
  proxy.fate = (command) => {
    if (command === 'insert') inserts += 1;
    return inserts > 5 ? 13 : 'pass';
  };
  const cut = await runCli(['move', '--data', before.data], env);
  expect([cut.status, cut.stderr]).toEqual([2, expect.stringContaining('E_UNAVAILABLE')]);
  proxy.fate = () => 'pass';
  const early = await runCli(['worker', '--data', join(before.data, 'other')], { ...env, NODE_ENV: 'test' });
  expect([early.status, early.stderr]).toEqual([2, expect.stringMatching(/^E_MOVE .*not whole yet/)]);
  const stranger = await lived();
  await stranger.signal('SIGTERM');
  const other = await runCli(['move', '--data', stranger.data], env);
  expect([other.status, other.stderr]).toEqual([2, expect.stringMatching(/E_MOVE Another folder/)]);
  const again = await runCli(['move', '--json', '--data', before.data], env);
  expect([again.status, JSON.parse(again.stdout).moved]).toMatchObject([0, { people: 3, messages: 3 }]);
  const twice = await runCli(['move', '--data', stranger.data], env);
  expect([twice.status, twice.stderr]).toEqual([2, expect.stringMatching(/E_MOVE This database holds people already/)]);
}, 120_000);

test("a folder's own secret has to come along", async () => {
  const before = await lived({});
  await before.signal('SIGTERM');
  const env = { MONGODB_URL: server.fresh(), TROPA_SECRET: SECRET };
  const { status, stderr } = await runCli(['move', '--data', before.data], env);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/E_CONFIG .*set TROPA_SECRET to it/)]);
  const own = readFileSync(join(before.data, 'secret'), 'utf8').trim();
  expect(stderr).not.toContain(own);
  const moved = await runCli(['move', '--data', before.data], { ...env, TROPA_SECRET: own });
  expect(moved.status).toBe(0);
}, 60_000);
