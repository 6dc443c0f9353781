// Promises of SES's callbacks through SNS: certificate and signatures are openssl's, not our own code's.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { CallbackRequest, GuardedFetch, JsonObject } from '../../../engine/ports/channel.ts';
import { sesCallbacks } from './ses.ts';

const NOW = Date.now();
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:tropa';
const CERTIFICATE = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abc.pem';
const folder = mkdtempSync(join(tmpdir(), 'tropa-ses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
const made = (name: string): { key: string; certificate: Buffer } => {
  const [key, file] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    file,
    '-days',
    '2',
    '-subj',
    '/CN=sns',
  );
  return { key, certificate: readFileSync(file) };
};
const [sns, stranger] = [made('sns'), made('stranger')];

/** SNS's own host, as far as it is asked: its certificate, and the confirmation of a subscription. */
const asked: string[] = [];
let status = 200;
const web: GuardedFetch = {
  ask: ({ url }) => {
    asked.push(url);
    const body =
      url === CERTIFICATE ? sns.certificate : url.includes('stranger') ? stranger.certificate : Buffer.from('ok');
    return Promise.resolve({ ok: true, status, headers: {}, body });
  },
  close: () => Promise.resolve(),
};
beforeEach(() => {
  asked.length = 0;
  status = 200;
});
const open = () => sesCallbacks('post', TOPIC, () => Promise.resolve(web));

/** An SNS message as the documentation shows it, signed by openssl over the documented text. */
function signed(fields: JsonObject, { key = sns.key, version = '2' } = {}): JsonObject {
  const told: JsonObject = {
    MessageId: 'm-1',
    Timestamp: new Date(NOW).toISOString(),
    TopicArn: TOPIC,
    SignatureVersion: version,
    SigningCertURL: CERTIFICATE,
    Type: 'Notification',
    ...fields,
  };
  const names =
    told.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (told[name] === undefined ? [] : [`${name}\n${String(told[name])}\n`])).join('');
  const file = join(folder, 'text');
  writeFileSync(file, text);
  const digest = version === '1' ? '-sha1' : '-sha256';
  return { ...told, Signature: openssl('dgst', digest, '-sign', key, file).toString('base64') };
}
const request = (body: JsonObject | string): CallbackRequest => ({
  url: 'https://t.lumen.example/receipts/ses',
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  received: NOW,
});
const verdict = async (body: JsonObject | string) => (await open().verify(request(body))).ok;

