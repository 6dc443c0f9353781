// Promises of Amazon SES's reports through SNS: what is signed is signed by openssl, and the certificate comes over HTTPS.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallbackDoor, CallbackRequest, JsonObject } from '../../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../../engine/ports/guarded.ts';
import { createGuardedFetch } from '../../../engine/runtime/guarded-fetch.ts';
import { sesCallbacks } from './ses.ts';

/** A little later than the certificates that are made for it. */
const NOW = Date.now() + 5 * 60_000;
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:reports';
const HOST = 'https://sns.eu-west-1.amazonaws.com';
const CERTIFICATE = `${HOST}/SimpleNotificationService-0123456789abcdef.pem`;
const folder = mkdtempSync(join(tmpdir(), 'tropa-sns-'));
const file = (name: string): string => join(folder, name);
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });

/** Amazon's side: a certificate at any `.pem`, and subscriptions that are confirmed. */
let amazon: Server;
let near: GuardedFetch;
let asked: string[] = [];
let mood: 'fine' | 'down' | 'gone' | 'moved' = 'fine';
const STATUS = { fine: 200, down: 503, gone: 404, moved: 302 };

beforeAll(async () => {
  for (const name of ['sns', 'tls', 'other']) {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.pem`),
    );
  }
  amazon = createServer(
    { key: readFileSync(file('tls.key')), cert: readFileSync(file('tls.pem')) },
    (request, reply) => {
      asked.push(request.url ?? '');
      reply.writeHead(STATUS[mood], { location: 'https://elsewhere.example/x.pem' });
      reply.end(readFileSync(file('sns.pem')));
    },
  );
  await new Promise<void>((done) => amazon.listen(0, '127.0.0.1', done));
  const place = `localhost:${(amazon.address() as AddressInfo).port}`;
  const guarded = createGuardedFetch({ allow: [place], ca: readFileSync(file('tls.pem'), 'utf8') });
  // The one thing that is not as in life: where Amazon's name leads.
  near = {
    ...guarded,
    ask: (request) => guarded.ask({ ...request, url: request.url.replace(HOST, `https://${place}`) }),
  };
});
afterAll(async () => {
  await near.close();
  amazon.closeAllConnections();
  await new Promise((done) => amazon.close(done));
  rmSync(folder, { recursive: true, force: true });
});
let door: CallbackDoor;
beforeEach(() => {
  asked = [];
  mood = 'fine';
  door = sesCallbacks('email', TOPIC, async () => near);
});

const request = (told: JsonObject): CallbackRequest => ({
  url: 'https://t.lumen.example/receipts/ses',
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
  body: Buffer.from(JSON.stringify(told)),
  received: NOW,
});

/** As the documentation writes it down: names and values of these fields by the alphabet, each with a line end. */
function canonical(told: JsonObject): string {
  const names = Object.keys(told).filter((name) => !/^(Sign|Unsubscribe)/.test(name));
  const signed =
    told.Type === 'Notification' ? names.filter((name) => name !== 'SubscribeURL' && name !== 'Token') : names;
  return signed
    .sort()
    .map((name) => `${name}\n${String(told[name])}\n`)
    .join('');
}

function signed(told: JsonObject, { version = '1', by = 'sns' } = {}): JsonObject {
  writeFileSync(file('text'), canonical(told));
  const hash = version === '1' ? '-sha1' : '-sha256';
  const signature = openssl('dgst', hash, '-sign', file(`${by}.key`), file('text')).toString('base64');
  return { SigningCertURL: CERTIFICATE, ...told, SignatureVersion: version, Signature: signature };
}

const notification = (message: JsonObject | string, more: JsonObject = {}): JsonObject => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: TOPIC,
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: new Date(NOW - 60_000).toISOString(),
  UnsubscribeURL: `${HOST}/?Action=Unsubscribe`,
  ...more,
});
const subscription = (more: JsonObject = {}): JsonObject => ({
  Type: 'SubscriptionConfirmation',
  MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
  Token: '2336412f37',
  TopicArn: TOPIC,
  Message: 'You have chosen to subscribe to the topic.',
  SubscribeURL: `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`,
  Timestamp: new Date(NOW).toISOString(),
  ...more,
});
const verdict = async (told: JsonObject): Promise<string> => {
  const said = await door.verify(request(told));
  return said.ok ? 'good' : said.why;
};

