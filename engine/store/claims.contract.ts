// Contract chapter: who is due, who may decide for them, and for how long.

import { expect } from '@jest/globals';
import type { Store } from '../ports/store.ts';
import { change, event, loadOne, NOON, outboxItem, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const LEASE = 30_000;

function claim(store: Store, now: number, fields: { tick?: number; limit?: number; lane?: 'bulk' | 'live' } = {}) {
  return store.claim({ lane: null, now, limit: 10, tick: 0, leaseMs: LEASE, ...fields });
}

/** Makes a person who has read everything and is due at `wakeAt`. */
async function resting(store: Store, name: string, wakeAt: number | null, lane: 'bulk' | 'live' = 'live') {
  const person = await personNamed(store, name);
  await store.commit([change(await loadOne(store, person), {}, { wakeAt, lane })], null);
  return person;
}

export function claimPromises(promise: Promises): void {
  promise('offers people when their moment has come, not before, oldest first', async ({ store }) => {
    const late = await resting(store, 'late', NOON + 20);
    const early = await resting(store, 'early', NOON + 10);
    await resting(store, 'never', null);
    expect((await claim(store, NOON + 9)).people).toEqual([]);
    expect(await store.nextWake()).toBe(NOON + 10);
    expect((await claim(store, NOON + 20)).people).toEqual([early, late]);
  });

  promise('offers whoever has unread events, even when the clock has jumped back', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    expect((await claim(store, NOON - 3_600_000)).people).toEqual([person]);
  });

  promise('fires no timer early when the clock has jumped back', async ({ store }) => {
    await resting(store, 'anna', NOON);
    expect((await claim(store, NOON - 3_600_000)).people).toEqual([]);
  });

  promise('claims no more than asked for, and nobody twice', async ({ store }) => {
    for (const name of ['a', 'b', 'c']) await resting(store, name, NOON);
    const [one, two, rest] = [
      await claim(store, NOON, { limit: 1 }),
      await claim(store, NOON, { limit: 1 }),
      await claim(store, NOON),
    ];
    const all = [...one.people, ...two.people, ...rest.people];
    expect([one.people.length, two.people.length, rest.people.length]).toEqual([1, 1, 1]);
    expect(new Set(all).size).toBe(3);
  });

  promise('claims the transactional first, though never alone while others wait', async ({ store }) => {
    const others = await Promise.all(['a', 'b', 'c', 'd'].map((name) => resting(store, name, NOON)));
    for (const n of [1, 2, 3, 4, 5])
      await store.ingest([event(`u${n}`, { who: [`user:u${n}`], received: NOON + 1, urgent: true })]);
    const urgent = await Promise.all([1, 2, 3, 4, 5].map((n) => store.find(`user:u${n}`)));
    const { people } = await claim(store, NOON + 2, { limit: 4 });
    expect(people.slice(0, 3).every((person) => urgent.includes(person))).toBe(true);
    expect(others).toContain(people[3]);
  });

  promise('claims by lane, as the last commit said', async ({ store }) => {
    const bulk = await resting(store, 'bulk', NOON, 'bulk');
    const live = await resting(store, 'live', NOON, 'live');
    expect((await claim(store, NOON, { lane: 'bulk' })).people).toEqual([bulk]);
    expect((await claim(store, NOON, { lane: 'live' })).people).toEqual([live]);
  });

  promise('offers people again after a release, and only those still held by it', async ({ store }) => {
    await resting(store, 'anna', NOON);
    const first = await claim(store, NOON);
    await store.release(first);
    const second = await claim(store, NOON);
    expect(second.people).toEqual(first.people);
    await store.release(first);
    expect((await claim(store, NOON)).people).toEqual([]);
  });

  promise('keeps a claim through its commits', async ({ store }) => {
    const person = await resting(store, 'anna', NOON);
    const held = await claim(store, NOON);
    const commit = async () => store.commit([change(await loadOne(store, person), {}, { wakeAt: NOON })], held);
    expect([await commit(), await commit()]).toEqual([['won'], ['won']]);
    expect((await claim(store, NOON)).people).toEqual([]);
  });

  promise('P11 offers people again when a lease has run out; the old claim commits nothing', async ({ store }) => {
    const person = await resting(store, 'anna', NOON);
    const old = await claim(store, NOON, { tick: 1_000 });
    expect((await claim(store, NOON, { tick: 1_000 + LEASE - 1 })).people).toEqual([]);
    const taken = await claim(store, NOON, { tick: 1_000 + LEASE });
    expect(taken.people).toEqual([person]);
    const loaded = await loadOne(store, person);
    expect(await store.commit([change(loaded, { traits: {} })], old)).toEqual(['lost']);
    expect((await loadOne(store, person)).person.rev).toBe(loaded.person.rev);
    expect(await store.commit([change(loaded)], taken)).toEqual(['won']);
  });

  promise('P11 a claim that ran out commits nothing even when nobody took it over', async ({ store }) => {
    const person = await resting(store, 'anna', NOON);
    const old = await claim(store, NOON, { tick: 0 });
    await claim(store, NOON, { tick: LEASE, limit: 0 });
    expect(await store.commit([change(await loadOne(store, person))], old)).toEqual(['lost']);
  });

  promise('P11 a claim commits for nobody else', async ({ store }) => {
    await resting(store, 'anna', NOON);
    const held = await claim(store, NOON);
    const other = await resting(store, 'bert', null);
    expect(await store.commit([change(await loadOne(store, other))], held)).toEqual(['lost']);
  });

  promise(
    'wakes whose hand-over was under way, or whose intents may be uncopied, and nobody else',
    async ({ store }) => {
      const intents = [{ kind: 'done', id: 'first-of-b' }] as const;
      const people: { [name: string]: string } = {};
      for (const [name, edit] of Object.entries({
        handingOver: { outbox: [outboxItem('m1', { status: 'begun' })] },
        waiting: { outbox: [outboxItem('m2', { status: 'held' })] },
        uncopied: { intents: [...intents] },
        copied: { intents: [...intents] },
      })) {
        people[name] = await personNamed(store, name);
        await store.commit([change(await loadOne(store, people[name]), edit)], null);
      }
      await store.copy([{ person: people.copied!, intents }]);
      await store.recover(NOON + 5);
      expect(await store.nextWake()).toBe(NOON + 5);
      const { people: woken } = await claim(store, NOON + 5);
      expect([...woken].sort()).toEqual([people.handingOver!, people.uncopied!].sort());
    },
  );

  promise('does not take the copying of older intents for that of the latest', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const [older, latest] = [[{ kind: 'done', id: 'e1' }] as const, [{ kind: 'done', id: 'e2' }] as const];
    await store.commit([change(await loadOne(store, person), { intents: [...older] })], null);
    await store.commit([change(await loadOne(store, person), { intents: [...latest] })], null);
    await store.copy([{ person, intents: older }]);
    await store.recover(NOON);
    expect((await claim(store, NOON)).people).toEqual([person]);
  });

  promise('tells since when each lane waits, and how many timers are late', async ({ store }) => {
    const nobody = { transactional: null, live: null, bulk: null };
    await resting(store, 'later', NOON + 60);
    expect(await store.backlog(NOON + 59, NOON + 59)).toEqual({ since: nobody, late: 0 });
    await resting(store, 'bulk', NOON + 20, 'bulk');
    await resting(store, 'timer', NOON + 10);
    await resting(store, 'other', NOON + 15);
    await store.ingest([event('u', { who: ['user:urgent'], received: NOON + 30, urgent: true })]);
    const since = { transactional: NOON + 30, live: NOON + 10, bulk: NOON + 20 };
    // An event that nobody has read is no timer; one that is due at that moment is not late yet.
    expect(await store.backlog(NOON + 40, NOON + 40)).toEqual({ since, late: 3 });
    expect(await store.backlog(NOON + 40, NOON + 15)).toEqual({ since, late: 1 });
    // Whoever is being decided for waits all the same, until it is done.
    await claim(store, NOON + 40);
    expect((await store.backlog(NOON + 40, NOON)).since).toEqual(since);
  });

  promise('keeps a person due whose event came after it was loaded', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const loaded = await loadOne(store, person);
    await store.ingest([event('e2', { received: NOON + 3 })]);
    expect(await store.commit([change(loaded, {}, { wakeAt: NOON + 100 })], null)).toEqual(['won']);
    expect(await store.nextWake()).toBeLessThanOrEqual(NOON + 3);
    expect((await claim(store, NOON + 3)).people).toEqual([person]);
  });
}
