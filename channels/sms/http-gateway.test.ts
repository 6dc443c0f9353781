// Promises of `provider: http`, and the contract of channels, against a gateway of our own.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Channel, JsonObject } from '../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../engine/ports/guarded.ts';
import { createGuardedFetch } from '../../engine/runtime/guarded-fetch.ts';
import { GATEWAY_NUMBERS as NUMBERS, type SmsGateway, startSmsGateway } from '../../engine/testing/sms-gateway.ts';
import { type ChannelRig, channelContract, outgoing } from '../channel.contract.ts';
import { createHttpGateway } from './http-gateway.ts';

const SECRET = 'canary-key-of-this-test';
const JSON_BODY = { to: '{{to}}', text: '{{text}}', id: '{{id}}' };
const ANSWER = { id: 'messages.0.id', ok_if: { status: 'OK' } };

async function start(): Promise<ChannelRig> {
  let gateway = await startSmsGateway();
  const port = Number(new URL(gateway.url).port);
  const guarded = createGuardedFetch({ allow: [gateway.place] });
  let before: string[] = [];
  const ids = () => gateway.taken.map(({ fields }) => String(fields.id));
  const options = { url: `${gateway.url}/send`, json: JSON_BODY, answer: ANSWER };
  const channel = createHttpGateway({ name: 'sms', options, timeout: 500 }, guarded);
  return {
    channel,
    taken: async () => [...before, ...ids()],
    receipts: async () => [],
    pass: () => undefined,
    reachable: async (yes) => {
      if (yes) gateway = await startSmsGateway(port);
      else {
        before = [...before, ...ids()];
        await gateway.close();
      }
    },
    stop: async () => {
      await channel.close();
      await guarded.close();
      await gateway.close();
    },
  };
}

channelContract('text messages by any gateway', {
  name: 'sms',
  recipients: {
    takes: NUMBERS.takes,
    refuses: NUMBERS.refused,
    hangsUp: NUMBERS.hangsUp,
    asksToWait: NUMBERS.slow,
    bounces: null,
  },
  start,
});

let gateway: SmsGateway;
let guarded: GuardedFetch;
let opened: Channel[] = [];
beforeEach(async () => {
  gateway = await startSmsGateway();
  guarded = createGuardedFetch({ allow: [gateway.place], connectTimeout: 300 });
  opened = [];
});
afterEach(async () => {
  for (const channel of opened) await channel.close();
  await guarded.close();
  await gateway.close();
});

const open = (options: JsonObject, path = '/send'): Channel => {
  const channel = createHttpGateway(
    { name: 'sms', options: { url: gateway.url + path, ...options }, timeout: 300 },
    guarded,
  );
  opened.push(channel);
  return channel;
};
const send = async (options: JsonObject, to: string, text = 'hello', path?: string) => {
  const [outcome] = await open(options, path).send([{ ...outgoing('sms', 'm1', to), text }]);
  expect(JSON.stringify(outcome)).not.toMatch(new RegExp(`${SECRET}|${to.slice(1)}|about`));
  return outcome;
};
const read = (options: JsonObject) => () => createHttpGateway({ name: 'sms', options }, guarded);

