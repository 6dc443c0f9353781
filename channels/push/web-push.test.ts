// Web push against a push service of our own, which decrypts what it gets with the subscriber's keys.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Channel, Outgoing, SendOutcome } from '../../engine/ports/channel.ts';
import type { GuardedFetch } from '../../engine/ports/guarded.ts';
import { createGuardedFetch } from '../../engine/runtime/guarded-fetch.ts';
import { messageTo, pushSender } from '../../engine/testing/push-messages.ts';
import { BUSY_SECONDS, type Mood, type PushService, startPushService } from '../../engine/testing/push-service.ts';
import { outgoing } from '../channel.contract.ts';
import { isKnownService } from './answers.ts';
import { createWebPush } from './web-push.ts';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const PUBLIC = 'https://t.lumen.example';
let service: PushService;
let guarded: GuardedFetch;
let sender: ReturnType<typeof pushSender>;
let channel: Channel;
const open: Channel[] = [];

function channelOf(of = sender, client = guarded, known = true): Channel {
  const made = createWebPush(of, {
    now: () => NOW,
    guarded: client,
    isKnownService: () => known,
    reports: (message) => `${PUBLIC}/push/report/${message}`,
    target: (url) => (url.startsWith(`${PUBLIC}/c/`) ? `https://lumen.example/${url.slice(PUBLIC.length + 3)}` : null),
  });
  open.push(made);
  return made;
}

beforeEach(async () => {
  service = await startPushService();
  guarded = createGuardedFetch({ allow: [service.place] });
  sender = pushSender();
  channel = channelOf();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  await service.close();
  await guarded.close();
});

const message = (more: Partial<Outgoing> = {}): Outgoing => ({ ...outgoing('push', 'm1', 'anna'), ...more });

async function send(to: Outgoing, over = channel): Promise<SendOutcome> {
  const [outcome] = await over.send([to]);
  if (outcome === undefined) throw new Error('no answer');
  return outcome;
}

/** Sends one message to devices of these moods. */
async function toMoods(...moods: readonly Mood[]): Promise<{ outcome: SendOutcome; endpoints: string[] }> {
  const devices = moods.map((mood) => service.subscribe(mood));
  return { outcome: await send(messageTo(message(), ...devices)), endpoints: devices.map(({ endpoint }) => endpoint) };
}

describe('what is sent', () => {
  test('the browser reads title, text, pictures, links and actions, each link with the address that counts it', async () => {
    const full = message({
      text: 'Two dresses wait for you',
      locale: 'en',
      headers: {
        title: 'Your cart, Anna',
        link: `${PUBLIC}/c/cart`,
        icon: 'https://lumen.example/icon.png',
        image: 'javascript:alert(1)',
      },
      actions: [
        { label: 'Buy', url: `${PUBLIC}/c/buy` },
        { label: 'Help', url: 'https://help.example/' },
        { label: 'Bad', url: 'javascript:alert(1)' },
      ],
    });
    await send(messageTo(full, service.subscribe()));
    expect(service.taken[0]?.payload).toEqual({
      id: 'm1',
      title: 'Your cart, Anna',
      body: 'Two dresses wait for you',
      lang: 'en',
      icon: 'https://lumen.example/icon.png',
      to: 'https://lumen.example/cart',
      via: `${PUBLIC}/c/cart`,
      actions: [
        { title: 'Buy', to: 'https://lumen.example/buy', via: `${PUBLIC}/c/buy` },
        { title: 'Help', to: 'https://help.example/' },
        { title: 'Bad' },
      ],
      report: `${PUBLIC}/push/report/m1`,
    });
  });

  test('the push service knows who sends, and keeps a message no longer than it is of use', async () => {
    const device = service.subscribe('takes', sender.options.public_key);
    await send(messageTo(message({ expires: NOW + 90_500 }), device));
    await send(messageTo(message({ transactional: true }), device));
    await send(messageTo(message({ expires: NOW + 400 * 86_400_000 }), device));
    await send(messageTo(message({ expires: NOW - 1_000 }), device));
    expect(service.taken.map(({ ttl }) => ttl)).toEqual([90, 2_419_200, 2_419_200, 0]);
    expect(service.taken.map(({ urgency }) => urgency)).toEqual(['normal', 'high', 'normal', 'normal']);
    expect(service.taken[0]?.sender).toMatchObject({ sub: 'mailto:hello@lumen.example', aud: service.url });
  });

  test('a newer message of the same step replaces one that waits, another step does not', async () => {
    const device = service.subscribe();
    for (const step of ['reminder', 'reminder', 'last-call'])
      await send(messageTo(message({ id: step, step }), device));
    const [first, second, other] = service.taken.map(({ topic }) => topic);
    expect(first).toMatch(/^[\w-]{32}$/);
    expect([second === first, other === first]).toEqual([true, false]);
  });

  test('P36 more than 3 KB is refused before anything is sent; 3 KB of any script are not', async () => {
    const device = service.subscribe();
    const long = await send(messageTo(message({ text: 'я'.repeat(1_600) }), device));
    expect(long).toMatchObject({ result: 'refused', why: { kind: 'content' } });
    expect(service.asked).toEqual([]);
    const fits = await send(messageTo(message({ text: 'я'.repeat(1_300) }), device));
    expect(fits.result).toBe('accepted');
  });
});

