// The memory store runs the contract of all stores; what is its own is tested here too.

import { expect, test } from '@jest/globals';
import { change, event, loadOne, NOON } from '../../testing/store-fixtures.ts';
import { storeContract } from '../store.contract.ts';
import { createMemoryStore } from './memory-store.ts';

storeContract(
  'memory',
  async () => {
    const store = createMemoryStore();
    return { store, dispose: () => store.close() };
  },
  { persists: false },
);

test('refuses a backup and says what to use instead', async () => {
  await expect(createMemoryStore().backup('/tmp/x')).rejects.toMatchObject({ code: 'E_BACKUP' });
});

test('what a caller does to an event after telling it changes nothing', async () => {
  const store = createMemoryStore();
  const data = { items: ['a'] };
  const [receipt] = await store.ingest([event('e1', { data })]);
  data.items.push('b');
  expect((await loadOne(store, receipt!.person!)).events[0]!.data).toEqual({ items: ['a'] });
});

test('keeps who is due apart in a crowd of 20,000', async () => {
  const store = createMemoryStore();
  const crowd = Array.from({ length: 20_000 }, (_, n) =>
    event(`e${n}`, { who: [`user:u${n}`], received: NOON + (n % 977) }),
  );
  await store.ingest(crowd);
  const seen = new Set<string>();
  for (;;) {
    const claim = await store.claim({ lane: null, now: NOON + 977, limit: 500, tick: 0, leaseMs: 1_000 });
    if (claim.people.length === 0) break;
    for (const person of claim.people) seen.add(person);
    const loaded = await store.load(claim.people);
    await store.commit(
      loaded.map((one) => change(one)),
      claim,
    );
    await store.release(claim);
  }
  expect(seen.size).toBe(20_000);
  expect(await store.nextWake()).toBeNull();
});
