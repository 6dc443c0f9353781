// Promises that hold however connections break: cut after the server did as it was told and before anybody heard of it,
// at many places (`CUTS`; two hundred where it counts); and with the errors of servers that step down, shut down, refuse or are full.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Store } from '../../ports/store.ts';
import { type MongoProxy, startMongoProxy } from '../../testing/mongo-proxy.ts';
import { type MongoServer, startMongo } from '../../testing/mongo-server.ts';
import { change, event, loadOne, messageRow, NOON, outboxItem } from '../../testing/store-fixtures.ts';
import { openMongoStore } from './mongo-store.ts';

let server: MongoServer;
let proxy: MongoProxy;
const open: Store[] = [];
const logger = { warn: () => undefined };

beforeAll(async () => {
  server = await startMongo();
  proxy = await startMongoProxy(server.port);
}, 120_000);
afterEach(async () => {
  proxy.fate = () => 'pass';
  proxy.mend();
  for (const store of open.splice(0)) await store.close();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

async function opened(): Promise<{ store: Store; witness: Store }> {
  const url = server.fresh();
  const through = url.replace(/:\d+\//, `:${proxy.port}/`);
  const { store } = await openMongoStore(through, { engine: true, logger });
  const { store: witness } = await openMongoStore(url, { engine: false, logger });
  open.push(store, witness);
  return { store, witness };
}

/** The same numbers for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Tries until the store takes it: what a storefront, or the engine, would do. */
async function insist<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > 20 || (error as { code?: string }).code !== 'E_UNAVAILABLE') throw error;
    }
  }
}

const CUTS = Number(process.env.CUTS ?? 40);

test('P01 P04 P06 connections cut before the answer: nothing acknowledged is lost, nothing is done twice', async () => {
  const { store, witness } = await opened();
  const random = chance(7);
  let cuts = 0;
  let people = 0;
  proxy.fate = (command) => {
    if (cuts >= CUTS || !['insert', 'update', 'find', 'delete'].includes(command) || random() > 0.18) return 'pass';
    cuts += 1;
    return 'cut';
  };
  while (cuts < CUTS) {
    people += 1;
    const name = `p${people}`;
    const told = [1, 2, 3].map((n) => event(`${name}-e${n}`, { who: [`user:${name}`, `email:${name}@x.example`] }));
    const [first] = await insist(() => store.ingest(told));
    await insist(() => store.ingest([told[1]!, event(`${name}-e4`, { who: [`email:${name}@x.example`] })]));
    const id = first!.person!;
    const loaded = await insist(async () => (await store.load([id]))[0]!);
    expect(loaded.events).toHaveLength(4);
    const intents = [
      ...loaded.events.map(({ id: done }) => ({ kind: 'done', id: done }) as const),
      { kind: 'journal', id: '1.0', entry: { at: NOON, kind: 'entered', journey: 'cart' } } as const,
    ];
    const wanted = change(
      loaded,
      { intents, outbox: [outboxItem(`m-${name}`, { status: 'begun' })] },
      { wakeAt: NOON },
    );
    // Two who decided the same at once.
    const [mine, theirs] = await Promise.all([
      insist(() => store.commit([wanted], null)),
      insist(() => store.commit([wanted], null)),
    ]);
    expect([mine, theirs].flat().filter((outcome) => outcome === 'won')).toHaveLength(1);
    await insist(() => store.copy([{ person: id, intents }]));
    const rows = await Promise.all(
      [1, 2, 3].map(() => insist(() => store.fence([messageRow(`m-${name}`, { person: id })]))),
    );
    expect(rows.flat().filter((won) => won)).toHaveLength(1);
  }
  proxy.fate = () => 'pass';
  expect(cuts).toBe(CUTS);
  expect(people).toBeGreaterThan(CUTS / 20);
  // As it stands on the server itself.
  expect(await witness.counts()).toMatchObject({
    people,
    events: people * 4,
    undone: 0,
    messages: people,
    journal: people,
  });
  for (let n = 1; n <= people; n += 1) {
    const id = await witness.find(`user:p${n}`);
    const { person, inboxSeq } = await loadOne(witness, id!);
    expect([person.rev, person.outbox.length]).toEqual([1, 1]);
    // Told once too often is looked at once more; once too few would be lost.
    expect(inboxSeq).toBeGreaterThanOrEqual(4);
  }
}, 240_000);

test.each([
  [10_107, 'not the primary any more'],
  [91, 'shutting down'],
  [13, 'no rights'],
  [14_031, 'a full disk'],
])(
  'P12 a server that answers %i (%s): E_UNAVAILABLE and nothing stored; afterwards all goes on',
  async (code) => {
    const { store, witness } = await opened();
    const [receipt] = await store.ingest([event('before')]);
    const loaded = await loadOne(store, receipt!.person!);
    const before = await witness.counts();
    proxy.fate = (command) => (['insert', 'update', 'delete', 'findAndModify'].includes(command) ? code : 'pass');
    const tries = [
      store.ingest([event('during')]),
      store.ingest([event('of-nobody', { who: [] })]),
      store.fence([messageRow('m1', { person: receipt!.person! })]),
      store.copy([{ person: receipt!.person!, intents: [{ kind: 'done', id: 'before' }] }]),
      store.setMeta('a', 'b'),
      store.ping(),
      store.commit([change(loaded)], null),
      store.deploy({ settings: 's', journeys: [] }),
    ];
    for (const outcome of await Promise.allSettled(tries))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'E_UNAVAILABLE' } });
    expect(await witness.counts()).toEqual(before);
    proxy.fate = () => 'pass';
    expect(await store.commit([change(await loadOne(store, receipt!.person!))], null)).toEqual(['won']);
    expect(await store.fence([messageRow('m1', { person: receipt!.person! })])).toEqual([true]);
    expect((await store.ingest([event('during')]))[0]).toMatchObject({ outcome: 'stored' });
  },
  60_000,
);

test('a server that is away for a moment is waited for, and one that stays away is told', async () => {
  const { store } = await opened();
  const [receipt] = await store.ingest([event('before')]);
  proxy.sever();
  const soon = setTimeout(() => proxy.mend(), 1_500);
  const [after] = await store.ingest([event('after')]);
  expect(after).toMatchObject({ outcome: 'stored', person: receipt!.person });
  clearTimeout(soon);
  proxy.sever();
  await expect(store.ping()).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
  proxy.mend();
  await insist(() => store.ping());
}, 60_000);