describe('a message of SNS', () => {
  test.each([
    ['1', notification('hello')],
    ['2', notification('hello\nthere', { Subject: 'Amazon SES' })],
    ['1', subscription()],
    ['2', subscription()],
  ])('P22 is known by its signature of version %s; any changed byte is refused', async (version, told) => {
    const good = signed(told, { version });
    expect(await verdict(good)).toBe('good');
    const fields = Object.keys(told).filter((name) => canonical(told).includes(`${name}\n`));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.nat(), async (name, at) => {
        const text = String(good[name]);
        const place = at % text.length;
        const other = text[place] === 'X' ? 'Y' : 'X';
        expect(await verdict({ ...good, [name]: text.slice(0, place) + other + text.slice(place + 1) })).not.toBe(
          'good',
        );
      }),
      { numRuns: 60 },
    );
    for (const name of fields) expect(await verdict({ ...good, [name]: null })).not.toBe('good');
    expect(await verdict({ ...good, Signature: '' })).toBe('another signature');
    expect(await verdict({ ...good, SignatureVersion: version === '1' ? '2' : '1' })).toBe('another signature');
    expect(await verdict(signed(told, { version, by: 'other' }))).toBe('another signature');
    // All of them together asked for it once.
    expect(asked).toEqual(['/SimpleNotificationService-0123456789abcdef.pem']);
  });

  test('P22 of another topic, or of long ago, or unsigned, is refused before anything is fetched', async () => {
    const old = { Timestamp: new Date(NOW - 3 * 3_600_000).toISOString() };
    expect(await verdict(signed(notification('x', { TopicArn: TOPIC.replace('reports', 'other') })))).toBe(
      'another topic',
    );
    expect(await verdict(signed(notification('x', old)))).toBe('stale');
    expect(await verdict({ Message: '{}' })).toBe('no message of SNS');
    expect(await verdict({ ...signed(notification('x')), SignatureVersion: '3' })).toBe('nothing that could be signed');
    expect(asked).toEqual([]);
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
    'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
    'https://sns.us-east-1.amazonaws.com/a.pem',
    'https://s3.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com\\@evil.example/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.txt',
    'https://sns.eu-west-1.amazonaws.com/?x=.pem',
    'https://sns.eu-west-1.amazonaws.com/../x/a.pem',
  ])('P23 its certificate is asked of Amazon alone: not of %s', async (SigningCertURL) => {
    expect(await verdict({ ...signed(notification('x')), SigningCertURL })).toBe('a certificate from elsewhere');
    expect(asked).toEqual([]);
  });

  test('whose certificate cannot be had now is told again later; one that is not there, moved or outdated proves nothing', async () => {
    const told = signed(notification('x'));
    mood = 'down';
    await expect(door.verify(request(told))).rejects.toThrow('cannot be fetched now');
    for (mood of ['gone', 'moved'] as const) expect(await verdict(told)).toBe('no valid certificate');
    mood = 'fine';
    expect(await verdict(told)).toBe('good');
    const later = NOW + 3 * 86_400_000;
    const late = signed(notification('x', { Timestamp: new Date(later).toISOString() }));
    expect(await door.verify({ ...request(late), received: later })).toEqual({
      ok: false,
      why: 'no valid certificate',
    });
  });

  test('confirms the subscription of its own topic, and nothing else', async () => {
    expect(await door.read(request(signed(subscription())))).toEqual([]);
    expect(asked).toEqual([`/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`]);
    mood = 'down';
    await expect(door.read(request(signed(subscription())))).rejects.toThrow('cannot be confirmed now');
    for (const SubscribeURL of [
      `https://evil.example/?Action=ConfirmSubscription&TopicArn=${TOPIC}`,
      `${HOST}/?Action=Unsubscribe&TopicArn=${TOPIC}`,
      `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}2`,
    ])
      await expect(door.read(request(signed(subscription({ SubscribeURL }))))).rejects.toThrow('leads elsewhere');
    expect(asked).toHaveLength(2);
  });

  test('settings that are no topic are refused', () => {
    for (const key of [
      'reports',
      'arn:aws:sns:eu-west-1:1:reports',
      `${TOPIC},x`,
      'arn:aws:sns:x.evil.example/:123456789012:a',
    ])
      expect(() => sesCallbacks('email', key, async () => near)).toThrow('the ARN of the SNS topic');
  });
});

