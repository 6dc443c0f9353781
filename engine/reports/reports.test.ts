import { describe, expect, test } from '@jest/globals';
import type { Store } from '../ports/store.ts';
import { DAY, HOUR, MINUTE, SmallWorld } from '../testing/small-world.ts';
import { messageRow } from '../testing/store-fixtures.ts';
import { type Audit, audit } from './audit.ts';
import { figures } from './figures.ts';
import { journalOf } from './ledger.ts';
import { story } from './story.ts';

const CART = `
journey: cart
status: live
trigger: { event: cart.updated, if: event.total > 10, key: event.cart_id }
goal: { event: order.placed, value: event.total, currency: event.currency }
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

/** Anna buys after the reminder; Boris is silent, and has no phone; Clara's cart is too small. */
async function lived(): Promise<SmallWorld> {
  const world = new SmallWorld([CART]);
  await world.meet('anna', { timezone: 'Asia/Tokyo' });
  await world.meet('boris', { phone: '' });
  await world.meet('clara');
  await world.tell('anna', 'cart.updated', { cart_id: 'a', total: 100 });
  await world.tell('boris', 'cart.updated', { cart_id: 'b', total: 20 });
  await world.tell('clara', 'cart.updated', { cart_id: 'c', total: 5 });
  await world.pass(2 * HOUR);
  await world.tell('anna', 'order.placed', { order_id: 'o', total: 80, currency: 'EUR' });
  await world.pass(3 * DAY);
  return world;
}

describe('figures', () => {
  test('are counted by version and step from the journal and the ledger', async () => {
    const { store } = await lived();
    const [cart, ...rest] = await figures(store, null);
    expect(rest).toEqual([]);
    expect(cart).toMatchObject({
      journey: 'cart',
      entered: 2,
      inside: 0,
      exits: { converted: 1, completed: 1 },
      converted: 1,
      value: { EUR: 80 },
    });
    const steps = Object.fromEntries((cart?.steps ?? []).map((step) => [step.step, step]));
    expect(steps['2']).toMatchObject({ visited: 2, sent: 2, delivered: 2, clicked: 0 });
    expect(steps['3.else.1']).toMatchObject({ visited: 1, sent: 0, skipped: { no_address: 1 } });
  });

  test('read a journal of many pages whole, across people', async () => {
    const world = new SmallWorld([CART]);
    for (let n = 0; n < 1_100; n += 1) await world.tell(`p${n}`, 'cart.updated', { cart_id: 'a', total: 100 });
    await world.pass(30 * MINUTE);
    let lines = 0;
    for await (const _ of journalOf(world.store)) lines += 1;
    expect(lines).toBe((await world.store.counts()).journal);
    expect(lines).toBeGreaterThan(2_000);
    expect((await figures(world.store, 'cart'))[0]).toMatchObject({ entered: 1_100, inside: 1_100 });
  });
});

describe('a story', () => {
  test('tells where somebody stands and why, in their own zone, with the values of then', async () => {
    const world = await lived();
    const { settings } = world.engine.definitions;
    const tell = async (name: string, journey: string | null) => {
      const [loaded] = await world.store.load([(await world.store.find(`user:${name}`)) ?? '']);
      return await story(world.store, loaded!.person, settings, journey);
    };
    const anna = await tell('anna', 'cart');
    expect(anna).toMatchObject({ profile: 'anna', zone: 'Asia/Tokyo', now: [] });
    const told = anna.lines.map(({ local, text }) => `${local} ${text}`);
    expect(told).toContain('2026-03-02 21:00 enters cart');
    expect(told).toContain('2026-03-02 22:00 email "reminder" of cart step 2 may leave, and is handed over');
    expect(told).toContain('2026-03-02 23:00 reaches the goal of cart, worth 80 EUR');
    expect(told).toContain('2026-03-02 23:00 leaves cart as converted');
    const entered = anna.lines.find(({ text }) => text === 'enters cart');
    expect(entered?.why.join('\n')).toContain('event.total > 10 → true   (event.total = 100)');
    const boris = await tell('boris', null);
    expect(boris.lines.map(({ text }) => text)).toContain(
      'sms "last-call" of cart step 3.else.1 is skipped: no_address',
    );
    expect(boris.lines.some(({ text }) => text.startsWith('cart.updated from laboratory {"cart_id":"b"'))).toBe(true);
  });
});

describe('an audit', () => {
  const details = async (store: Store, now: number): Promise<string[]> =>
    ((await audit(store, now)) as Audit).findings.map(({ about, detail }) => `${about}: ${detail}`);

  test('of an honest store finds nothing', async () => {
    const world = await lived();
    expect(await details(world.store, world.clock.now())).toEqual([]);
  });

  test('names a message that the journal does not know', async () => {
    const world = await lived();
    await world.store.fence([messageRow('forged', { times: { sending: 1 } })]);
    const found = await details(world.store, world.clock.now());
    expect(found).toContain('message: forged was handed over, and the journal does not know it');
    expect(found).toContain('message: forged was handed over, has no outcome and is in no outbox');
  });

  test('names whoever is inside without having entered, and whoever vanished', async () => {
    const world = new SmallWorld([CART]);
    await world.tell('anna', 'cart.updated', { cart_id: 'a', total: 100 });
    const [loaded] = await world.store.load([(await world.store.find('user:anna')) ?? '']);
    const { person, inboxSeq } = loaded!;
    const moved = person.enrollments.map((one) => ({ ...one, id: 'another' }));
    const change = {
      person: { ...person, rev: person.rev + 1, enrollments: moved },
      inboxSeq,
      exclusive: false,
      wakeAt: null,
      lane: 'live' as const,
    };
    expect(await world.store.commit([change], null)).toEqual(['won']);
    const found = await details(world.store, world.clock.now());
    expect(found.filter((line) => line.startsWith('enrollment:'))).toHaveLength(2);
  });

  test('names a decided message that nobody knows of, and an event nobody is due for', async () => {
    const world = await lived();
    const id = (await world.store.find('user:anna')) ?? '';
    const entry = { at: 1, kind: 'decided' as const, journey: 'cart', message: 'lost' };
    await world.store.copy([{ person: id, intents: [{ kind: 'journal', id: '99999999.0001', entry }] }]);
    expect(await details(world.store, world.clock.now())).toEqual([
      'message: lost was decided, and nobody knows what became of it',
    ]);
    const now = world.clock.now();
    await world.engine.ingest([
      { id: 'unread', source: 'shop', name: 'x', at: now, received: now, who: ['user:anna'], data: {} },
    ]);
    const asleep: Store = { ...world.store, nextWake: () => Promise.resolve(null) };
    expect((await details(asleep, now)).filter((line) => line.startsWith('event:'))).toHaveLength(1);
    expect((await details(world.store, now)).filter((line) => line.startsWith('event:'))).toEqual([]);
  });
});
