// Promises of text messages by Twilio, tried against a server that answers as its documentation says.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { CallbackRequest, JsonObject, Outgoing, SendOutcome } from '../../engine/ports/channel.ts';
import { smsWord } from '../../engine/ports/sms-words.ts';
import { ACCOUNT, NUMBERS, startTwilio, TOKEN, type TwilioFake } from '../../engine/testing/twilio-fake.ts';
import { outgoing } from '../channel.contract.ts';
import { twilioCallbacks } from './callbacks.ts';
import { createTwilio } from './twilio.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const OPTIONS = { account: ACCOUNT, token: TOKEN, from: '+12025550100' };
const HOST = { addresses: { publicUrl: 'https://t.lumen.example' } };
let fake: TwilioFake;
beforeEach(async () => {
  fake = await startTwilio();
});
afterEach(() => fake.close());

async function send(to: string, more: Partial<Outgoing> = {}, options: JsonObject = {}): Promise<SendOutcome> {
  const channel = createTwilio({ name: 'sms', options: { ...OPTIONS, url: fake.url, ...options }, timeout: 400 }, HOST);
  const [outcome] = await channel.send([{ ...outgoing('sms', 'a1', to), ...more }]);
  await channel.close();
  return outcome!;
}

describe('a message', () => {
  test('says who sends it, to whom, what, how long it is of use, and where to tell what became of it', async () => {
    const message = { text: 'Привет', expires: outgoing('sms', 'a1', '').at + 90_000 };
    expect(await send(NUMBERS.takes, message)).toEqual({
      result: 'accepted',
      providerId: expect.stringMatching(/^SM/),
    });
    expect(fake.taken).toEqual([
      {
        From: '+12025550100',
        To: NUMBERS.takes,
        Body: 'Привет',
        StatusCallback: 'https://t.lumen.example/receipts/twilio?m=a1',
        ValidityPeriod: '90',
      },
    ]);
    await send(NUMBERS.takes, {}, { from: '', messaging_service: `MG${'a'.repeat(32)}` });
    expect(fake.taken[1]).toMatchObject({ MessagingServiceSid: `MG${'a'.repeat(32)}` });
    expect(fake.taken[1]).not.toHaveProperty('From');
  });

  test('P07 is never tried again by itself when Twilio answered 500, fell silent or hung up', async () => {
    for (const to of [NUMBERS.broken, NUMBERS.unavailable, NUMBERS.silent, NUMBERS.hangsUp])
      expect(await send(to)).toMatchObject({ result: 'unknown' });
  });

  test('P07 that met a 429 is tried again when Twilio says, and is sent once', async () => {
    expect(await send(NUMBERS.slow)).toMatchObject({ result: 'retry', after: 7_000, down: true });
    expect(await send(NUMBERS.slow)).toMatchObject({ result: 'accepted' });
    expect(fake.taken).toHaveLength(1);
  });

  test('P07 P14 a permanent code moves on to the next rung; whoever opted out is suppressed; a filter stops the sender', async () => {
    for (const to of [NUMBERS.invalid, NUMBERS.landline]) {
      const outcome = await send(to);
      expect(outcome).toMatchObject({ result: 'refused', why: { kind: 'address' } });
      expect(JSON.stringify(outcome)).not.toContain(to);
    }
    expect(await send(NUMBERS.optedOut)).toMatchObject({ result: 'refused', why: { suppress: true } });
    expect(await send(NUMBERS.filtered)).toMatchObject({ result: 'halted' });
    expect(await send(NUMBERS.takes, {}, { token: 'another' })).toMatchObject({ result: 'halted' });
  });

  test('is surely not taken where nobody listens', async () => {
    const { url } = fake;
    await fake.close();
    expect(await send(NUMBERS.takes, {}, { url })).toMatchObject({ result: 'retry', down: true });
    fake = await startTwilio();
  });
});

