// Contract chapter: what rivals, networks and crashes do to a caller, forced on the adapter through its own port.

import { expect } from '@jest/globals';
import type { Intent } from '../core/person.ts';
import { AnswerLost, Crashed, hostile } from '../testing/hostile-store.ts';
import { change, event, loadOne, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

export function hostilePromises(promise: Promises): void {
  promise('loses one race in the middle of a bulk and wins the others', async ({ store: inner }) => {
    const { store, trouble } = hostile(inner);
    const people = [];
    for (const name of ['a', 'b', 'c']) people.push(await loadOne(store, await personNamed(store, name)));
    trouble.rivalTakes(1);
    const changes = people.map((loaded) => change(loaded, { applied: ['mine'] }));
    expect(await store.commit(changes, null)).toEqual(['won', 'lost', 'won']);
    const after = await Promise.all(people.map(({ person }) => loadOne(store, person.id)));
    expect(after.map(({ person }) => person.applied)).toEqual([['mine'], [], ['mine']]);
    expect(await store.commit([change(after[1]!, { applied: ['again'] })], null)).toEqual(['won']);
  });

  promise('P04 loses the hand-over when an order is acknowledged just before it', async ({ store: inner }) => {
    const { store, trouble } = hostile(inner);
    const loaded = await loadOne(store, await personNamed(store, 'anna'));
    trouble.arrivesBeforeCommit(event('order', { name: 'order.placed' }));
    expect(await store.commit([change(loaded, {}, { exclusive: true })], null)).toEqual(['lost']);
  });

  promise('a commit whose answer was lost is not applied a second time', async ({ store: inner }) => {
    const { store, trouble } = hostile(inner);
    const id = await personNamed(store, 'anna');
    const mine = change(await loadOne(store, id), { applied: ['mine'] });
    trouble.loseAnswer('commit');
    await expect(store.commit([mine], null)).rejects.toThrow(AnswerLost);
    expect(await store.commit([mine], null)).toEqual(['lost']);
    expect((await loadOne(store, id)).person).toMatchObject({ rev: mine.person.rev, applied: ['mine'] });
  });

  promise('an ingest whose answer was lost may be told again', async ({ store: inner }) => {
    const { store, trouble } = hostile(inner);
    trouble.loseAnswer('ingest');
    await expect(store.ingest([event('e1')])).rejects.toThrow(AnswerLost);
    expect(await store.ingest([event('e1')])).toMatchObject([{ outcome: 'duplicate' }]);
  });

  promise('a commit answered late lets nobody else win meanwhile', async ({ store: inner }) => {
    const { store, trouble } = hostile(inner);
    const id = await personNamed(store, 'anna');
    const loaded = await loadOne(store, id);
    const answerNow = trouble.delayAnswer('commit');
    const late = store.commit([change(loaded, { applied: ['first'] })], null);
    while ((await loadOne(store, id)).person.rev === loaded.person.rev);
    expect(await store.commit([change(loaded, { applied: ['second'] })], null)).toEqual(['lost']);
    answerNow();
    expect(await late).toEqual(['won']);
    expect((await loadOne(store, id)).person.applied).toEqual(['first']);
  });

  promise('keeps the intents of a commit whose copying never came, and wakes the person for it', async (shelf) => {
    const { store, trouble } = hostile(shelf.store);
    const id = await personNamed(store, 'anna');
    const intents: Intent[] = [{ kind: 'journal', id: '1.0', entry: { at: NOON, kind: 'entered' } }];
    await store.commit([change(await loadOne(store, id), { intents })], null);
    trouble.crashBefore('copy');
    await expect(store.copy([{ person: id, intents }])).rejects.toThrow(Crashed);
    const again = (await shelf.reopen?.()) ?? shelf.store;
    const { person } = await loadOne(again, id);
    expect(person.intents).toEqual(intents);
    await again.recover(NOON + 1);
    const claim = await again.claim({ lane: null, now: NOON + 1, limit: 9, tick: 0, leaseMs: 1 });
    expect(claim.people).toEqual([id]);
    await again.copy([{ person: id, intents: person.intents }]);
    expect(await again.journal({ person: id, limit: 9 })).toHaveLength(1);
  });
}