describe('SES by SNS', () => {
  test.each(['1', '2'])(
    'P22 is known by its signature, version %s, and any changed field is refused',
    async (version) => {
      const good = signed({ Message: 'hello', Subject: 'S' }, { version });
      expect(await verdict(good)).toBe(true);
      for (const name of ['Message', 'MessageId', 'Subject', 'Timestamp', 'Signature'])
        expect([name, await verdict({ ...good, [name]: `x${String(good[name])}` })]).toEqual([name, false]);
      expect(await verdict(signed({ Message: 'hello' }, { version, key: stranger.key }))).toBe(false);
    },
  );

  test.each<[string, JsonObject]>([
    ['another topic', { TopicArn: TOPIC.replace('tropa', 'other') }],
    ['what is stale', { Timestamp: new Date(NOW - 2 * 86_400_000).toISOString() }],
    ['a certificate of another host', { SigningCertURL: 'https://stranger.example/SimpleNotificationService-1.pem' }],
    [
      'a host that only begins like SNS',
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.stranger.example/SimpleNotificationService-1.pem' },
    ],
    [
      'a user name that looks like SNS',
      { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com@stranger.example/SimpleNotificationService-1.pem' },
    ],
    ['a bucket of somebody', { SigningCertURL: 'https://s3.amazonaws.com/stranger/SimpleNotificationService-1.pem' }],
    ['plain http', { SigningCertURL: CERTIFICATE.replace('https', 'http') }],
    ['another file', { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/stranger.pem' }],
    ['another way of signing', { SignatureVersion: '3' }],
  ])('P22 refuses %s, and asks nobody for it', async (_what, fields) => {
    expect(await verdict({ ...signed({ Message: 'm', ...fields }, { key: stranger.key }), ...fields })).toBe(false);
    expect(asked).toEqual([]);
  });

  test('P22 refuses what is no SNS message', async () => {
    for (const body of ['', 'x', '[]', '{}', '{"Type":"__proto__"}']) expect(await verdict(body)).toBe(false);
    expect(() => sesCallbacks('post', 'tropa', () => Promise.resolve(web))).toThrow(/ARN/);
  });

  test('asks for a certificate once', async () => {
    const door = open();
    for (const n of ['1', '2', '3']) expect((await door.verify(request(signed({ Message: n })))).ok).toBe(true);
    expect(asked).toEqual([CERTIFICATE]);
  });

  test('a certificate that cannot be had now is no refusal, after which SNS would tell nothing again', async () => {
    const good = request(signed({ Message: 'hello' }));
    status = 503;
    await expect(open().verify(good)).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
    status = 404;
    expect(await open().verify(good)).toMatchObject({ ok: false });
  });

  test('no automatic answer and no word that it was no spam counts against an address; what SES has given up is hard', async () => {
    const mail = { destination: ['anna@example.com'], tags: { tropa: ['a1'] } };
    const told = (event: JsonObject) => open().read(request(signed({ Message: JSON.stringify({ mail, ...event }) })));
    const recipient = { emailAddress: 'anna@example.com' };
    const bounce = (bounceType: string, bounceSubType: string, more: JsonObject = {}) =>
      told({
        eventType: 'Bounce',
        bounce: { bounceType, bounceSubType, bouncedRecipients: [{ ...recipient, ...more }] },
      });
    expect(await bounce('Transient', 'General')).toEqual([]);
    const words = 'Amazon SES did not send the message to this address because it is on the suppression list';
    for (const diagnosticCode of ['', words])
      expect(await bounce('Permanent', 'OnAccountSuppressionList', { diagnosticCode })).toMatchObject([
        { kind: 'bounced' },
      ]);
    const complaint = { complainedRecipients: [recipient], complaintFeedbackType: 'not-spam' };
    expect(await told({ eventType: 'Complaint', complaint })).toEqual([]);
  });

  test('a subscription is confirmed at SNS itself, and nowhere else', async () => {
    const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t';
    const asks = { Type: 'SubscriptionConfirmation', Message: 'You have chosen', Token: 't', SubscribeURL };
    const body = signed(asks);
    expect(await verdict(body)).toBe(true);
    expect(await open().read(request(body))).toEqual([]);
    expect(asked).toContain(SubscribeURL);
    const elsewhere = signed({ ...asks, SubscribeURL: 'https://stranger.example/' });
    await expect(open().read(request(elsewhere))).rejects.toThrow(/somewhere else/);
    expect(asked).not.toContain('https://stranger.example/');
    status = 500;
    await expect(open().read(request(body))).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
  });

  test('tells what became of a mail', async () => {
    const at = new Date(NOW - 1_000).toISOString();
    const mail = { timestamp: at, destination: ['anna@example.com'], tags: { tropa: ['a1'] } };
    const told = (event: JsonObject) => open().read(request(signed({ Message: JSON.stringify({ mail, ...event }) })));
    const about = { channel: 'email', message: 'a1', address: 'anna@example.com', at: NOW - 1_000, id: 'm-1' };
    const recipient = {
      emailAddress: 'Anna@example.com',
      status: '5.1.1',
      diagnosticCode: 'smtp; 550 5.1.1 no such user',
    };
    expect(
      await told({
        eventType: 'Bounce',
        bounce: { bounceType: 'Permanent', timestamp: at, bouncedRecipients: [recipient] },
      }),
    ).toEqual([{ ...about, kind: 'bounced', reason: 'unknown user (5.1.1)' }]);
    expect(
      await told({
        notificationType: 'Bounce',
        bounce: {
          bounceType: 'Transient',
          timestamp: at,
          bouncedRecipients: [{ emailAddress: 'anna@example.com', status: '4.2.2' }],
        },
      }),
    ).toMatchObject([{ kind: 'soft_bounced' }]);
    expect(
      await told({
        eventType: 'Complaint',
        complaint: { timestamp: at, complainedRecipients: [{ emailAddress: 'anna@example.com' }] },
      }),
    ).toEqual([{ ...about, kind: 'complained' }]);
    expect(
      await told({ eventType: 'Delivery', delivery: { timestamp: at, recipients: ['anna@example.com'] } }),
    ).toEqual([{ ...about, kind: 'delivered' }]);
    expect(await told({ eventType: 'Reject', reject: { reason: 'Bad content' } })).toMatchObject([{ kind: 'failed' }]);
    expect(await told({ eventType: 'Send', send: {} })).toEqual([]);
    expect(await open().read(request(signed({ Message: 'Successfully validated SNS topic' })))).toEqual([]);
    const headers = [{ name: 'X-SES-MESSAGE-TAGS', value: 'other=1, tropa=b2' }];
    expect(
      await told({
        notificationType: 'Delivery',
        mail: { ...mail, tags: {}, headers },
        delivery: { recipients: ['x@y.example'] },
      }),
    ).toMatchObject([{ message: 'b2', at: NOW }]);
  });
});
