import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { IncomingEvent, Store } from '../ports/store.ts';
import { audit } from '../reports/audit.ts';
import { createMemoryStore } from '../store/memory/memory-store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { HOUR, SmallWorld } from '../testing/small-world.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const WELCOME = `
journey: welcome
status: live
trigger: { event: signed.up }
exit:
  - { event: order.placed, as: converted }
steps:
  - email: hello
  - wait_for: { event: visited }
    within: 1h
    else:
      - sms: nudge
`;
const BOTH = `
journey: both
status: live
trigger: { event: signed.up }
steps:
  - email: hello
  - sms: nudge
`;

const STORES: [string, () => Promise<Store>][] = [
  ['memory', () => Promise.resolve(createMemoryStore())],
  ['sqlite', async () => await openSqliteStore(folders.make())],
];

const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** What happens to a store's commits, by their number; and the names of events that walked in by its door. */
interface Watched {
  readonly store: Store;
  readonly told: string[];
  readonly commits: () => number;
}

function watched(
  inner: Store,
  around: (n: number, commit: () => ReturnType<Store['commit']>) => ReturnType<Store['commit']>,
): Watched {
  const told: string[] = [];
  let count = 0;
  const store: Store = Object.assign(Object.create(inner) as Store, {
    ingest: (events: readonly IncomingEvent[]) => {
      told.push(...events.map(({ name }) => name));
      return inner.ingest(events);
    },
    commit: (...args: Parameters<Store['commit']>) => {
      count += 1;
      return around(count, () => inner.commit(...args));
    },
  });
  return { store, told, commits: () => count };
}

describe.each(STORES)('outcomes of hand-overs on %s', (_name, make) => {
  async function world(journey: string, around: Parameters<typeof watched>[1] = (_n, commit) => commit()) {
    const inner = await make();
    open.push(inner);
    const seen = watched(inner, around);
    const it = new SmallWorld([journey], {}, () => seen.store);
    // A provider that says no more than whether it took a message.
    Object.assign(it.engine.parts, { tellsDelivery: () => false });
    await it.meet('anna');
    return { it, inner, seen };
  }
  const outcomes = async (store: Store) =>
    (await store.events({ name: 'message.sent', limit: 10 })).map(({ data, done }) => ({ step: data.step, done }));

  test('take effect at once, and are kept like any event', async () => {
    const { it, inner, seen } = await world(WELCOME);
    await it.tell('anna', 'signed.up', {});
    expect(await outcomes(inner)).toEqual([{ step: '1', done: true }]);
    expect(seen.told).not.toContain('message.sent');
    const [row] = await inner.messages({ limit: 10 });
    expect(row).toMatchObject({ status: 'delivered', times: { sent: expect.any(Number) } });
    await it.pass(2 * HOUR);
    expect(await it.sent()).toEqual(['hello', 'nudge']);
    expect(await audit(inner, it.clock.now())).toMatchObject({ findings: [], unread: 0 });
  });

  test('of messages that left together each count once', async () => {
    const { it, inner } = await world(BOTH);
    await it.tell('anna', 'signed.up', {});
    expect((await outcomes(inner)).sort((a, b) => String(a.step).localeCompare(String(b.step)))).toEqual([
      { step: '1', done: true },
      { step: '2', done: true },
    ]);
    expect((await inner.messages({ limit: 10 })).map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  test('yield to what was acknowledged meanwhile, and lose nothing of either', async () => {
    const hooks = { order: async () => {} };
    const { it, inner, seen } = await world(WELCOME, async (_n, commit) => {
      await hooks.order();
      return await commit();
    });
    const before = seen.commits();
    hooks.order = async () => {
      if (seen.commits() !== before + 2) return;
      const at = it.clock.now();
      const who = ['user:anna'] as const;
      await inner.ingest([
        { id: 'o', source: 'shop', name: 'order.placed', at, received: at, who, data: { total: 1 } },
      ]);
    };
    await it.tell('anna', 'signed.up', {});
    expect(seen.told).toContain('message.sent');
    expect(await outcomes(inner)).toEqual([{ step: '1', done: true }]);
    await it.pass(2 * HOUR);
    expect(await it.sent()).toEqual(['hello']);
    const exits = (await inner.journal({ limit: 50 })).filter(({ kind }) => kind === 'exited');
    expect(exits.map(({ reason }) => reason)).toEqual(['converted']);
  });

  test('whose commit had no answer are told again, and count once', async () => {
    const hooks = { fails: (_n: number) => false };
    const { it, inner, seen } = await world(WELCOME, async (n, commit) => {
      const answer = await commit();
      if (hooks.fails(n)) throw new Error('the answer was lost');
      return answer;
    });
    const before = seen.commits();
    hooks.fails = (n) => n === before + 2;
    await it.tell('anna', 'signed.up', {});
    await it.pass(HOUR / 2);
    expect(seen.told).toContain('message.sent');
    expect(await outcomes(inner)).toEqual([{ step: '1', done: true }]);
    const receipts = (await inner.journal({ limit: 50 })).filter(
      ({ kind, reason }) => kind === 'receipt' && reason === 'sent',
    );
    expect(receipts).toHaveLength(1);
    expect(await inner.counts()).toMatchObject({ undone: 0 });
  });
});