describe('several devices, one message', () => {
  test('each device gets it, and it is accepted once', async () => {
    const { outcome, endpoints } = await toMoods('takes', 'takes', 'takes');
    expect(outcome.result).toBe('accepted');
    expect(service.taken.map(({ endpoint }) => endpoint).sort()).toEqual(endpoints.sort());
  });

  test('P36 devices answered with 404 or 410 are named as gone, beside one that took it', async () => {
    const { outcome, endpoints } = await toMoods('gone', 'takes', 'unknown');
    expect(outcome).toMatchObject({ result: 'accepted', gone: [endpoints[0], endpoints[2]] });
  });

  test('P36 without a device that is left the address is refused, and the gone ones named', async () => {
    const { outcome, endpoints } = await toMoods('gone', 'unknown');
    expect(outcome).toEqual({
      result: 'refused',
      why: { kind: 'address', detail: 'no device is left' },
      gone: endpoints,
    });
    expect(await send(message())).toMatchObject({ result: 'refused', why: { kind: 'address' } });
  });

  const moods: [Mood[], SendOutcome['result'], string][] = [
    [['takes', 'broken'], 'accepted', 'one took it'],
    [['takes', 'too-long'], 'accepted', 'one took it'],
    [['broken'], 'unknown', '500 may have taken it'],
    [['drops'], 'unknown', 'the connection broke after it was written'],
    [['broken', 'busy'], 'unknown', 'trying again could double it'],
    [['down'], 'retry', '503 did not take it'],
    [['busy', 'gone'], 'retry', 'the other may take it later'],
    [['too-long'], 'refused', '413 takes it never'],
    [['moved'], 'refused', 'redirects are not followed'],
  ];
  test.each(moods)('%j ends as %s: %s', async (given, result) => {
    expect((await toMoods(...given)).outcome.result).toBe(result);
  });
});

describe('what the push service says', () => {
  test('P07 429 asks to wait as long as it says, and the later try ends in one send', async () => {
    const device = service.subscribe('busy');
    const first = await send(messageTo(message(), device));
    expect(first).toMatchObject({ result: 'retry', after: BUSY_SECONDS * 1_000 });
    expect((await send(messageTo(message(), device))).result).toBe('accepted');
    expect(service.taken).toHaveLength(1);
  });

  test('keys it accepts of nobody halt the sender, once twenty subscriptions say so', async () => {
    const others = pushSender().options.public_key;
    const outcomes: SendOutcome[] = [];
    for (let n = 0; n < 20; n += 1) outcomes.push(await send(messageTo(message(), service.subscribe('takes', others))));
    expect(outcomes.slice(0, 19).map(({ result }) => result)).toEqual(Array(19).fill('refused'));
    expect(outcomes[19]).toMatchObject({ result: 'halted' });
    expect(JSON.stringify(outcomes)).not.toContain(sender.options.private_key);
  });

  test('one subscription under other keys halts nobody, however often it is tried: anybody can make it', async () => {
    const device = service.subscribe('takes', pushSender().options.public_key);
    for (let n = 0; n < 25; n += 1)
      expect(await send(messageTo(message(), device))).toMatchObject({ result: 'refused', why: { kind: 'address' } });
    expect((await send(messageTo(message(), service.subscribe('takes')))).result).toBe('accepted');
  });

  test('once it took messages under these keys, a 403 is about one subscription and halts nobody', async () => {
    await toMoods('takes');
    const device = service.subscribe('takes', pushSender().options.public_key);
    expect(await send(messageTo(message(), device))).toMatchObject({ result: 'refused', why: { kind: 'address' } });
  });

  test('a stranger of a push service stops nobody: neither its 403 nor its 429 concerns other messages', async () => {
    const stranger = channelOf(sender, guarded, false);
    const device = service.subscribe('takes', pushSender().options.public_key);
    expect((await send(messageTo(message(), device), stranger)).result).toBe('refused');
    const busy = await send(messageTo(message(), service.subscribe('busy')), stranger);
    expect(busy).toMatchObject({ result: 'retry' });
    expect(busy).not.toHaveProperty('down');
    expect(await send(messageTo(message(), service.subscribe('busy')))).toMatchObject({ result: 'retry', down: true });
  });

  test('browser makers are known by their hosts, and nobody by a name that only looks like theirs', () => {
    const known = ['fcm.googleapis.com', 'updates.push.services.mozilla.com', 'web.push.apple.com'];
    const others = ['fcm.googleapis.com.evil.example', 'evilpush.apple.com', 'push.example'];
    expect([...known, 'wns2-am3p.notify.windows.com'].map(isKnownService)).toEqual([true, true, true, true]);
    expect(others.map(isKnownService)).toEqual([false, false, false]);
  });

  test('nobody listening is a retry: it was surely not taken', async () => {
    const device = service.subscribe();
    await service.reachable(false);
    expect((await send(messageTo(message(), device))).result).toBe('retry');
  });

  test('speaks HTTPS, and hands nothing to a service whose certificate nobody vouches for', async () => {
    const tls = certificate();
    const secure = await startPushService(tls);
    const trusting = createGuardedFetch({ allow: [secure.place], ca: tls.cert });
    const doubting = createGuardedFetch({ allow: [secure.place] });
    try {
      const device = secure.subscribe();
      expect((await send(messageTo(message(), device), channelOf(sender, doubting))).result).toBe('retry');
      expect((await send(messageTo(message(), device), channelOf(sender, trusting))).result).toBe('accepted');
      expect(secure.taken).toHaveLength(1);
    } finally {
      await Promise.all([trusting.close(), doubting.close()]);
      await secure.close();
    }
  });
});

