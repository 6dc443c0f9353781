// What a platform passes on of people's rights (Shopify's privacy webhooks), on a running server: really exported, really
// erased, and not forgotten by a stop in between.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';
import { signedByOpenssl, webhookBody } from '../testing/signed-by-openssl.ts';

const SECRET = 'shop secret';
const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
sources:
  shop: { type: shopify, secret: ${SECRET} }
  app: { type: segment, write_key: key }
`,
};

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

async function webhook(topic: string, body: Buffer | string, id: string): Promise<number> {
  const bytes = Buffer.from(body);
  const answer = await fetch(`${tropa.url}/hooks/shop`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': signedByOpenssl(bytes, SECRET),
      'x-shopify-event-id': id,
      'x-shopify-triggered-at': new Date(NOON).toISOString(),
    },
  });
  return answer.status;
}
const fixture = (name: string): Buffer => webhookBody(`shopify/${name}.json`);
const known = async (profile: string): Promise<boolean> => (await tropa.cli('explain', profile)).status === 0;

/** Waits for something that happens by itself; the test's own limit ends it. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

function foundIn(text: string): string[] {
  return readdirSync(tropa.data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(tropa.data, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));
}

test('customers/data_request becomes a document of all that is known, told to nobody but the machine’s owner', async () => {
  expect(await webhook('customers/update', fixture('customers-update'), 'e1')).toBe(200);
  await tropa.drain();
  expect(await webhook('customers/data_request', fixture('customers-data_request'), 'e2')).toBe(200);
  const folder = join(tropa.data, 'privacy');
  await until(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.json')));
  const [name = ''] = readdirSync(folder);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { people: JsonObject[] } & JsonObject;
  expect(document).toMatchObject({ shop: 'lumen-demo.myshopify.com', orders: ['5410220000123'] });
  expect(document.people).toMatchObject([{ profile: '7677484597543', identities: expect.any(Array) }]);
});

test('P21 customers/redact leaves nothing of them, also when the process is killed before it was carried out', async () => {
  expect(await webhook('customers/redact', fixture('customers-redact'), 'e3')).toBe(200);
  await tropa.signal('SIGKILL');
  await tropa.start();
  await until(async () => !(await known('7677484597543')));
  await until(async () => (await tropa.ask('scrub')).scrubbed === true && foundIn('anna.petrova').length === 0);
  expect(foundIn('7677484597543')).toEqual([]);
}, 30_000);

test('P21 erased by hand, they are gone from what was handed out too, and others’ documents stay', async () => {
  const folder = join(tropa.data, 'privacy');
  const ask = async (id: number) => {
    const email = `asks-${id}@example.com`;
    const customer = { id, email, updated_at: '2026-03-02T11:42:20Z' };
    expect(await webhook('customers/update', JSON.stringify(customer), `c${id}`)).toBe(200);
    await tropa.drain();
    expect(await webhook('customers/data_request', JSON.stringify({ customer: { id, email } }), `r${id}`)).toBe(200);
    await until(() => foundIn(email).some((path) => path.startsWith(folder) && path.endsWith('.json')));
  };
  await ask(601);
  await ask(602);
  expect((await tropa.cli('erase', '601', '--yes')).status).toBe(0);
  expect(foundIn('asks-601@example.com')).toEqual([]);
  expect(foundIn('asks-602@example.com').filter((path) => path.startsWith(folder))).toHaveLength(1);
  expect((await tropa.cli('erase', '602', '--yes')).status).toBe(0);
}, 30_000);

test('shop/redact takes along who is known from that shop alone', async () => {
  const customer = (id: number, email: string) => JSON.stringify({ id, email, updated_at: '2026-03-02T11:42:20Z' });
  expect(await webhook('customers/update', customer(501, 'alone@example.com'), 'e4')).toBe(200);
  expect(await webhook('customers/update', customer(502, 'both@example.com'), 'e5')).toBe(200);
  await tropa.identify('502', { email: 'both@example.com' });
  await tropa.identify('other', { email: 'other@example.com' });
  await tropa.drain();
  expect(await webhook('shop/redact', fixture('shop-redact'), 'e6')).toBe(200);
  await until(async () => !(await known('501')));
  await until(() => tropa.output.includes('the shop is gone'));
  expect([await known('502'), await known('other')]).toEqual([true, true]);
  expect(/"erased":(\d+),"kept":(\d+)/.exec(tropa.output)?.slice(1)).toEqual(['1', '1']);
}, 30_000);
