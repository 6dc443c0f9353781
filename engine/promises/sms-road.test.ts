// The whole road of a text message, with a real Tropa and a server that answers and calls back as Twilio does.

import { afterEach, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';
import { ACCOUNT, NUMBERS, startTwilio, TOKEN, type TwilioFake } from '../testing/twilio-fake.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const OUTSIDE = 'https://t.lumen.example';
const WORKSPACE = (url: string) => ({
  'tropa.yaml': `timezone: UTC
consent: { email: opt_out, sms: opt_out }
sources: { app: { type: segment, write_key: key, browser_key: page } }
senders: { sms: { provider: twilio, name: texts, account: ${ACCOUNT}, token: "${TOKEN}", from: "+12025550100", url: "${url}" } }
`,
  'hello/journey.yaml': `journey: hello
status: live
trigger: { event: go, key: event.n }
steps:
  - reach:
      - { sms: hello, for: 1d }
      - { email: hello }
    until: delivered
`,
  'hello/hello.sms.txt': 'Hello\n',
  'order/journey.yaml': `journey: order
status: live
category: transactional
trigger: { event: order.placed, key: event.order_id }
steps: [{ sms: order }]
`,
  'order/order.sms.txt': 'Thank you for order {{ trigger.order_id }}\n',
  'lamp/journey.yaml': `journey: lamp
status: live
trigger: { event: lamp, key: event.n }
steps: [{ sms: lamp }]
`,
  'lamp/lamp.sms.txt':
    'See https://lumen.example/lamp?n={{ trigger.n }}&from=a-very-long-campaign-name-that-nobody-wants-to-pay-for, or https://lumen.example/bulb\n',
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello</p>\n',
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(): Promise<{ tropa: Tropa; twilio: TwilioFake }> {
  const twilio = await startTwilio();
  const tropa = await startTropa({ clock: NOON, workspace: WORKSPACE(twilio.url), env: { PUBLIC_URL: OUTSIDE } });
  closing.push(
    () => twilio.close(),
    () => tropa.close(),
  );
  return { tropa, twilio };
}

let told = 0;
async function go(tropa: Tropa, id: string, phone: string): Promise<void> {
  told += 1;
  await tropa.track(id, 'go', { n: `${told}` }, { context: { traits: { email: `${id}@x.example`, phone } } });
  await tropa.drain();
}

const briefly = (rows: readonly JsonObject[]) => rows.map(({ channel, status }) => `${channel} ${status}`).sort();
const rowsOf = async (tropa: Tropa, id: string) =>
  briefly((await tropa.inbox()).filter(({ profile }) => profile === id));

test('a text message leaves, and what became of it moves its journey', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.takes);
  expect(await rowsOf(tropa, 'anna')).toEqual(['sms sent']);
  expect((await twilio.tell(0, 'delivered', tropa.url)).status).toBe(200);
  await tropa.advance('2d');
  expect(await rowsOf(tropa, 'anna')).toEqual(['sms delivered']);

  await go(tropa, 'ben', '+12025550124');
  expect((await twilio.tell(1, 'undelivered', tropa.url, 30006)).status).toBe(200);
  await tropa.drain();
  expect(await rowsOf(tropa, 'ben')).toEqual(['email delivered', 'sms bounced']);
  const forged = await fetch(`${tropa.url}/receipts/twilio?m=x`, { method: 'POST', body: 'MessageStatus=delivered' });
  expect(forged.status).toBe(401);
  expect((await tropa.ask('audit')).findings).toEqual([]);
}, 60_000);

test('P14 STOP suppresses at once, also a message that already waits, and is the person’s own withdrawal', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.takes);
  const answer = await twilio.write(NUMBERS.takes, 'Стоп', tropa.url, OUTSIDE);
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('<Response>')]);
  await go(tropa, 'anna', NUMBERS.takes);
  expect(twilio.taken).toHaveLength(1);
  // Whoever answers has got it.
  expect(await rowsOf(tropa, 'anna')).toEqual(['email delivered', 'sms delivered', 'sms skipped']);
  expect((await tropa.cli('explain', 'anna')).stdout).toMatch(/suppressed|consent/);
  await tropa.advance('1m');
  await twilio.write(NUMBERS.takes, 'START', tropa.url, OUTSIDE);
  await go(tropa, 'anna', NUMBERS.takes);
  expect(twilio.taken).toHaveLength(2);
}, 60_000);

test('P24 whoever types a customer’s address and a number of their own on a page gets no text about their orders', async () => {
  const { tropa, twilio } = await start();
  const [eve, own] = ['+12025550126', '+12025550127'];
  const typed = { writeKey: 'page', anonymousId: 'eve', traits: { email: 'anna@x.example', phone: eve } };
  const order = async (order_id: string) => {
    await tropa.track('anna', 'order.placed', { order_id, total: 1 });
    await tropa.drain();
  };
  await tropa.identify('anna', { email: 'anna@x.example' });
  await tropa.drain();
  const headers = { 'content-type': 'text/plain' };
  expect((await fetch(`${tropa.url}/v1/i`, { method: 'POST', headers, body: JSON.stringify(typed) })).status).toBe(200);
  await tropa.drain();
  await order('1');
  expect(twilio.taken).toEqual([]);
  expect((await tropa.inbox()).at(-1)).toMatchObject({ channel: 'sms', status: 'skipped', reason: 'no_address' });
  await tropa.identify('anna', { phone: own });
  await tropa.drain();
  await order('2');
  expect(twilio.taken.map(({ To }) => To)).toEqual([own]);
}, 60_000);

