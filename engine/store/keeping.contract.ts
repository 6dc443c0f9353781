// Contract chapter: what goes with time, in slices, and what stays: everything that still matters to somebody, and sums.

import { expect } from '@jest/globals';
import type { Intent, Person } from '../core/person.ts';
import type { Forgettable } from '../ports/keeping.ts';
import type { Store } from '../ports/store.ts';
import {
  change,
  enrollment,
  event,
  ledgerChange,
  loadOne,
  messageRow,
  NOON,
  outboxItem,
  personNamed,
} from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const DAY = 86_400_000;
const LATER = NOON + 100 * DAY;

/** Slice after slice until nothing more of a kind goes. */
async function forgetAll(store: Store, kind: Forgettable, before: number, limit = 1_000): Promise<number> {
  let gone = 0;
  let after: string | null = null;
  for (let slices = 0; slices < 1_000; slices += 1) {
    const slice = await store.forget({ kind, before, after, limit, budgetMs: 1_000 });
    gone += slice.gone;
    after = slice.next;
    if (after === null) return gone;
  }
  throw new Error(`forgetting ${kind} finds no end`);
}

/** Commits without anything unread or uncopied. */
async function settle(store: Store, id: string, edit: Partial<Person> = {}): Promise<void> {
  const loaded = await loadOne(store, id);
  await store.copy([{ person: id, intents: loaded.events.map((one): Intent => ({ kind: 'done', id: one.id })) }]);
  await store.commit([change(await loadOne(store, id), edit)], null);
}

const line = (id: string, at: number, fields: object = {}): Intent => ({
  kind: 'journal',
  id,
  entry: { at, kind: 'entered', journey: 'cart', version: 'v1', enrollment: 'enrollment-cart', ...fields },
});

async function visitor(store: Store, name: string, edit: Partial<Person> = {}): Promise<string> {
  const [receipt] = await store.ingest([event(`first-of-${name}`, { who: [`anonymous:${name}`] })]);
  const id = receipt!.person!;
  await settle(store, id, { identities: [`anonymous:${name}`], ...edit });
  return id;
}

