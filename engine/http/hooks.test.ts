import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type SmallHost, startSmallHost, WEBHOOK_SECRET } from '../testing/http-host.ts';

let small: SmallHost;
beforeEach(async () => {
  small = await startSmallHost();
});
afterEach(() => small.close());

function hook(
  body: string,
  { id = 'msg_1', at = small.now, path = '/hooks/crm', secret = WEBHOOK_SECRET } = {},
): Promise<Response> {
  const stamp = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${id}.${stamp}.${body}`)
    .digest('base64');
  return fetch(small.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': stamp,
      'webhook-signature': `v1,${mac}`,
    },
    body,
  });
}
const ORDER = JSON.stringify({
  type: 'order.placed',
  timestamp: '2026-03-02T11:00:00Z',
  data: { customer_id: 'anna', order_id: 'o1', total: 5 },
});

test('takes a signed webhook, stored when it is answered', async () => {
  const response = await hook(ORDER);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ accepted: 1, refused: [] });
  expect(await small.events()).toMatchObject([
    { source: 'crm', name: 'order.placed', who: ['user:anna'], at: Date.UTC(2026, 2, 2, 11) },
  ]);
});

test('P02 takes the same webhook delivered 50 times at once for one event', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => hook(ORDER)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(await small.events()).toHaveLength(1);
});

test('refuses what is unsigned, signed by others or stale, and stores nothing', async () => {
  const unsigned = await fetch(`${small.url}/hooks/crm`, { method: 'POST', body: ORDER });
  const foreign = await hook(ORDER, { secret: 'whsec_c29tZWJvZHkgZWxzZSBlbnRpcmVseQ==' });
  const stale = await hook(ORDER, { at: small.now - 301_000 });
  for (const response of [unsigned, foreign, stale]) expect(response.status).toBe(401);
  expect(await small.events()).toEqual([]);
  expect(await small.store.refused(10)).toEqual([]);
});

test('refuses a signed body that is wrong, and keeps it for a look', async () => {
  expect((await hook('{"type":"message.opened","userId":"anna"}')).status).toBe(400);
  expect((await hook('{')).status).toBe(400);
  expect((await hook('{"type":"x"}')).status).toBe(400);
  expect(await small.events()).toEqual([]);
  expect((await small.store.refused(10)).map(({ code }) => code).sort()).toEqual([
    'E_BAD_REQUEST',
    'E_NO_IDENTITY',
    'E_RESERVED_NAME',
  ]);
});

test("knows its sources by name, and none that speaks Segment's API", async () => {
  for (const path of ['/hooks/nobody', '/hooks/app', '/hooks/constructor'])
    expect((await hook(ORDER, { path })).status).toBe(404);
});

test('P12 answers 503 when the store takes no more', async () => {
  small.full = true;
  const response = await hook(ORDER);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).not.toBeNull();
});

test('refuses a body beyond its limit', async () => {
  expect((await hook(JSON.stringify({ type: 'x', userId: 'anna', text: 'x'.repeat(1_100_000) }))).status).toBe(413);
});