describe('callbacks', () => {
  const door = twilioCallbacks('sms', OPTIONS);
  const callback = (url: string, form: Record<string, string>, signedUrl = url): CallbackRequest => ({
    url,
    headers: { 'x-twilio-signature': webhooks.getExpectedTwilioSignature(TOKEN, signedUrl, form) },
    body: Buffer.from(new URLSearchParams(form).toString()),
    received: NOON,
  });
  const STATUS = 'https://t.lumen.example/receipts/twilio?m=a1';
  const ours = (form: Record<string, string>) => door.read(callback(STATUS, { To: NUMBERS.takes, ...form }));

  test('P22 the documentation’s own example is accepted', async () => {
    // https://www.twilio.com/docs/usage/security: token 12345, and the signature printed there.
    const example = twilioCallbacks('sms', { ...OPTIONS, token: '12345' });
    const form = {
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    };
    const url = 'https://mycompany.com/myapp.php?foo=1&bar=2';
    const headers = { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
    const body = Buffer.from(new URLSearchParams(form).toString());
    expect(await example.verify({ url, headers, body, received: NOON })).toEqual({ ok: true });
  });

  test('P22 any changed byte of address, body or signature is refused, and so is none', async () => {
    const good = callback(STATUS, { MessageStatus: 'delivered', To: NUMBERS.takes, Text: 'ж' });
    expect(await door.verify(good)).toEqual({ ok: true });
    expect(await door.verify(callback(STATUS, {}, `${STATUS.replace('.example', '.example:443')}`))).toEqual({
      ok: true,
    });
    expect((await door.verify({ ...good, headers: {} })).ok).toBe(false);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const body = Buffer.from(good.body);
        const n = at % body.length;
        body[n] = (body[n] ?? 0) ^ by;
        // Two spellings of one form are one form.
        const same =
          new URLSearchParams(body.toString()).toString() ===
          new URLSearchParams(Buffer.from(good.body).toString()).toString();
        expect((await door.verify({ ...good, body })).ok).toBe(same);
        const signature = good.headers['x-twilio-signature'] ?? '';
        const m = at % signature.length;
        const other = signature.slice(0, m) + (signature[m] === 'A' ? 'B' : 'A') + signature.slice(m + 1);
        expect((await door.verify({ ...good, headers: { 'x-twilio-signature': other } })).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect((await door.verify({ ...good, url: good.url.replace('m=a1', 'm=a2') })).ok).toBe(false);
  });

  test('tell what became of a message', async () => {
    const about = { channel: 'sms', message: 'a1', address: NUMBERS.takes, at: NOON };
    expect(await ours({ MessageStatus: 'delivered' })).toEqual([{ ...about, kind: 'delivered' }]);
    expect(await ours({ MessageStatus: 'undelivered', ErrorCode: '30003' })).toEqual([
      { ...about, kind: 'failed', reason: 'error 30003' },
    ]);
    expect(await ours({ MessageStatus: 'undelivered', ErrorCode: '30006' })).toMatchObject([{ kind: 'bounced' }]);
    expect(await ours({ MessageStatus: 'failed', ErrorCode: '21610' })).toMatchObject([{ kind: 'stop' }]);
    for (const MessageStatus of ['queued', 'sending', 'sent']) expect(await ours({ MessageStatus })).toEqual([]);
  });

  test('P14 tell what people write: their words about the channel as such, everything else as an answer', async () => {
    const written = (Body: string) =>
      door.read(
        callback('https://t.lumen.example/receipts/twilio', {
          From: NUMBERS.takes,
          Body,
          MessageSid: 'SM1',
          SmsStatus: 'received',
        }),
      );
    const about = { channel: 'sms', message: null, address: NUMBERS.takes, at: NOON, id: 'SM1' };
    expect(await written(' STOP. ')).toEqual([{ ...about, kind: 'stop', value: ' STOP. ' }]);
    expect(await written('Стоп!')).toMatchObject([{ kind: 'stop' }]);
    expect(await written('START')).toMatchObject([{ kind: 'start' }]);
    expect(await written('help')).toEqual([]);
    expect(await written('please stop by tomorrow')).toMatchObject([
      { kind: 'replied', value: 'please stop by tomorrow' },
    ]);
  });
});

test('P14 the carriers’ words are known in any case and with anything around them, and no others', () => {
  for (const word of [
    'stop',
    'STOPALL',
    'Unsubscribe',
    'cancel',
    'END',
    'quit',
    'revoke',
    'OptOut',
    'СТОП',
    'отписка',
    'ＳＴＯＰ',
  ])
    for (const text of [word, ` ${word}`, `${word}!`, `"${word}".\n`])
      expect([text, smsWord(text)]).toEqual([text, 'stop']);
  for (const text of ['stop it', 'nonstop', 'ok', '', 'x'.repeat(1_000)]) expect(smsWord(text)).toBeNull();
});

test.each([
  [{ token: 'x', from: '+1' }, /Account SID/],
  [{ ...OPTIONS, token: '' }, /Auth Token/],
  [{ ...OPTIONS, from: '' }, /either "from"/],
  [{ ...OPTIONS, messaging_service: `MG${'a'.repeat(32)}` }, /either "from"/],
  [{ ...OPTIONS, url: 'ftp://x' }, /"url"/],
])('settings that cannot be used are refused with what is wanted: %j', (options, what) => {
  expect(() => createTwilio({ name: 'sms', options: options as JsonObject }, HOST)).toThrow(what);
});

test('doctor asks Twilio for the account', async () => {
  const look = async (token: string, url = fake.url) => {
    const [found] = (await createTwilio({ name: 'sms', options: { ...OPTIONS, token, url } }, HOST).check?.()) ?? [];
    return found;
  };
  expect(await look(TOKEN)).toEqual({ what: 'account', ok: true, say: expect.any(String) });
  expect(await look('another')).toMatchObject({ ok: false, say: expect.stringContaining('401') });
  expect(await look(TOKEN, 'http://127.0.0.1:9')).toMatchObject({ ok: false });
});
