// Promises of people whom a worker does not understand: they are met once, others are not kept waiting, and they come
// back when the definitions change.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FORMAT } from '../../language/format.ts';
import type { Store } from '../../ports/store.ts';
import { type MongoServer, startMongo } from '../../testing/mongo-server.ts';
import { event, NOON } from '../../testing/store-fixtures.ts';
import { openMongoStore } from './mongo-store.ts';

let server: MongoServer;
let store: Store;
beforeAll(async () => {
  server = await startMongo();
  ({ store } = await openMongoStore(server.fresh(), { engine: true, logger: { warn: () => undefined } }));
}, 120_000);
afterAll(async () => {
  await store.close();
  await server.close();
});

test('a crowd that is left is offered no more, however long, keeps nobody waiting, and is reconsidered', async () => {
  let tick = 0;
  const claim = async (limit = 100) => {
    tick += 60_000;
    const claimed = await store.claim({ lane: null, now: NOON, limit, tick, leaseMs: 1_000 });
    await store.release(claimed);
    return claimed.people;
  };
  const crowd = Array.from({ length: 30 }, (_, n) => event(`left-${n}`, { who: [`user:left${n}`] }));
  const people = (await store.ingest(crowd)).map(({ person }) => person!);
  const [other] = await store.ingest([event('other', { who: ['user:other'], received: NOON + 1 })]);
  await store.leave?.(people.map((person) => ({ person, format: FORMAT + 1 })));
  for (let n = 0; n < 3; n += 1) expect(await claim(5)).toEqual([other!.person]);

  // More is told of them: they are still somebody else's, and the wake-up is of those who are ours.
  await store.ingest([event('more', { who: ['user:left0'], received: NOON - 5_000 })]);
  expect(await claim()).toEqual([other!.person]);
  expect(await store.nextWake()).toBeGreaterThan(NOON - 5_000);

  // What this release understands is not left at all.
  await store.leave?.([{ person: other!.person!, format: FORMAT }]);
  expect(await claim()).toEqual([other!.person]);

  await store.reconsider?.();
  expect(new Set(await claim())).toEqual(new Set([...people, other!.person]));
});
