// Contract chapter: two people become one; whoever names the loser is answered by the winner.

import { expect } from '@jest/globals';
import type { Intent } from '../core/person.ts';
import type { Store } from '../ports/store.ts';
import { change, enrollment, event, loadOne, messageRow, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const line = (id: string, at = NOON): Intent => ({
  kind: 'journal',
  id,
  entry: { at, kind: 'entered', journey: 'cart' },
});

/** Two people of whom one is about to be absorbed. */
async function couple(store: Store): Promise<{ winner: string; loser: string }> {
  return { winner: await personNamed(store, 'winner'), loser: await personNamed(store, 'loser') };
}

async function rest(store: Store, person: string, edit = {}): Promise<void> {
  await store.commit([change(await loadOne(store, person), edit)], null);
}

export function mergePromises(promise: Promises): void {
  promise('leaves frozen people loadable, claimable and found as they are', async ({ store }) => {
    const { winner, loser } = await couple(store);
    await store.commit([change(await loadOne(store, loser), { into: winner }, { wakeAt: NOON })], null);
    await rest(store, winner);
    expect((await loadOne(store, loser)).person).toMatchObject({ id: loser, into: winner });
    expect(await store.find('user:loser')).toBe(loser);
    const claim = await store.claim({ lane: null, now: NOON, limit: 10, tick: 0, leaseMs: 1 });
    expect(claim.people).toEqual([loser]);
  });

  promise('answers for an alias with the person it became, through chains too', async ({ store }) => {
    const { winner, loser } = await couple(store);
    const last = await personNamed(store, 'last');
    await store.alias(loser, winner);
    await store.alias(winner, last);
    expect((await store.load([loser, winner])).map(({ person }) => person.id)).toEqual([last]);
    expect(await store.find('user:loser')).toBe(last);
    const [byKey] = await store.ingest([event('e2', { who: ['user:loser'] })]);
    const [byId] = await store.ingest([event('e3', { person: loser, who: [] })]);
    expect([byKey!.person, byId!.person]).toEqual([last, last]);
    const [known] = await store.ingest([event('first-of-loser', { who: ['user:loser'] })]);
    expect(known).toEqual({ id: 'first-of-loser', outcome: 'duplicate', person: last });
    expect(await store.counts()).toMatchObject({ people: 1 });
  });

  promise('moves events, ledger rows, journal lines and mails to the winner', async ({ store }) => {
    const { winner, loser } = await couple(store);
    await store.ingest([event('old', { who: ['user:loser'], name: 'order.placed', at: NOON - 9 })]);
    await store.fence([messageRow('m1', { person: loser })]);
    await store.keepMail({ id: 'm1', person: loser, channel: 'email', to: 'a@example.com', at: NOON, content: {} });
    await store.copy([
      { person: loser, intents: [line('1.0', NOON + 1), { kind: 'done', id: 'old' }] },
      { person: winner, intents: [line('1.0', NOON), line('2.0', NOON + 2)] },
    ]);
    await store.alias(loser, winner);
    expect((await store.message('m1'))!.person).toBe(winner);
    await store.fence([messageRow('late', { person: loser })]);
    expect((await store.message('late'))!.person).toBe(winner);
    expect((await store.mails({ limit: 1 }))[0]!.person).toBe(winner);
    const lines = await store.journal({ person: winner, limit: 10 });
    expect(lines.map(({ at, person }) => [at, person])).toEqual([
      [NOON, winner],
      [NOON + 1, winner],
      [NOON + 2, winner],
    ]);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(3);
    const [orders] = await store.history([{ person: winner, name: 'order.placed', since: null, limit: 5 }]);
    expect(orders!.map(({ id }) => id)).toEqual(['old']);
    const mine = await store.events({ person: loser, limit: 10 });
    expect(mine.map(({ person }) => person)).toEqual([winner, winner, winner]);
  });

  promise('makes the winner due for what the loser had not read', async ({ store }) => {
    const { winner, loser } = await couple(store);
    await rest(store, winner);
    await rest(store, loser);
    await store.copy([{ person: winner, intents: [{ kind: 'done', id: 'first-of-winner' }] }]);
    await store.ingest([event('unread', { who: ['user:loser'], received: NOON + 5 })]);
    const loaded = await loadOne(store, winner);
    await store.alias(loser, winner);
    expect(await store.commit([change(loaded, {}, { exclusive: true })], null)).toEqual(['lost']);
    const claim = await store.claim({ lane: null, now: NOON + 5, limit: 10, tick: 0, leaseMs: 1 });
    expect(claim.people).toEqual([winner]);
    const after = await loadOne(store, winner);
    expect(after.inboxSeq).toBeGreaterThan(loaded.inboxSeq);
    expect(after.events.map(({ id }) => id)).toEqual(['first-of-loser', 'unread']);
  });

  promise('copies what the loser still had to say, once, and late copies too', async ({ store }) => {
    const { winner, loser } = await couple(store);
    const intents = [
      line('1.0'),
      { kind: 'emit', id: 'said', event: { name: 'said', at: NOON, data: {}, hops: 1 } } as const,
    ];
    await rest(store, loser, { into: winner, intents });
    await store.alias(loser, winner);
    expect(await store.journal({ person: winner, limit: 10 })).toHaveLength(1);
    await store.copy([{ person: loser, intents }]);
    expect(await store.journal({ limit: 10 })).toHaveLength(1);
    expect((await loadOne(store, winner)).events.map(({ id }) => id)).toContain('said');
    expect(await store.counts()).toMatchObject({ events: 3 });
  });

  promise('is idempotent, and a loser commits no more', async ({ store }) => {
    const { winner, loser } = await couple(store);
    const loaded = await loadOne(store, loser);
    await store.alias(loser, winner);
    const once = await store.counts();
    const { inboxSeq } = await loadOne(store, winner);
    await store.alias(loser, winner);
    await store.alias(winner, loser);
    expect(await store.counts()).toEqual(once);
    expect((await loadOne(store, winner)).inboxSeq).toBe(inboxSeq);
    expect(await store.commit([change(loaded)], null)).toEqual(['lost']);
  });

  promise('forgets where the loser stood', async ({ store }) => {
    const { winner, loser } = await couple(store);
    await rest(store, loser, { enrollments: [enrollment('cart')] });
    expect(await store.people({ limit: 10, inside: 'cart' })).toHaveLength(1);
    await store.alias(loser, winner);
    expect(await store.people({ limit: 10, inside: 'cart' })).toEqual([]);
    expect(await store.counts()).toMatchObject({ people: 1, enrollments: 0 });
  });
}
