// The whole road of a text message by a gateway described in tropa.yaml, from an event to the ledger.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';
import { GATEWAY_NUMBERS as NUMBERS, type SmsGateway, startSmsGateway } from '../testing/sms-gateway.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const KEY = 'canary-gateway-key';
const settings = (url: string) => `timezone: UTC
consent: { sms: opt_out }
sources:
  shop: { type: segment, write_key: key }
senders:
  sms:
    provider: http
    url: "${url}/send?key=\${GATEWAY_KEY}"
    headers: { Authorization: "Bearer \${GATEWAY_KEY}" }
    json: { to: "{{to}}", text: "{{text}}", id: "{{id}}" }
    answer: { id: messages.0.id, ok_if: { status: OK } }
`;
const JOURNEY = `journey: hello
status: live
trigger: { event: go }
steps:
  - sms: note
`;

let gateway: SmsGateway;
let tropa: Tropa;
beforeAll(async () => {
  gateway = await startSmsGateway();
  tropa = await startTropa({
    workspace: {
      'tropa.yaml': settings(gateway.url),
      'hello/journey.yaml': JOURNEY,
      'hello/note.sms.txt': 'Hello {{ profile.first_name }}',
    },
    clock: NOON,
    env: { GATEWAY_KEY: KEY, TROPA_TEST_REACH: gateway.place },
  });
});
afterAll(async () => {
  await tropa.close();
  await gateway.close();
});

test('P30 leaves with the secrets of the environment, which stand nowhere else; what the gateway refuses ends as failed', async () => {
  await tropa.identify('anna', { phone: NUMBERS.takes, first_name: 'Anna "the" first' });
  await tropa.identify('boris', { phone: NUMBERS.refused, first_name: 'Boris' });
  for (const name of ['anna', 'boris']) await tropa.track(name, 'go');
  await tropa.drain();
  expect(gateway.taken).toMatchObject([
    {
      path: `/send?key=${KEY}`,
      headers: { authorization: `Bearer ${KEY}` },
      fields: { text: 'Hello Anna "the" first' },
    },
  ]);
  const rows = await tropa.inbox();
  expect(rows.find(({ profile }) => profile === 'anna')).toMatchObject({
    status: 'sent',
    id: gateway.taken[0]?.fields.id,
  });
  expect(rows.find(({ profile }) => profile === 'boris')).toMatchObject({ status: 'failed' });
  expect(tropa.output + (await tropa.cli('doctor', '--json')).stdout + JSON.stringify(rows)).not.toContain(KEY);
});
