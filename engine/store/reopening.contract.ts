// Contract chapter for adapters that persist: what was acknowledged is there when the store is opened again.

import { expect } from '@jest/globals';
import type { Store } from '../ports/store.ts';
import { change, enrollment, event, loadOne, messageRow, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

async function everything(store: Store) {
  const people = await store.people({ limit: 100 });
  const loaded = await store.load(people.map(({ id }) => id));
  const [workspace, messages, journal] = [
    await store.workspace(),
    await store.messages({ limit: 9 }),
    await store.journal({ limit: 9 }),
  ];
  const [events, mails, refused] = [
    await store.events({ limit: 99 }),
    await store.mails({ limit: 9 }),
    await store.refused(9),
  ];
  const [wake, suppressed] = [await store.nextWake(), await store.suppressed(['email:x@example.com'])];
  const found = await store.find('user:loser');
  const versions = await store.versions('cart');
  return {
    loaded,
    workspace,
    versions,
    messages,
    journal,
    events,
    mails,
    refused,
    wake,
    suppressed,
    found,
    counts: await store.counts(),
  };
}

export function reopeningPromises(promise: Promises): void {
  promise('keeps everything', async ({ store, reopen }) => {
    const [anna, loser] = [await personNamed(store, 'anna'), await personNamed(store, 'loser')];
    const edit = { enrollments: [enrollment('cart')], applied: ['first-of-anna'] };
    await store.commit([change(await loadOne(store, anna), edit, { wakeAt: NOON + 5 })], null);
    await store.alias(loser, anna);
    await store.fence([messageRow('m1', { person: anna })]);
    await store.copy([
      { person: anna, intents: [{ kind: 'journal', id: '1.0', entry: { at: NOON, kind: 'entered' } }] },
    ]);
    const version = { hash: 'h1', journey: 'cart', yaml: 'y', parent: null, deployedAt: NOON, author: 'me' };
    await store.deploy({ settings: 's', journeys: [{ id: 'cart', version, expect: null, templates: { a: 'b' } }] });
    await store.keepMail({
      id: 'm1',
      person: anna,
      channel: 'email',
      to: 'a@example.com',
      at: NOON,
      content: { a: 1 },
    });
    await store.keepRefused({ at: NOON, source: 's', code: 'c', detail: 'd', body: 'b' });
    await store.suppress('email:x@example.com', 'bounced', NOON);
    await store.setMeta('secret', 'x');
    const before = await everything(store);
    expect(before.counts).toEqual({
      people: 1,
      events: 2,
      undone: 2,
      messages: 1,
      journal: 1,
      enrollments: 1,
      faulted: 0,
    });
    const again = await reopen!();
    expect(await everything(again)).toEqual(before);
    expect(await again.meta('secret')).toBe('x');
  });

  promise('voids claims: nobody from before may commit, everybody is free', async ({ store, reopen }) => {
    const id = await personNamed(store, 'anna');
    const request = { lane: null, now: NOON, limit: 9, tick: 0, leaseMs: 1_000 };
    const old = await store.claim(request);
    const again = await reopen!();
    expect((await again.claim(request)).people).toEqual([id]);
    expect(await again.commit([change(await loadOne(again, id))], old)).toEqual(['lost']);
  });

  promise('knows a duplicate of an event from before', async ({ store, reopen }) => {
    await store.ingest([event('e1')]);
    const again = await reopen!();
    expect(await again.ingest([event('e1')])).toMatchObject([{ outcome: 'duplicate' }]);
  });
}