describe('what SES reports', () => {
  const AT = '2026-03-02T12:00:00.000Z';
  const mail = {
    timestamp: '2026-03-02T11:59:00.000Z',
    messageId: 'ses-1',
    destination: ['Anna@example.com'],
    tags: { 'ses:configuration-set': ['tropa'], tropa: ['a1'] },
  };
  const about = { channel: 'email', message: 'a1', address: 'anna@example.com', at: Date.parse(AT) };
  const read = (event: JsonObject) => door.read(request(notification({ mail, ...event })));
  const bounce = (bounceType: string, bounceSubType: string, recipient: JsonObject = {}) =>
    read({
      eventType: 'Bounce',
      bounce: {
        bounceType,
        bounceSubType,
        feedbackId: 'f1',
        timestamp: AT,
        bouncedRecipients: [{ emailAddress: 'Anna@example.com', ...recipient }],
      },
    });

  test('delivered, opened, clicked, complained, refused', async () => {
    const delivery = { delivery: { timestamp: AT, recipients: ['anna@example.com'], smtpResponse: '250 ok' } };
    expect(await read({ eventType: 'Delivery', ...delivery })).toEqual([{ ...about, id: 'ses-1', kind: 'delivered' }]);
    expect(await read({ eventType: 'Open', open: { timestamp: AT } })).toEqual([
      { ...about, id: 'ses-1', kind: 'opened' },
    ]);
    expect(await read({ eventType: 'Click', click: { timestamp: AT, link: 'https://shop.example' } })).toEqual([
      { ...about, kind: 'clicked', value: 'https://shop.example' },
    ]);
    const complaint = { timestamp: AT, feedbackId: 'f2', complainedRecipients: [{ emailAddress: 'anna@example.com' }] };
    expect(await read({ eventType: 'Complaint', complaint })).toEqual([{ ...about, id: 'f2', kind: 'complained' }]);
    expect(
      await read({ eventType: 'Complaint', complaint: { ...complaint, complaintFeedbackType: 'not-spam' } }),
    ).toEqual([]);
    expect(await read({ eventType: 'Reject', reject: { reason: 'Bad content' } })).toMatchObject([{ kind: 'failed' }]);
    expect(await read({ eventType: 'Send', send: {} })).toEqual([]);
    expect(
      await door.read(request(notification('Successfully validated SNS topic for Amazon SES event publishing.'))),
    ).toEqual([]);
  });

  test('a bounce is as hard as the server said it is; an automatic answer is none', async () => {
    const unknown = { status: '5.1.1', action: 'failed', diagnosticCode: 'smtp; 550 5.1.1 user unknown' };
    expect(await bounce('Permanent', 'General', unknown)).toEqual([
      { ...about, id: 'f1', kind: 'bounced', reason: 'unknown user (5.1.1)' },
    ]);
    const full = { status: '4.2.2', diagnosticCode: 'smtp; 452 4.2.2 mailbox full' };
    expect(await bounce('Transient', 'MailboxFull', full)).toMatchObject([{ kind: 'soft_bounced' }]);
    expect(await bounce('Permanent', 'OnAccountSuppressionList')).toMatchObject([{ kind: 'bounced' }]);
    expect(await bounce('Permanent', 'General')).toMatchObject([{ kind: 'bounced', reason: 'told by the service' }]);
    expect(await bounce('Transient', 'General')).toEqual([]);
  });

  test('feedback of an identity names the message by its headers, or else the address', async () => {
    const complaint = {
      timestamp: AT,
      feedbackId: 'f',
      complainedRecipients: [{ emailAddress: 'A <anna@example.com>' }],
    };
    const headers = [{ name: 'X-SES-MESSAGE-TAGS', value: 'kind=letter, tropa=b2' }];
    const told = { notificationType: 'Complaint', complaint };
    expect(await read({ ...told, mail: { headers, destination: [] } })).toMatchObject([
      { message: 'b2', address: 'anna@example.com' },
    ]);
    expect(await read({ ...told, mail: {} })).toMatchObject([{ message: null, address: 'anna@example.com' }]);
  });
});