export function keepingPromises(promise: Promises): void {
  promise('forgets applied events by their arrival, slice by slice, and never one that waits', async ({ store }) => {
    const anna = await personNamed(store, 'anna');
    await store.ingest(Array.from({ length: 40 }, (_, n) => event(`old${n}`, { received: NOON + n })));
    await settle(store, anna);
    await store.ingest([event('waits'), event('young', { received: LATER })]);
    const first = await store.forget({ kind: 'events', before: LATER, after: null, limit: 16, budgetMs: 1_000 });
    expect(first).toEqual({ gone: 16, next: expect.any(String) });
    expect(await forgetAll(store, 'events', LATER, 16)).toBe(25);
    expect((await store.events({ limit: 99 })).map(({ id }) => id)).toEqual(['waits', 'young']);
    const [history] = await store.history([{ person: anna, name: 'cart.updated', since: null, limit: 9 }]);
    expect(history).toEqual([]);
    expect(await forgetAll(store, 'events', LATER)).toBe(0);
  });

  promise(
    'forgets lines of enrollments that ended, keeps those of living ones, and counts what is gone',
    async ({ store }) => {
      const anna = await personNamed(store, 'anna');
      await settle(store, anna, { enrollments: [enrollment('cart')] });
      const ended = { enrollment: 'ended' };
      await store.copy([
        {
          person: anna,
          intents: [
            line('1.1', NOON),
            line('1.2', NOON, ended),
            line('1.3', NOON + 1, { ...ended, kind: 'exited', reason: 'converted' }),
            line('1.4', NOON + 2, { ...ended, kind: 'moved', step: '2' }),
            line('1.5', LATER, ended),
            { kind: 'journal', id: '1.6', entry: { at: NOON, kind: 'merged' } },
          ],
        },
      ]);
      expect(await forgetAll(store, 'journal', LATER, 1)).toBe(4);
      expect((await store.journal({ limit: 9 })).map(({ id }) => id)).toEqual(['1.1', '1.5']);
      const of = { journey: 'cart', version: 'v1', amount: 1 };
      expect(await store.tallies({})).toEqual([
        { ...of, step: '', name: 'entered' },
        { ...of, step: '', name: 'exits:converted' },
        { ...of, step: '2', name: 'visited' },
      ]);
      expect(await store.tallies({ journey: 'welcome' })).toEqual([]);
      expect(await store.horizons()).toEqual({ journal: LATER });
    },
  );

  promise('forgets settled rows of the ledger whose last word is old, and no other', async ({ store }) => {
    const anna = await personNamed(store, 'anna');
    await settle(store, anna, { enrollments: [enrollment('welcome')] });
    await store.fence([
      messageRow('old', { person: anna }),
      messageRow('opened-lately', { person: anna }),
      messageRow('without-outcome', { person: anna }),
      messageRow('of-a-living', { person: anna, journey: 'welcome' }),
    ]);
    const sent = (id: string): Intent => ({ kind: 'ledger', id, change: ledgerChange(id, 'sent', NOON + 1) });
    const opened = ledgerChange('opened-lately', 'opened', LATER);
    await store.copy([
      { person: anna, intents: [sent('old'), sent('opened-lately'), sent('of-a-living')] },
      { person: anna, intents: [{ kind: 'ledger', id: '9', change: opened }] },
    ]);
    expect(await forgetAll(store, 'messages', LATER, 1)).toBe(1);
    const left = (await store.messages({ limit: 9 })).map(({ id }) => id).sort();
    expect(left).toEqual(['of-a-living', 'opened-lately', 'without-outcome']);
    expect(await store.tallies({})).toEqual([{ journey: 'cart', version: 'v1', step: '1', name: 'sent', amount: 1 }]);
  });

  promise('brings nothing back that is copied once more, and counts nothing twice', async ({ store }) => {
    const anna = await personNamed(store, 'anna');
    const row = messageRow('m1', { person: anna, status: 'skipped' });
    const intents: Intent[] = [
      line('2.1', NOON, { enrollment: 'ended' }),
      { kind: 'ledger', id: '2.2', change: ledgerChange('m1', 'skipped', NOON, { reason: 'capped', row }) },
      { kind: 'emit', id: 'emitted', event: { name: 'cart.forgotten', at: NOON, data: {}, hops: 1 } },
    ];
    await settle(store, anna, { intents });
    await store.copy([{ person: anna, intents }]);
    await settle(store, anna, { intents });
    await store.copy([{ person: anna, intents }]);
    for (const kind of ['journal', 'messages', 'events'] as const)
      expect(await forgetAll(store, kind, LATER)).not.toBe(0);
    const sums = await store.tallies({});
    await store.copy([{ person: anna, intents }]);
    expect(await store.counts()).toMatchObject({ journal: 0, messages: 0, events: 0 });
    expect(await store.tallies({})).toEqual(sums);
  });

  promise('copies what is old for whoever it was never copied for', async ({ store }) => {
    const [anna, bert] = [await personNamed(store, 'anna'), await personNamed(store, 'bert')];
    await store.copy([{ person: anna, intents: [line('1.1', NOON, { enrollment: 'ended' })] }]);
    expect(await forgetAll(store, 'journal', LATER)).toBe(1);
    const intents = [line('1.1', NOON, { enrollment: 'ended' })];
    await settle(store, bert, { intents });
    await store.copy([{ person: bert, intents }]);
    expect(await store.journal({ limit: 9 })).toMatchObject([{ person: bert, id: '1.1' }]);
  });

  promise("forgets the sandbox's messages and refused bodies by their age", async ({ store }) => {
    const mail = { person: 'p1', channel: 'email', to: 'a@example.com', content: {} };
    await store.keepMail({ ...mail, id: 'old', at: NOON });
    await store.keepMail({ ...mail, id: 'young', at: LATER });
    await store.keepRefused({ at: NOON, source: 's', code: 'c', detail: 'd', body: 'b' });
    expect(await forgetAll(store, 'mails', LATER)).toBe(1);
    expect((await store.mails({ limit: 9 })).map(({ id }) => id)).toEqual(['young']);
    expect(await forgetAll(store, 'refused', LATER)).toBe(1);
    expect(await store.refused(9)).toEqual([]);
    expect(await forgetAll(store, 'pages', LATER)).toBeGreaterThanOrEqual(0);
  });

  promise('forgets visitors whole, and leaves their ledger rows without person and content', async ({ store }) => {
    const gone = await visitor(store, 'gone');
    await store.fence([messageRow('m1', { person: gone, contentHash: 'hash' })]);
    await store.copy([{ person: gone, intents: [line('1.1', NOON, { enrollment: 'ended' })] }]);
    await store.keepMail({ id: 'm1', person: gone, channel: 'push', to: 'x', at: NOON, content: {} });
    const loaded = await loadOne(store, gone);
    expect(await forgetAll(store, 'people', LATER, 1)).toBe(1);
    expect(await store.load([gone])).toEqual([]);
    expect(await store.find('anonymous:gone')).toBeNull();
    expect(await store.events({ limit: 9 })).toEqual([]);
    expect(await store.journal({ limit: 9 })).toEqual([]);
    expect(await store.mails({ limit: 9 })).toEqual([]);
    expect(await store.message('m1')).toMatchObject({ person: '', to: null, contentHash: null, status: 'sending' });
    expect(await store.tallies({})).toMatchObject([{ name: 'entered', amount: 1 }]);
    expect(await store.commit([change(loaded)], null)).toEqual(['lost']);
    // Who comes again is somebody new.
    const [receipt] = await store.ingest([event('again', { who: ['anonymous:gone'] })]);
    expect(receipt).toMatchObject({ outcome: 'stored', person: expect.not.stringMatching(gone) });
  });

  promise(
    'keeps whoever is known, reachable, inside, waited for, unread, claimed or seen lately',
    async ({ store }) => {
      await personNamed(store, 'known').then((id) => settle(store, id, { identities: ['user:known'] }));
      await visitor(store, 'reachable', { traits: { push: { value: 'https://push', at: NOON, by: 'e' } } });
      await visitor(store, 'inside', { enrollments: [enrollment('cart')] });
      await visitor(store, 'writes', { outbox: [outboxItem('m1')] });
      await visitor(store, 'lately', { lastSeenAt: LATER });
      await visitor(store, 'unread');
      await store.ingest([event('unread', { who: ['anonymous:unread'] })]);
      await visitor(store, 'uncopied', { intents: [line('1.1', NOON)] });
      await visitor(store, 'aliased');
      await store.ingest([event('alias', { who: ['anonymous:aliased'], aliases: ['user:aliased'] })]);
      await settle(store, (await store.find('anonymous:aliased'))!);
      const claimed = await visitor(store, 'claimed');
      await store.commit([change(await loadOne(store, claimed), {}, { wakeAt: NOON })], null);
      const before = (await store.counts()).people;
      const claim = await store.claim({ lane: null, now: LATER, limit: 99, tick: 0, leaseMs: 1_000 });
      expect(claim.people).toContain(claimed);
      expect(await forgetAll(store, 'people', LATER)).toBe(0);
      await store.release(claim);
      expect(await forgetAll(store, 'people', LATER)).toBe(1);
      expect(await store.counts()).toMatchObject({ people: before - 1 });
      expect(await store.find('anonymous:claimed')).toBeNull();
    },
  );
}
