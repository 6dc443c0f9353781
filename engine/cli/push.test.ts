// `tropa push keys`, and what `tropa doctor` says of keys and of a shop's service worker.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';

const OURS = 'https://t.lumen.example';
const keys = async (): Promise<{ public_key: string; private_key: string }> =>
  JSON.parse((await runCli(['push', 'keys', '--json'])).stdout);
const settings = (publicKey: string) => `timezone: UTC
sources: { web: { type: segment, write_key: key } }
senders: { push: { provider: webpush, name: bell, public_key: "${publicKey}", private_key: "\${VAPID_PRIVATE}", subject: "mailto:you@lumen.example" } }
`;

const WORKERS: Readonly<Record<string, { body?: string; status?: number; type?: string }>> = {
  '/good.js': { body: `self.x = 1;\nimportScripts('/mine.js', "${OURS}/push/sw.js");` },
  '/none.js': { body: "addEventListener('fetch', () => {});" },
  '/comment.js': { body: `// importScripts('${OURS}/push/sw.js')` },
  '/other.js': { body: "importScripts('https://old.lumen.example/push/sw.js')" },
  '/page': { body: '<!doctype html>', type: 'text/html' },
  '/moved.js': { status: 302 },
  '/missing.js': { status: 404 },
};

let shop: Server;
let tropa: Tropa;
let pair: { public_key: string; private_key: string };
beforeAll(async () => {
  shop = createServer((request, response) => {
    const { body = '', status = 200, type = 'text/javascript' } = WORKERS[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, { 'content-type': type, location: '/good.js' }).end(body);
  });
  await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
  pair = await keys();
  tropa = await startTropa({
    workspace: { 'tropa.yaml': settings(pair.public_key) },
    env: { VAPID_PRIVATE: pair.private_key, PUBLIC_URL: OURS, TROPA_TEST_REACH: place() },
  });
}, 60_000);
afterAll(async () => {
  await tropa.close();
  shop.closeAllConnections();
  shop.close();
});

const place = () => `127.0.0.1:${(shop.address() as AddressInfo).port}`;
const doctor = async (...args: string[]): Promise<{ status: number; about: (what: string) => JsonObject[] }> => {
  const { status, stdout } = await tropa.cli('doctor', ...args, '--json');
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);
  return { status, about: (what) => found.filter(({ about }) => String(about).includes(what)) };
};

describe('tropa push keys', () => {
  test('makes a pair that a sender can use as it is printed, another each time', async () => {
    expect((await doctor()).about('VAPID')).toMatchObject([{ ok: true }, { ok: true }]);
    expect((await keys()).private_key).not.toBe(pair.private_key);
  });
  test('says where each of the two goes, and the private one stands on the line for the environment alone', async () => {
    const { stdout, status } = await runCli(['push', 'keys']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/provider: webpush\n +public_key: "B[\w-]{86}"\n +private_key: "\$\{VAPID_PRIVATE\}"/);
    expect(stdout).toMatch(/^VAPID_PRIVATE=[\w-]{43}$/m);
  });
  test('knows no other word', async () => {
    expect((await runCli(['push', 'lock'])).status).toBe(2);
  });
});

describe('tropa doctor', () => {
  test('finds keys that do not belong together, and shows none', async () => {
    const other = await keys();
    const broken = await startTropa({
      workspace: { 'tropa.yaml': settings(other.public_key) },
      env: { VAPID_PRIVATE: pair.private_key },
    });
    const { status, stdout } = await broken.cli('doctor');
    await broken.close();
    expect(status).toBe(1);
    expect(stdout).toMatch(/WRONG sender bell: VAPID keys: The two keys do not belong together/);
    expect(stdout).not.toContain(pair.private_key);
  }, 60_000);

  test.each([
    ['/good.js', true, 'loads the worker of this Tropa'],
    ['/none.js', false, `add the line importScripts('${OURS}/push/sw.js')`],
    ['/comment.js', false, 'add the line'],
    ['/other.js', false, 'correct PUBLIC_URL'],
    ['/page', false, 'is it a page of the shop?'],
    ['/moved.js', false, 'follow no redirect'],
    ['/missing.js', false, 'it answers 404'],
  ])('reads a shop’s worker: %s', async (path, ok, words) => {
    const told = await doctor(`http://${place()}${path}`);
    expect(told.about('service worker')).toMatchObject([{ ok, detail: expect.stringContaining(words) }]);
    if (!ok) expect(told.status).toBe(1);
  });

  test('P23 asks nobody in the house', async () => {
    const [found] = (await doctor('http://localhost:1/sw.js')).about('service worker');
    expect(found).toMatchObject({ ok: false, detail: expect.stringContaining('not on the public internet') });
    expect((await tropa.cli('doctor', 'sw.js')).status).toBe(2);
  });
});