describe('endpoints are what browsers told us', () => {
  const { keys } = { keys: () => service.subscribe().keys };
  test.each([
    'http://push.example/send/1',
    'https://127.0.0.1:9/send',
    'https://localhost/send',
    'https://[::ffff:10.0.0.1]/send',
    'https://169.254.169.254/latest/meta-data',
    'https://user:password@push.example/send',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://push.example/a\r\nHost: b',
    '',
  ])('P23 %j is refused, and takes no neighbour along', async (endpoint) => {
    expect(await send(messageTo(message(), { endpoint, keys: keys() }))).toMatchObject({
      result: 'refused',
      why: { kind: 'address' },
    });
    const both = await send(messageTo(message(), { endpoint, keys: keys() }, service.subscribe()));
    expect(both.result).toBe('accepted');
  });

  test.each([
    ['no key', { p256dh: '', auth: '' }],
    [
      'a point that is not on the curve',
      { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: 'BTBZMqHH6r4Tts7J_aSIgg' },
    ],
    [
      'a short secret',
      {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'aaaa',
      },
    ],
  ])('a subscription with %s is refused', async (_, bad) => {
    const outcome = await send(messageTo(message(), { endpoint: service.subscribe().endpoint, keys: bad }));
    expect(outcome).toMatchObject({ result: 'refused', why: { kind: 'address' } });
    expect(service.asked).toEqual([]);
  });
});

describe('settings', () => {
  const check = async (options: Record<string, string>) =>
    (await channelOf(pushSender(options)).check?.())?.map(({ ok }) => ok);
  test('keys that belong together and a subject are well', async () => {
    expect(await check({})).toEqual([true, true]);
  });
  test.each([
    ['a private key of another pair', { private_key: pushSender().options.private_key }, [false, true]],
    ['no public key', { public_key: '' }, [false, true]],
    ['a key cut off', { private_key: 'abc' }, [false, true]],
    ['no subject', { subject: '' }, [true, false]],
    ['a bare address as subject', { subject: 'hello@lumen.example' }, [true, false]],
  ])('%s is found out, halts sending, and no key is told', async (_, options, expected) => {
    expect(await check(options)).toEqual(expected);
    const bad = pushSender(options);
    const outcome = await send(messageTo(message(), service.subscribe()), channelOf(bad));
    expect(outcome.result).toBe('halted');
    if (bad.options.private_key !== '') expect(JSON.stringify(outcome)).not.toContain(bad.options.private_key);
    expect(service.asked).toEqual([]);
  });
});

/** A certificate for `localhost`, made by openssl. */
function certificate(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-tls-'));
  const file = (name: string): string => join(folder, name);
  try {
    const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost'.split(' ');
    const made = spawnSync('openssl', [
      ...args,
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      file('key'),
      '-out',
      file('cert'),
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return { key: readFileSync(file('key'), 'utf8'), cert: readFileSync(file('cert'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
