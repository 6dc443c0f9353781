// Contract chapter: a person is stored whole or not at all, by whoever loaded the latest revision.

import { expect } from '@jest/globals';
import { change, enrollment, event, loadOne, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

export function commitPromises(promise: Promises): void {
  promise('stores a person exactly as committed', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const edit = {
      traits: { city: { value: 'Rīga', at: NOON, by: 'e1' } },
      enrollments: [enrollment('cart')],
      intents: [{ kind: 'done', id: 'e1' } as const],
      applied: ['e1'],
    };
    const wanted = change(await loadOne(store, id), edit);
    expect(await store.commit([wanted], null)).toEqual(['won']);
    expect((await loadOne(store, id)).person).toEqual(wanted.person);
  });

  promise('lets one of many who loaded the same revision win', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const loaded = await loadOne(store, id);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.commit([change(loaded)], null)));
    expect(outcomes.flat().filter((outcome) => outcome === 'won')).toHaveLength(1);
    expect((await loadOne(store, id)).person.rev).toBe(1);
  });

  promise('decides for each person apart', async ({ store }) => {
    const [anna, bert] = [await personNamed(store, 'anna'), await personNamed(store, 'bert')];
    const [first, second] = [await loadOne(store, anna), await loadOne(store, bert)];
    await store.commit([change(first)], null);
    expect(await store.commit([change(first), change(second)], null)).toEqual(['lost', 'won']);
  });

  promise('never makes a person by committing one', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const loaded = await loadOne(store, id);
    const ghost = change({ ...loaded, person: { ...loaded.person, id: 'ghost' } });
    expect(await store.commit([ghost], null)).toEqual(['lost']);
    expect(await store.load(['ghost'])).toEqual([]);
  });

  promise('P04 refuses an exclusive commit when an event came in between', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const loaded = await loadOne(store, id);
    await store.ingest([event('order', { name: 'order.placed' })]);
    expect(await store.commit([change(loaded, {}, { exclusive: true })], null)).toEqual(['lost']);
    const again = await loadOne(store, id);
    expect(again.events.map((one) => one.name)).toContain('order.placed');
    expect(await store.commit([change(again, {}, { exclusive: true })], null)).toEqual(['won']);
  });

  promise('P04 an event told again does not disturb an exclusive commit', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const loaded = await loadOne(store, id);
    await personNamed(store, 'anna');
    expect(await store.commit([change(loaded, {}, { exclusive: true })], null)).toEqual(['won']);
  });

  promise('shares nothing with its callers that either may change', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const mine = change(await loadOne(store, id), { applied: ['e1'] });
    await store.commit([mine], null);
    mine.person.applied.push('changed after the commit');
    const theirs = await loadOne(store, id);
    theirs.person.applied.push('changed after the load');
    expect((await loadOne(store, id)).person.applied).toEqual(['e1']);
  });

  promise('answers nothing for people who are not there, and each person once', async ({ store }) => {
    const id = await personNamed(store, 'anna');
    const loaded = await store.load(['nobody', id, id]);
    expect(loaded.map(({ person }) => person.id)).toEqual([id]);
  });
}