describe('a request to the gateway', () => {
  const NASTY = 'a "b" \\ {{id}} &to=+15005550001 ?#%00 \r\nX: y </script> 😀 Привет';

  test.each<[string, JsonObject, string | undefined]>([
    ['JSON', { json: { ...JSON_BODY, nested: { list: ['{{text}}'] } } }, undefined],
    [
      'JSON in quotes',
      { json: '{"to":"{{to}}","text":"{{text}}","id":"{{id}}","nested":{"list":["{{ text }}"]},"flash":0}' },
      undefined,
    ],
    ['a form', { form: JSON_BODY }, undefined],
    ['a query', {}, '/send?to={{digits}}&text={{text}}&id={{id}}'],
  ])('P25 as %s carries any text as it is, and lets it be nothing else', async (_, options, path) => {
    const texts = [NASTY, '{{to}}', '\ud800', ...fc.sample(fc.string({ unit: 'grapheme', minLength: 1 }), 20)];
    for (const text of texts) {
      expect(await send(options, NUMBERS.takes, text, path)).toMatchObject({ result: 'accepted' });
      const fields = gateway.taken.at(-1)?.fields ?? {};
      const whole = Buffer.from(text).toString();
      expect(fields).toMatchObject({ text: whole, id: 'm1', to: expect.stringMatching(/^\+?12025550123$/) });
      if (fields.nested !== undefined) expect(fields.nested).toEqual({ list: [whole] });
    }
  });

  test('has the headers and the method it was told, and numbers where the settings have them', async () => {
    const json = '{"to":"{{digits}}","text":"{{text}}","from":"{{from}}","flash":0,"options":[true,null]}';
    const headers = { Authorization: `Bearer ${SECRET}`, 'Idempotency-Key': '{{id}}' };
    await send({ method: 'put', json, headers, from: 'Lumen' }, NUMBERS.takes);
    expect(gateway.taken).toMatchObject([
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${SECRET}`, 'idempotency-key': 'm1', 'content-type': 'application/json' },
        fields: { to: '12025550123', from: 'Lumen', flash: 0, options: [true, null] },
      },
    ]);
  });

  test("P23 never leaves for a machine that is nobody's business, and the sender stops", async () => {
    for (const url of ['https://localhost:1/x', 'https://169.254.169.254/x', 'https://10.0.0.1/x']) {
      const channel = createHttpGateway({ name: 'sms', options: { url, json: JSON_BODY } }, guarded);
      expect(await channel.send([outgoing('sms', 'm', NUMBERS.takes)])).toMatchObject([{ result: 'halted' }]);
    }
  });
});

describe('an answer of the gateway', () => {
  const told = (to: string, answer?: JsonObject) =>
    send({ json: JSON_BODY, headers: { 'x-key': SECRET }, ...(answer && { answer }) }, to);

  test.each<[string, string, JsonObject | undefined, JsonObject]>([
    ['200, and nothing is read', NUMBERS.refused, undefined, { result: 'accepted', providerId: 'm1' }],
    ['an id', NUMBERS.takes, ANSWER, { result: 'accepted', providerId: '1001' }],
    ['an id under the number', NUMBERS.takes, { id: '{{digits}}.id' }, { result: 'accepted', providerId: 'n1' }],
    ['no id', NUMBERS.nameless, ANSWER, { result: 'unknown' }],
    ['a page instead of JSON', NUMBERS.page, ANSWER, { result: 'unknown' }],
    ['a no in a good answer', NUMBERS.refused, ANSWER, { result: 'refused', why: { kind: 'provider' } }],
    ['a no by its code', NUMBERS.refused, { refused_if: { 'error.code': ['7', '1201'] } }, { result: 'refused' }],
    ['a later by its code', NUMBERS.refused, { retry_if: { 'error.code': '1201' } }, { result: 'retry' }],
    ['422', NUMBERS.invalid, undefined, { result: 'refused' }],
    ['422 that means later', NUMBERS.invalid, { retry: '422' }, { result: 'retry' }],
    ['429', NUMBERS.slow, ANSWER, { result: 'retry', after: 7_000, down: true }],
    ['401', NUMBERS.locked, ANSWER, { result: 'halted' }],
    ['a redirect', NUMBERS.moved, ANSWER, { result: 'halted' }],
    ['500', NUMBERS.broken, ANSWER, { result: 'unknown' }],
    ['500 that surely took nothing', NUMBERS.broken, { refused: ['500', '501'] }, { result: 'refused' }],
    ['202 where 200 is told', NUMBERS.accepted, { ok: '200' }, { result: 'unknown' }],
    ['202 where it is told', NUMBERS.accepted, { ok: ['200', '202'] }, { result: 'accepted' }],
    ['a closed connection', NUMBERS.hangsUp, ANSWER, { result: 'unknown' }],
    ['silence', NUMBERS.silent, ANSWER, { result: 'unknown' }],
  ])('%s', async (_, to, answer, outcome) => {
    expect(await told(to, answer)).toMatchObject(outcome);
  });

  test('nobody listening is a retry: not a byte has left', async () => {
    const { url } = gateway;
    await gateway.close();
    const channel = createHttpGateway({ name: 'sms', options: { url, json: JSON_BODY } }, guarded);
    expect(await channel.send([outgoing('sms', 'm', NUMBERS.takes)])).toMatchObject([{ result: 'retry', down: true }]);
    gateway = await startSmsGateway();
  });
});

test.each<[string, JsonObject]>([
  ['https address', { json: JSON_BODY }],
  ['https address', { url: 'http://gateway.example/x', json: JSON_BODY }],
  ['https address', { url: 'https://{{to}}.example/?t={{text}}' }],
  ['{{to}}', { url: 'https://g.example/x', json: { text: '{{text}}' } }],
  ['{{text}}', { url: 'https://g.example/x?to={{to}}' }],
  ['no {{txt}}', { url: 'https://g.example/x', json: { ...JSON_BODY, more: '{{txt}}' } }],
  ['needs "from"', { url: 'https://g.example/x', json: { ...JSON_BODY, more: '{{from}}' } }],
  ['not both', { url: 'https://g.example/x', json: JSON_BODY, form: JSON_BODY }],
  ['JSON in quotes', { url: 'https://g.example/x', json: `{"${SECRET}": {{to}}, "t": {{text}}}` }],
  ['"method"', { url: 'https://g.example/x', json: JSON_BODY, method: 'GET' }],
  ['{{id}} alone', { url: 'https://g.example/x', json: JSON_BODY, headers: { x: '{{text}}' } }],
  ['plain ASCII', { url: 'https://g.example/x', json: JSON_BODY, headers: { x: `${SECRET}\r\ny: z` } }],
  ['a status', { url: 'https://g.example/x', json: JSON_BODY, answer: { ok: 'yes' } }],
  ['knows no "oks"', { url: 'https://g.example/x', json: JSON_BODY, answer: { oks: '200' } }],
  ['knows no "body"', { url: 'https://g.example/x', body: SECRET }],
])('settings are refused in words that hold no secret: %s', (words, options) => {
  expect(read(options)).toThrow(words);
  expect(read(options)).not.toThrow(SECRET);
});