test('YES is an answer, and no consent, of whoever has not stopped; of whoever has it is a beginning again', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.takes);
  const consentOf = async () =>
    (JSON.parse((await tropa.cli('export', 'anna')).stdout) as { consent: JsonObject[] }).consent;
  await twilio.write(NUMBERS.takes, 'Yes!', tropa.url, OUTSIDE);
  await tropa.drain();
  expect([await rowsOf(tropa, 'anna'), await consentOf()]).toEqual([['sms replied'], []]);
  for (const word of ['STOP', 'YES']) {
    await tropa.advance('1m');
    await twilio.write(NUMBERS.takes, word, tropa.url, OUTSIDE);
    await tropa.drain();
  }
  expect(await consentOf()).toMatchObject([{ channel: 'sms', granted: true, source: 'start', text: 'YES' }]);
}, 60_000);

test('P21 whoever was erased and writes START is not written down again, and no import brings them back', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.takes);
  await twilio.write(NUMBERS.takes, 'STOP', tropa.url, OUTSIDE);
  expect((await tropa.cli('erase', 'anna', '--yes')).status).toBe(0);
  for (const word of ['START', 'STOP', 'Hello?'])
    expect((await twilio.write(NUMBERS.takes, word, tropa.url, OUTSIDE)).status).toBe(200);
  await tropa.drain();
  expect((await tropa.cli('suppress', '--list')).stdout).not.toContain(NUMBERS.takes);
  const row = { row: 1, who: [`phone:${NUMBERS.takes}`], traits: {}, consent: {}, consent_at: null };
  const answer = await tropa.ask('import', { run: 'r', source: 'list', rows: [row] });
  expect(answer).toMatchObject({ taken: 0, said: [{ why: 'this person was erased' }] });
}, 60_000);

test('a carrier’s filter, which is told afterwards, stops the sender until somebody looks', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.takes);
  expect((await twilio.tell(0, 'undelivered', tropa.url, 30007)).status).toBe(200);
  await tropa.drain();
  expect(await rowsOf(tropa, 'anna')).toEqual(['email delivered', 'sms failed']);
  await go(tropa, 'ben', '+12025550125');
  expect(await rowsOf(tropa, 'ben')).toEqual(['sms held']);
  expect((await tropa.cli('doctor')).stdout).toContain('Twilio reported error 30007');
  expect((await tropa.cli('sender', 'resume', 'texts')).status).toBe(0);
  await tropa.drain();
  expect(await rowsOf(tropa, 'ben')).toEqual(['sms sent']);
}, 60_000);

test('P07 a 500 is unknown and never tried again, a 429 ends in exactly one message, a landline moves on at once', async () => {
  const { tropa, twilio } = await start();
  await go(tropa, 'anna', NUMBERS.broken);
  await go(tropa, 'ben', NUMBERS.landline);
  await go(tropa, 'cleo', NUMBERS.slow);
  expect(await rowsOf(tropa, 'anna')).toEqual(['sms unknown']);
  expect(await rowsOf(tropa, 'ben')).toEqual(['email delivered', 'sms failed']);
  await tropa.advance('5m');
  expect(await rowsOf(tropa, 'cleo')).toEqual(['sms sent']);
  expect(twilio.taken.map(({ To }) => To)).toEqual([NUMBERS.slow]);
}, 60_000);

test('links in a text message are short, lead where they led, and count as clicks', async () => {
  const { tropa, twilio } = await start();
  await tropa.track('anna', 'lamp', { n: '7' }, { context: { traits: { phone: NUMBERS.takes } } });
  await tropa.drain();
  const said = twilio.taken[0]?.Body ?? '';
  const [lamp = '', bulb = ''] = said.match(/https:\/\/\S+/g) ?? [];
  expect(said).toMatch(/^See https:\/\/t\.lumen\.example\/s\/[\w-]{35}, or https:\/\/t\.lumen\.example\/s\/[\w-]{35}$/);
  const follow = (link: string) =>
    fetch(link.replace(OUTSIDE, tropa.url).replace(/,$/, ''), {
      redirect: 'manual',
      headers: {
        'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148',
      },
    });
  await tropa.advance('1m');
  expect((await follow(bulb)).headers.get('location')).toBe('https://lumen.example/bulb');
  await tropa.drain();
  await tropa.advance('1m');
  const answer = await follow(lamp);
  const long = 'https://lumen.example/lamp?n=7&from=a-very-long-campaign-name-that-nobody-wants-to-pay-for';
  expect([answer.status, answer.headers.get('location')]).toEqual([302, long]);
  await tropa.drain();
  await tropa.advance('1m');
  const clicks = (JSON.parse((await tropa.cli('export', 'anna')).stdout) as { events: JsonObject[] }).events;
  const followed = clicks
    .filter(({ name }) => name === 'message.clicked')
    .map(({ data }) => (data as JsonObject).value);
  expect(followed.sort()).toEqual(['https://lumen.example/bulb', long]);
  // P24: another message's, another place, and any changed character lead nowhere.
  for (const n of [8, 20, 30])
    expect(
      (await follow(`${lamp.slice(0, 27 + n)}${lamp[27 + n] === 'A' ? 'B' : 'A'}${lamp.slice(28 + n)}`)).status,
    ).toBe(404);
  // P21: gone with whoever it was about.
  expect((await tropa.cli('erase', 'anna', '--yes')).status).toBe(0);
  expect((await follow(bulb)).status).toBe(404);
}, 60_000);
