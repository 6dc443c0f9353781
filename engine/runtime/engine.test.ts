import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { mint } from '../core/ids.ts';
import type { Store } from '../ports/store.ts';
import { audit } from '../reports/audit.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { hostile } from '../testing/hostile-store.ts';
import { DAY, HOUR, MINUTE, SmallWorld, START } from '../testing/small-world.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const folders = temporaryFolders();

const CART = `
journey: cart
status: live
trigger: { event: cart.updated, key: event.cart_id }
exit:
  - { event: order.placed, as: converted }
steps:
  - wait: 1h
  - email: reminder
  - wait_for: { clicked: reminder }
    within: 2d
    else:
      - sms: last-call
`;

const STORES: [string, () => Promise<Store>][] = [
  ['memory', () => Promise.resolve(createMemoryStore())],
  ['sqlite', async () => await openSqliteStore(folders.make())],
];

afterAll(() => folders.remove());

const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

describe.each(STORES)('the engine on %s', (_name, make) => {
  async function world(journeys: readonly string[] = [CART]): Promise<SmallWorld> {
    const store = await make();
    open.push(store);
    return new SmallWorld(journeys, {}, () => store);
  }

  test('P02 the same webhook delivered 50 times at once is one event and one effect', async () => {
    const it = await world();
    await it.meet('anna');
    const now = it.clock.now();
    const event = {
      id: mint('event', 'shop', 'm-1'),
      source: 'shop',
      name: 'cart.updated',
      at: now,
      received: now,
      who: ['user:anna'],
      data: { cart_id: 'c' },
    };
    const receipts = await Promise.all(Array.from({ length: 50 }, () => it.engine.ingest([event])));
    expect(receipts.flat().filter((receipt) => receipt.outcome === 'stored')).toHaveLength(1);
    await it.engine.drain();
    await it.pass(2 * HOUR);
    expect(await it.sent()).toEqual(['reminder']);
  });

  test('P04 an order acknowledged before hand-over begins prevents the message', async () => {
    const it = await world();
    await it.meet('anna');
    await it.tell('anna', 'cart.updated', { cart_id: 'c' });
    await it.advance(START + HOUR - 1);
    // The order is acknowledged, and not yet read, when the reminder's timer runs out.
    const at = START + HOUR - 1;
    await it.engine.ingest([
      { id: 'order', source: 'shop', name: 'order.placed', at, received: at, who: ['user:anna'], data: { total: 1 } },
    ]);
    await it.clock.set(START + 2 * HOUR);
    await it.engine.drain();
    expect(await it.sent()).toEqual([]);
  });

  test('P09 timers fire after downtime, exactly once, and a clock that jumps back repeats nothing', async () => {
    const it = await world();
    await it.meet('anna');
    await it.tell('anna', 'cart.updated', { cart_id: 'c' });
    expect(await it.sent()).toEqual([]);
    await it.clock.set(START + 5 * HOUR);
    await it.engine.drain();
    expect(await it.sent()).toEqual(['reminder']);
    await it.clock.set(START + 4 * HOUR);
    await it.engine.drain();
    await it.clock.set(START + 6 * HOUR);
    await it.engine.drain();
    expect(await it.sent()).toEqual(['reminder']);
    await it.pass(3 * DAY);
    expect(await it.sent()).toEqual(['reminder', 'last-call']);
  });

  test('two records that turn out to be one person become one, and what was begun goes on', async () => {
    const it = await world();
    const now = it.clock.now();
    const tell = async (id: string, who: string[], name: string, data: Record<string, string> = {}) => {
      await it.engine.ingest([{ id, source: 'shop', name, at: now, received: now, who, data }]);
      await it.engine.drain();
    };
    await tell('1', ['anonymous:device'], 'cart.updated', { cart_id: 'c' });
    await it.meet('anna');
    await tell('2', ['user:anna', 'anonymous:device'], 'page.viewed');
    expect(await it.store.find('anonymous:device')).toBe(await it.store.find('user:anna'));
    await it.pass(2 * HOUR);
    expect(await it.sent()).toEqual(['reminder']);
    await it.tell('anna', 'order.placed', { total: 1 });
    await it.pass(5 * DAY);
    expect(await it.sent()).toEqual(['reminder']);
    expect((await audit(it.store, it.clock.now())).findings).toEqual([]);
  });

  test('P37 what the audit recounts agrees after a month of many people', async () => {
    const it = await world();
    for (let n = 0; n < 30; n += 1) {
      await it.meet(`p${n}`);
      await it.tell(`p${n}`, 'cart.updated', { cart_id: `c${n}` });
      if (n % 3 === 0) await it.tell(`p${n}`, 'order.placed', { total: n });
      await it.pass(17 * MINUTE);
    }
    await it.pass(30 * DAY);
    const report = await audit(it.store, it.clock.now());
    expect(report.findings).toEqual([]);
    expect(report.messages).toBe(40);
  });
});

describe('an engine whose store misbehaves', () => {
  test('P04 on every interleaving: an order acknowledged before any commit up to the hand-over keeps the message from leaving', async () => {
    for (let place = 0; place < 4; place += 1) {
      const inner = createMemoryStore();
      const { store, trouble } = hostile(inner);
      const it = new SmallWorld([CART], {}, () => store);
      await it.meet('anna');
      await it.tell('anna', 'cart.updated', { cart_id: 'c' });
      await it.clock.set(START + HOUR);
      const at = START + HOUR;
      const order = {
        id: `order-${place}`,
        source: 'shop',
        name: 'order.placed',
        at,
        received: at,
        who: ['user:anna'],
        data: { total: 1 },
      };
      // `place` commits pass untouched; then the order arrives between deciding and committing.
      for (let n = 0; n < place; n += 1) trouble.delayAnswer('commit')();
      trouble.arrivesBeforeCommit(order);
      await it.engine.drain();
      const begun = (await inner.journal({ limit: 1_000 })).filter((line) => line.kind === 'begun');
      // The one commit that decides the reminder begins it too: place 0 comes before it, later places after it has left.
      expect(begun).toHaveLength(place === 0 ? 0 : 1);
      expect((await audit(inner, it.clock.now())).findings).toEqual([]);
    }
  });

  test('a commit whose answer was lost, lost races and a crash before copying lose and double nothing', async () => {
    const inner = createMemoryStore();
    const { store, trouble } = hostile(inner);
    const it = new SmallWorld([CART], {}, () => store);
    for (let n = 0; n < 10; n += 1) await it.meet(`p${n}`);
    for (let n = 0; n < 10; n += 1) {
      if (n % 3 === 0) trouble.loseAnswer('commit');
      if (n % 3 === 1) trouble.crashBefore('copy');
      if (n % 3 === 2) trouble.rivalTakes(0);
      await it.tell(`p${n}`, 'cart.updated', { cart_id: 'c' }).catch(() => undefined);
      await it.engine.drain().catch(() => undefined);
    }
    await it.pass(2 * HOUR).catch(() => undefined);
    await it.pass(5 * DAY);
    expect((await it.sent()).filter((template) => template === 'reminder')).toHaveLength(10);
    expect((await audit(inner, it.clock.now())).findings).toEqual([]);
  });
});
