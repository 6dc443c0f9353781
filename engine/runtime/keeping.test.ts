// Keeping over a small world: what goes and when, that figures stay, and that a clock gone wrong deletes nothing.

import { afterAll, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import type { Store } from '../ports/store.ts';
import { audit } from '../reports/audit.ts';
import { figures } from '../reports/figures.ts';
import { story } from '../reports/story.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { DAY, HOUR, MINUTE, SmallWorld, START } from '../testing/small-world.ts';
import { event, personNamed } from '../testing/store-fixtures.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';
import { createVirtualClock } from './clocks.ts';
import { Keeping } from './keeping.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const CART = `journey: cart
status: live
trigger: { event: cart.updated, key: event.cart }
goal: { event: order.placed, value: event.total, currency: event.currency, within: 2d }
exit:
  - { event: order.placed, as: converted }
steps:
  - email: first
  - wait: 1d
  - sms: second
`;
const LONG = `journey: long
status: live
trigger: { event: member.joined }
steps:
  - email: hello
  - wait: 500d
  - email: goodbye
`;

/** Half a year: somebody leaves carts and buys some of them, somebody else waits in a long journey. */
async function halfAYear(store: () => Store): Promise<SmallWorld> {
  const world = new SmallWorld([CART, LONG], {}, store);
  await world.meet('anna');
  await world.meet('boris');
  await world.tell('boris', 'member.joined', {});
  for (let n = 0; n < 36; n += 1) {
    await world.tell('anna', 'cart.updated', { cart: `c${n}` });
    await world.pass(n % 3 === 0 ? HOUR : 2 * DAY);
    if (n % 3 === 0) await world.tell('anna', 'order.placed', { order_id: `o${n}`, total: 0.1, currency: 'EUR' });
    await world.pass(4 * DAY);
  }
  return world;
}

const stores: readonly [string, () => Promise<Store>][] = [
  ['memory', () => Promise.resolve(createMemoryStore())],
  ['sqlite', () => openSqliteStore(folders.make())],
];

describe.each(stores)('keeping over %s', (_name, open) => {
  test('forgets, and every figure stays what it was and is recounted (I10)', async () => {
    const store = await open();
    const world = await halfAYear(() => store);
    const now = world.clock.now();
    const [before, counts] = [await figures(store, null), await store.counts()];
    expect((await audit(store, now)).findings).toEqual([]);
    const keeping = new Keeping({ ...world.engine.parts, retention: 30 * DAY });
    const gone = await keeping.all();
    expect(gone).toMatchObject({ refused: 0, people: 0 });
    for (const kind of ['events', 'journal', 'messages', 'mails'] as const) expect(gone[kind]).toBeGreaterThan(10);
    const after = await store.counts();
    expect(after).toMatchObject({ people: 2, enrollments: counts.enrollments, undone: 0 });
    expect(after.events).toBeLessThan(counts.events / 3);
    expect(after.journal).toBeLessThan(counts.journal / 3);
    // Links in messages live for 90 days, however short RETENTION is.
    expect(after.messages).toBeLessThan(counts.messages * 0.6);
    expect(after.messages).toBeGreaterThan(counts.messages * 0.4);
    expect(await figures(store, null)).toEqual(before);
    expect(await figures(store, 'cart')).toEqual(before.filter(({ journey }) => journey === 'cart'));
    expect((await audit(store, now)).findings).toEqual([]);
    // Whoever is inside keeps the story of it, and goes on.
    const [boris] = await store.people({ inside: 'long', limit: 9 });
    const told = await story(store, boris!, world.engine.definitions.settings, 'long');
    expect(told.lines.map(({ text }) => text)).toContain('enters long');
    expect(told.lines[0]?.text).toContain('no longer kept');
    await world.pass(400 * DAY);
    expect(await world.sent()).toContain('goodbye');
    await keeping.all();
    expect((await audit(store, world.clock.now())).findings).toEqual([]);
    expect((await figures(store, 'cart'))[0]).toMatchObject({ entered: 36, converted: 12, value: { EUR: 1.2 } });
    expect(await keeping.all()).toMatchObject({ events: 0, journal: 0, messages: 0 });
    await store.close();
  });
});

describe('keeping beside an engine', () => {
  const parts = (store: Store, clock = createVirtualClock(START)) => ({
    store,
    clock,
    logger: pino({ level: 'silent' }),
    retention: 30 * DAY,
  });

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 500 && !(await holds()); tries += 1) await new Promise((done) => setTimeout(done, 10));
    expect(await holds()).toBe(true);
  }

  test('begins a while after the start, goes on by itself each hour, and ends when it is told to', async () => {
    const store = createMemoryStore();
    const it = parts(store);
    const keeping = new Keeping(it);
    const mail = (id: string, at: number) =>
      store.keepMail({ id, person: 'p', channel: 'email', to: 'a@example.com', at, content: {} });
    await mail('m1', START - 31 * DAY);
    await mail('m2', START - 30 * DAY + HOUR);
    keeping.start();
    expect(await store.mails({ limit: 9 })).toHaveLength(2);
    it.clock.set(START + 2 * MINUTE);
    await until(async () => (await store.mails({ limit: 9 })).length === 1);
    await until(async () => JSON.parse((await store.meta('keeping')) ?? '{}').kind === null);
    it.clock.set(START + 2 * HOUR);
    await until(async () => (await store.mails({ limit: 9 })).length === 0);
    await keeping.stop();
    await keeping.stop();
  });

  test('goes on where a pass was left half done', async () => {
    const store = createMemoryStore();
    const it = parts(store);
    await store.setMeta(
      'keeping',
      JSON.stringify({ finished: START - MINUTE, visited: START - MINUTE, kind: 'mails' }),
    );
    await store.keepMail({ id: 'm', person: 'p', channel: 'email', to: 'a@b.c', at: START - 40 * DAY, content: {} });
    const keeping = new Keeping(it);
    keeping.start();
    it.clock.set(START + 2 * MINUTE);
    await until(async () => (await store.mails({ limit: 9 })).length === 0);
    await keeping.stop();
  });

  test('a clock that jumps ahead a year deletes nothing until it has stood so for a day', async () => {
    const store = createMemoryStore();
    const anna = await personNamed(store, 'anna', START);
    await store.copy([{ person: anna, intents: [{ kind: 'done', id: 'first-of-anna' }] }]);
    const wall = createVirtualClock(START);
    const tick = createVirtualClock(0);
    const it = { ...parts(store), clock: { ...wall, monotonic: () => tick.now() } };
    const keeping = new Keeping(it);
    keeping.start();
    const pass = async (ahead: number, counted: number) => {
      tick.set(tick.now() + counted);
      wall.set(wall.now() + ahead);
      await new Promise((done) => setTimeout(done, 50));
    };
    await pass(365 * DAY, HOUR);
    for (let hour = 0; hour < 23; hour += 1) await pass(HOUR, HOUR);
    expect((await store.counts()).events).toBe(1);
    await pass(2 * HOUR, 2 * HOUR);
    await until(async () => (await store.counts()).events === 0);
    await keeping.stop();
  });

  test('stands still while somebody counts', async () => {
    const store = createMemoryStore();
    await store.ingest([event('e1', { who: [], received: START - 60 * DAY })]);
    const keeping = new Keeping(parts(store));
    let counted = Number.NaN;
    await Promise.all([
      keeping.still(async () => {
        await new Promise((done) => setTimeout(done, 20));
        counted = (await store.counts()).events;
      }),
      keeping.all(),
    ]);
    expect(counted).toBe(1);
    expect((await store.counts()).events).toBe(0);
    await expect(keeping.still(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await keeping.all();
  });
});
