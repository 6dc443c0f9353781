// Promises of senders: who is tried after whom, who is left alone, and that what waits is judged again when it may leave.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { outgoing } from '../../../channels/channel.contract.ts';
import { createSandbox } from '../../../channels/sandbox/sandbox.ts';
import { TropaError } from '../../language/errors.ts';
import { readSettings } from '../../language/read-settings.ts';
import type { Sender } from '../../language/settings.ts';
import type { Channel, Checked, Outgoing, SendOutcome } from '../../ports/channel.ts';
import { createMemoryStore } from '../../store/memory/memory-store.ts';
import { partsOn, START, workshopOf } from '../../testing/small-world.ts';
import { createLocalWakeups } from '../../wakeups/local.ts';
import { createVirtualClock } from '../clocks.ts';
import { Engine } from '../engine.ts';
import { createLinks } from '../links.ts';
import { Breaker } from './breaker.ts';
import { Senders } from './senders.ts';
import { Turnstile } from './turnstile.ts';

const ACCEPTED: SendOutcome = { result: 'accepted', providerId: 'p' };
const AWAY: SendOutcome = { result: 'retry', after: 30_000, why: 'no connection', down: true };
const SECOND = 1_000;
const HOUR = 3_600_000;

/** A provider that answers as it is told. */
class Provider implements Channel {
  readonly provider = 'smtp';
  readonly tellsDelivery = false;
  mood: SendOutcome = ACCEPTED;
  readonly got: string[] = [];
  closed = false;
  send(messages: readonly Outgoing[]): Promise<SendOutcome[]> {
    this.got.push(...messages.map(({ to }) => to));
    return Promise.resolve(messages.map(() => this.mood));
  }
  check(): Promise<readonly Checked[]> {
    return Promise.resolve([{ what: 'login', ok: true, say: 'the login is accepted' }]);
  }
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const JOURNEY = `journey: hello
status: live
trigger: { event: go, key: event.n }
steps:
  - email: hello
`;

const settingsOf = (senders: string) => readSettings('tropa.yaml', `timezone: UTC\nsenders: ${senders}\n`, {}).settings;
const ONE = '{ email: { provider: smtp, name: main } }';
const TWO = '{ email: [{ provider: smtp, name: main }, { provider: smtp, name: spare }] }';

let providers: Map<string, Provider>;
let senders: Senders;
let engine: Engine;
const clock = { current: createVirtualClock(START) };
const store = { current: createMemoryStore() };
let told = 0;

async function world(yaml: string): Promise<void> {
  providers = new Map();
  clock.current = createVirtualClock(START);
  store.current = createMemoryStore();
  const host = {
    now: () => clock.current.now(),
    receipts: async () => undefined,
    keepMail: async () => undefined,
  };
  const sandbox = createSandbox(host, { receipts: 'on_idle' });
  senders = new Senders({
    store: store.current,
    clock: clock.current,
    logger: pino({ level: 'silent' }),
    sandbox: (channel) => sandbox.channel(channel),
    open: (sender: Sender) => {
      const provider = new Provider();
      providers.set(sender.name, provider);
      return Promise.resolve(provider);
    },
  });
  await senders.adopt(settingsOf(yaml));
  const definitions = workshopOf([JOURNEY], { settings: `timezone: UTC\nsenders: ${yaml}` });
  engine = new Engine({
    ...partsOn(),
    store: store.current,
    clock: clock.current,
    wakeups: createLocalWakeups(),
    channels: senders.channels,
    gate: (...asked) => senders.gate(...asked),
    links: createLinks('a secret of this test', 'http://t.example'),
    attempts: { note: () => undefined, last: () => null },
    logger: pino({ level: 'silent' }),
    env: {},
    tellsDelivery: (channel) => senders.tellsDelivery(channel),
    fixed: { ...definitions, gate: (...asked) => senders.gate(...asked) },
  });
}

async function go(id: string): Promise<void> {
  const now = clock.current.now();
  const event = (name: string, data: Record<string, string>, n: number) => ({
    id: `${String(told).padStart(6, '0')}.${n}`,
    source: 'test',
    name,
    at: now,
    received: now,
    who: [`user:${id}`],
    data,
  });
  told += 1;
  await engine.ingest([
    event('profile.updated', { email: `${id}@example.com` }, 0),
    event('consent.granted', { channel: 'email' }, 1),
    event('go', { n: String(told) }, 2),
  ]);
  await engine.drain();
}

async function pass(ms: number): Promise<void> {
  clock.current.set(clock.current.now() + ms);
  await engine.drain();
}

const statuses = async () => (await store.current.messages({ limit: 100 })).map(({ status }) => status).sort();
const main = () => providers.get('main')!;
const spare = () => providers.get('spare')!;

describe('a chain of senders', () => {
  beforeEach(() => world(TWO));

  test('tries the next one only when the first surely did not take it', async () => {
    main().mood = { result: 'retry', after: SECOND, why: 'try later' };
    await go('anna');
    expect([main().got, spare().got]).toEqual([['anna@example.com'], ['anna@example.com']]);
    main().mood = { result: 'unknown', why: 'no answer after the last byte' };
    await go('ben');
    expect(spare().got).toEqual(['anna@example.com']);
    expect(await statuses()).toEqual(['sent', 'unknown']);
  });

  test('leaves a sender alone that its provider will have none of, and goes on with the other', async () => {
    main().mood = { result: 'halted', why: 'the login is refused' };
    await go('anna');
    await go('ben');
    expect(main().got).toEqual(['anna@example.com']);
    expect(spare().got).toEqual(['anna@example.com', 'ben@example.com']);
    expect(senders.states()).toMatchObject([
      { name: 'main', paused: { why: 'the login is refused' } },
      { name: 'spare', paused: null },
    ]);
  });
});

describe('a paused sender', () => {
  beforeEach(() => world(ONE));

  test('takes nothing: its messages are held with the reason, and are judged again when it goes on', async () => {
    await senders.pause('main', 'an operator paused it');
    await go('anna');
    await pass(HOUR);
    expect(main().got).toEqual([]);
    const [row] = await store.current.messages({ limit: 1 });
    expect(row).toMatchObject({ status: 'held', reason: 'sender_paused' });
    await senders.resume('main');
    await go('anna');
    expect(main().got).toEqual(['anna@example.com', 'anna@example.com']);
  });

  test('stays paused over a restart', async () => {
    await senders.pause('main', 'an operator paused it');
    const again = new Senders({
      store: store.current,
      clock: clock.current,
      logger: pino({ level: 'silent' }),
      sandbox: () => new Provider(),
      open: () => Promise.resolve(new Provider()),
    });
    await again.adopt(settingsOf(ONE));
    expect(again.states()[0]?.paused?.why).toBe('an operator paused it');
  });
});

test('a provider that is away for an hour loses nothing: it is tried a few times, and everything leaves when it is back', async () => {
  await world(ONE);
  main().mood = AWAY;
  for (let n = 0; n < 20; n += 1) await go(`p${n}`);
  expect(senders.states()[0]?.downUntil).toBeGreaterThan(START);
  const tried = main().got.length;
  expect(tried).toBeLessThan(12);
  for (let minute = 0; minute < 60; minute += 1) await pass(60_000);
  expect(main().got.length - tried).toBeLessThan(15);
  expect(await statuses()).not.toContain('failed');
  main().mood = ACCEPTED;
  for (let minute = 0; minute < 30; minute += 1) await pass(60_000);
  expect(await statuses()).toEqual(Array(20).fill('sent'));
  expect(senders.states()[0]?.downUntil).toBeNull();
});

test('a rate lets so many through, and holds the others until their turn: each is judged again then, and is sent once', async () => {
  await world('{ email: { provider: smtp, name: main, rate: 2/s } }');
  for (let n = 0; n < 12; n += 1) await go(`p${n}`);
  expect(main().got.length).toBeLessThanOrEqual(4);
  for (let second = 0; second < 8; second += 1) await pass(SECOND);
  expect([...main().got].sort()).toEqual(Array.from({ length: 12 }, (_, n) => `p${n}@example.com`).sort());
});

test('settings that changed open a sender anew and close the old one; one that did not change goes on', async () => {
  await world(TWO);
  const [before, kept] = [main(), spare()];
  await senders.adopt(
    settingsOf('{ email: [{ provider: smtp, name: main, rate: 5/s }, { provider: smtp, name: spare }] }'),
  );
  expect([before.closed, kept.closed, main() === before, spare() === kept]).toEqual([true, false, false, true]);
  expect(await senders.check()).toHaveLength(2);
});

test('a sender whose settings cannot be used holds its messages and says why, and goes on when they are mended', async () => {
  await world(ONE);
  const broken = new Senders({
    store: store.current,
    clock: clock.current,
    logger: pino({ level: 'silent' }),
    sandbox: () => new Provider(),
    open: (sender) =>
      sender.options.url === undefined
        ? Promise.reject(new TropaError('E_SETTINGS', '"url" is missing'))
        : Promise.resolve(new Provider()),
  });
  await broken.adopt(settingsOf(ONE));
  const [outcome] = await broken.channels.email.send([outgoing('email', 'a1', 'anna@example.com')]);
  expect(outcome?.result).toBe('retry');
  expect(broken.states()[0]?.paused?.why).toBe('"url" is missing');
  expect(await broken.check()).toMatchObject([{ ok: false, say: '"url" is missing' }]);
  await broken.adopt(settingsOf('{ email: { provider: smtp, name: main, url: "smtp://x" } }'));
  expect(broken.states()[0]?.paused).toBeNull();
});

test('a breaker opens after five failures, lets one message try, and waits longer each time it fails', () => {
  const breaker = new Breaker();
  for (let n = 0; n < 4; n += 1) expect(breaker.failed(0)).toBe(false);
  expect(breaker.admits(0)).toBe(true);
  expect(breaker.failed(0)).toBe(true);
  expect(breaker.openUntil(0)).toBe(30_000);
  expect([breaker.admits(29_999), breaker.admits(30_000), breaker.admits(30_000)]).toEqual([false, true, false]);
  breaker.failed(30_000);
  expect(breaker.openUntil(30_000)).toBe(90_000);
  expect(breaker.admits(90_000)).toBe(true);
  expect(breaker.passed()).toBe(true);
  expect([breaker.admits(90_000), breaker.admits(90_000)]).toEqual([true, true]);
});

test('a turn is the same however often it is asked for, and what is urgent never waits', () => {
  const turnstile = new Turnstile('1/s');
  const turns = ['a', 'b', 'c', 'd'].map((id) => turnstile.turnOf(id, 0, false));
  expect(turns).toEqual([0, 0, 2_000, 3_000]);
  expect(turnstile.turnOf('d', 500, false)).toBe(3_000);
  expect(turnstile.turnOf('receipt', 500, true)).toBe(500);
  expect(turnstile.turnOf('e', 500, false)).toBe(5_000);
  expect(turnstile.turnOf('d', 2_500, false)).toBe(2_500);
});
