// Promises of email services' callbacks: what is signed is proven by openssl and not by our own code.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallbackDoor, CallbackRequest, JsonObject } from '../../../engine/ports/channel.ts';
import { mailgunCallbacks } from './mailgun.ts';
import { postmarkCallbacks } from './postmark.ts';
import { sendgridCallbacks } from './sendgrid.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const SECONDS = String(NOW / 1_000);
const folder = mkdtempSync(join(tmpdir(), 'tropa-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
function file(name: string, content: Buffer | string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

const request = (body: unknown, headers: Record<string, string> = {}): CallbackRequest => ({
  url: 'https://t.lumen.example/receipts/x',
  headers,
  body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
  received: NOW,
});
const isGood = async (door: CallbackDoor, one: CallbackRequest): Promise<boolean> => (await door.verify(one)).ok;
const about = { channel: 'email', message: 'a1', address: 'anna@example.com', at: NOW };

describe('SendGrid', () => {
  const key = join(folder, 'ec.pem');
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key);
  const publicKey = openssl('ec', '-in', key, '-pubout', '-outform', 'DER').toString('base64');
  const door = sendgridCallbacks('email', publicKey);
  const signed = (body: Buffer, stamp = SECONDS): CallbackRequest => {
    const signature = openssl(
      'dgst',
      '-sha256',
      '-sign',
      key,
      file('signed', Buffer.concat([Buffer.from(stamp), body])),
    );
    return request(body, {
      'x-twilio-email-event-webhook-timestamp': stamp,
      'x-twilio-email-event-webhook-signature': signature.toString('base64'),
    });
  };
  const event = (more: JsonObject) => ({
    tropa: 'a1',
    email: 'Anna@example.com',
    timestamp: NOW / 1_000,
    sg_event_id: 'e1',
    ...more,
  });

  test('P22 is known by its signature over time and body; any changed byte, and what is stale, is refused', async () => {
    const good = signed(Buffer.from(JSON.stringify([event({ event: 'delivered' })])));
    expect(await isGood(door, good)).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const body = Buffer.from(good.body);
        body[at % body.length] = (body[at % body.length] ?? 0) ^ by;
        expect(await isGood(door, { ...good, body })).toBe(false);
      }),
      { numRuns: 100 },
    );
    expect(await isGood(door, { ...good, headers: {} })).toBe(false);
    expect(await isGood(door, signed(Buffer.from('[]'), String(NOW / 1_000 - 3_600)))).toBe(false);
    expect(() => sendgridCallbacks('email', 'no key')).toThrow(/verification key/);
  });

  test('tells what became of a mail', async () => {
    const told = async (more: JsonObject) => await door.read(request([event(more)]));
    expect(await told({ event: 'delivered' })).toEqual([{ ...about, id: 'e1', kind: 'delivered' }]);
    expect(await told({ event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' })).toEqual([
      { ...about, id: 'e1', kind: 'bounced', reason: 'unknown user (5.1.1)' },
    ]);
    expect(await told({ event: 'bounce', type: 'bounce', reason: '552 5.2.2 mailbox full' })).toMatchObject([
      { kind: 'soft_bounced' },
    ]);
    expect(await told({ event: 'bounce', type: 'blocked', reason: '550 5.7.1 blocked' })).toMatchObject([
      { kind: 'soft_bounced' },
    ]);
    expect(await told({ event: 'spamreport' })).toMatchObject([{ kind: 'complained' }]);
    expect(await told({ event: 'open', sg_machine_open: true })).toMatchObject([{ kind: 'machine_opened' }]);
    expect(await told({ event: 'deferred' })).toEqual([]);
    await expect(door.read(request(Buffer.from('{')))).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
  });
});

describe('Mailgun', () => {
  const door = mailgunCallbacks('a signing key');
  const body = (more: JsonObject, stamp = SECONDS) => {
    const token = 'f'.repeat(50);
    const digest = openssl(
      'dgst',
      '-sha256',
      '-hmac',
      'a signing key',
      '-hex',
      file('mg', `${stamp}${token}`),
    ).toString();
    return {
      signature: { timestamp: stamp, token, signature: digest.trim().split(' ').at(-1) ?? '' },
      'event-data': {
        id: 'e1',
        timestamp: NOW / 1_000,
        recipient: 'anna@example.com',
        'user-variables': { tropa: 'a1' },
        ...more,
      },
    };
  };

  test('P22 is known by its signature; any changed character of it, and what is stale, is refused', async () => {
    const good = body({ event: 'delivered' });
    expect(await isGood(door, request(good))).toBe(true);
    const { signature } = good;
    for (const [name, text] of Object.entries(signature))
      for (let n = 0; n < text.length; n += 1) {
        const changed = text.slice(0, n) + (text[n] === '1' ? '2' : '1') + text.slice(n + 1);
        expect(await isGood(door, request({ ...good, signature: { ...signature, [name]: changed } }))).toBe(false);
      }
    expect(await isGood(door, request(body({}, String(NOW / 1_000 - 86_400))))).toBe(false);
    expect(await isGood(door, request(Buffer.from('x')))).toBe(false);
  });

  test('tells what became of a mail', async () => {
    const told = async (more: JsonObject) => await door.read(request(body(more)));
    const status = { code: 550, 'enhanced-code': '5.1.1', message: 'no such user' };
    expect(await told({ event: 'failed', severity: 'permanent', 'delivery-status': status })).toEqual([
      { ...about, id: 'e1', kind: 'bounced', reason: 'unknown user (5.1.1)' },
    ]);
    expect(await told({ event: 'failed', severity: 'temporary', 'delivery-status': status })).toMatchObject([
      { kind: 'soft_bounced' },
    ]);
    expect(await told({ event: 'complained' })).toMatchObject([{ kind: 'complained' }]);
    expect(await told({ event: 'accepted' })).toEqual([]);
  });
});

describe('Postmark', () => {
  const door = postmarkCallbacks('tropa:a password');
  const login = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  test('P22 is known by the login of its address', async () => {
    expect(await isGood(door, request({}, login('tropa:a password')))).toBe(true);
    for (const text of ['tropa:another', '', 'tropa:a passwor', 'tropa:a password '])
      expect(await isGood(door, request({}, login(text)))).toBe(false);
    expect(await isGood(door, request({}))).toBe(false);
  });

  test('tells what became of a mail', async () => {
    const told = async (more: JsonObject) =>
      await door.read(
        request({
          ID: 42,
          Email: 'anna@example.com',
          Metadata: { tropa: 'a1' },
          BouncedAt: '2026-03-02T12:00:00Z',
          ...more,
        }),
      );
    expect(await told({ RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;550 5.1.1 no such user' })).toEqual([
      { ...about, id: '42', kind: 'bounced', reason: 'unknown user (5.1.1)' },
    ]);
    expect(await told({ RecordType: 'Bounce', Type: 'SoftBounce', Details: '' })).toMatchObject([
      { kind: 'soft_bounced' },
    ]);
    expect(await told({ RecordType: 'Bounce', Type: 'AutoResponder' })).toEqual([]);
    expect(await told({ RecordType: 'SpamComplaint' })).toMatchObject([{ kind: 'complained' }]);
    const changed = (SuppressionReason: string) =>
      told({ RecordType: 'SubscriptionChange', SuppressSending: true, SuppressionReason });
    expect(await changed('ManualSuppression')).toMatchObject([{ kind: 'unsubscribed' }]);
    for (const reason of ['HardBounce', 'SpamComplaint']) expect(await changed(reason)).toEqual([]);
  });
});
