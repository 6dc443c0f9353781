// Contract chapter: somebody is erased. What is theirs is gone, what it counted for stays, and nothing on its way for them
// brings them back.

import { expect } from '@jest/globals';
import type { Intent } from '../core/person.ts';
import type { Erasure } from '../ports/erasing.ts';
import type { Store } from '../ports/store.ts';
import {
  change,
  enrollment,
  event,
  ledgerChange,
  loadOne,
  messageRow,
  NOON,
  personNamed,
} from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const KNOWN = ['user:anna', 'email:anna@example.com', 'phone:+37120000000'];
const line = (id: string, fields: object = {}): Intent => ({
  kind: 'journal',
  id,
  entry: { at: NOON, kind: 'entered', journey: 'cart', version: 'v1', enrollment: 'enrollment-cart', ...fields },
});

async function erasureOf(store: Store, person: string, fields: Partial<Erasure> = {}): Promise<Erasure> {
  const { person: found, inboxSeq } = await loadOne(store, person);
  return { person, rev: found.rev, inboxSeq, at: NOON + 9, known: KNOWN, marks: ['erased:mark'], ...fields };
}

async function anna(store: Store): Promise<string> {
  const [receipt] = await store.ingest([event('first', { who: KNOWN, data: { note: 'secret' } })]);
  return receipt!.person!;
}

export function erasurePromises(promise: Promises): void {
  promise('P21 removes a person from everywhere, and nobody else from anywhere', async ({ store }) => {
    const [id, boris] = [await anna(store), await personNamed(store, 'boris')];
    await store.ingest([event('nobody', { who: [] })]);
    await store.copy([
      { person: id, intents: [line('1.1')] },
      { person: boris, intents: [line('1.1')] },
    ]);
    const mail = { channel: 'email', to: 'anna@example.com', at: NOON, content: {} };
    await store.fence([messageRow('m2', { person: id })]);
    await store.keepMail({ ...mail, id: 'm1', person: id });
    // A channel calls them by their own name.
    await store.keepMail({ ...mail, id: 'm2', person: 'anna' });
    await store.suppress('sms:+37120000000', 'stop', NOON);
    const refused = { at: NOON, source: 's', code: 'c', detail: 'd' };
    await store.keepRefused({ ...refused, body: '{"email":"ANNA@example.com"}' });
    await store.keepRefused({ ...refused, body: 'phone=%2B371+20000000' });
    await store.keepRefused({ ...refused, body: '{"email":"joanna@example.org","userId":"annabel"}' });
    const loaded = await loadOne(store, id);
    await store.commit([change(loaded, { enrollments: [enrollment('cart')] }, { wakeAt: NOON })], null);

    const erased = await store.erase(await erasureOf(store, id));
    expect(erased).toMatchObject({ events: 1, journal: 1, mails: 2, refused: 2 });
    expect([...erased!.identities].sort()).toEqual([...KNOWN].sort());

    expect(await store.load([id])).toEqual([]);
    for (const key of KNOWN) expect(await store.find(key)).toBeNull();
    expect(await store.people({ limit: 9 })).toMatchObject([{ id: boris }]);
    expect(await store.people({ limit: 9, inside: 'cart' })).toEqual([]);
    expect((await store.events({ limit: 9 })).map(({ id: one }) => one)).toEqual(['first-of-boris', 'nobody']);
    expect((await store.journal({ limit: 9 })).map(({ person }) => person)).toEqual([boris]);
    expect(await store.mails({ limit: 9 })).toEqual([]);
    await store.keepMail({ ...mail, id: 'm2', person: 'anna' });
    expect(await store.mails({ limit: 9 })).toEqual([]);
    expect((await store.refused(9)).map(({ body }) => body)).toEqual([
      '{"email":"joanna@example.org","userId":"annabel"}',
    ]);
    expect(await store.suppressions({ limit: 9 })).toEqual([
      { address: 'erased:mark', reason: 'erased', at: NOON + 9 },
    ]);
    expect(await store.counts()).toMatchObject({ people: 1, enrollments: 0, journal: 1 });
    const claim = await store.claim({ lane: null, now: NOON + 99, limit: 9, tick: 0, leaseMs: 1 });
    expect(claim.people).not.toContain(id);
  });

  promise('counts what is gone, and what was not copied yet', async ({ store }) => {
    const id = await anna(store);
    const intents = [line('2.1', { enrollment: 'other' })];
    await store.copy([{ person: id, intents: [line('1.1')] }]);
    await store.commit([change(await loadOne(store, id), { intents, enrollments: [enrollment('cart')] })], null);
    await store.erase(await erasureOf(store, id));
    expect(await store.journal({ limit: 9 })).toEqual([]);
    expect(await store.tallies({ journey: 'cart' })).toEqual([
      { journey: 'cart', version: 'v1', step: '', name: 'entered', amount: 2 },
      { journey: 'cart', version: 'v1', step: '', name: 'exits:erased', amount: 1 },
    ]);
    // The copy of before, told again.
    await store.copy([{ person: id, intents }]);
    expect(await store.journal({ limit: 9 })).toEqual([]);
  });

  promise('leaves ledger rows that say nothing of anybody', async ({ store }) => {
    const id = await anna(store);
    const proof = { granted: true, at: NOON, by: 'e', source: 'form', text: 'yes, anna', scope: 'email' };
    const fields = { person: id, proof, contentHash: 'hash', providerId: 'provider' };
    await store.fence([messageRow('failed', fields), messageRow('begun', fields), messageRow('left', fields)]);
    await store.copy([
      {
        person: id,
        intents: [
          {
            kind: 'ledger',
            id: '1',
            change: ledgerChange('failed', 'failed', NOON, { reason: 'address: <anna@example.com> is not here' }),
          },
          { kind: 'ledger', id: '2', change: ledgerChange('left', 'opened', NOON + 3) },
          {
            kind: 'ledger',
            id: '3',
            change: ledgerChange('waits', 'held', NOON, {
              row: messageRow('waits', { ...fields, status: 'held', reason: 'quiet' }),
            }),
          },
        ],
      },
    ]);
    expect(await store.erase(await erasureOf(store, id))).toMatchObject({ messages: 4 });
    const nothing = { person: '', to: null, proof: null, contentHash: null, providerId: null };
    expect(await store.message('failed')).toMatchObject({ ...nothing, status: 'failed', reason: null });
    expect(await store.message('left')).toMatchObject({ ...nothing, status: 'opened', times: { opened: NOON + 3 } });
    expect(await store.message('begun')).toMatchObject({ ...nothing, status: 'unknown' });
    expect(await store.message('waits')).toMatchObject({ ...nothing, status: 'skipped', reason: 'exited' });
    expect(JSON.stringify(await store.messages({ limit: 9 }))).not.toContain('anna');
    expect((await store.messages({ limit: 9, status: ['skipped'] })).map(({ id: one }) => one)).toEqual(['waits']);
  });

  promise(
    'P21 is undone by nothing that was on its way: commits, fences, copies, mails, outcomes',
    async ({ store }) => {
      const id = await anna(store);
      const loaded = await loadOne(store, id);
      const claim = await store.claim({ lane: null, now: NOON, limit: 9, tick: 0, leaseMs: 1_000 });
      await store.erase(await erasureOf(store, id));
      expect(await store.commit([change(loaded)], claim)).toEqual(['lost']);
      expect(await store.commit([change(loaded)], null, true)).toEqual(['lost']);
      expect(await store.fence([messageRow('m1', { person: id })])).toEqual([false]);
      await store.copy([
        {
          person: id,
          intents: [
            line('9.1'),
            { kind: 'emit', id: 'said', event: { name: 'said', at: NOON, data: { note: 'secret' }, hops: 1 } },
            {
              kind: 'ledger',
              id: '9.2',
              change: ledgerChange('m2', 'held', NOON, { row: messageRow('m2', { person: id }) }),
            },
            { kind: 'done', id: 'first' },
          ],
        },
      ]);
      await store.keepMail({ id: 'm1', person: id, channel: 'email', to: 'anna@example.com', at: NOON, content: {} });
      await store.alias(id, await personNamed(store, 'boris'));
      const [receipt] = await store.ingest([event('outcome', { person: id, who: [], data: { note: 'secret' } })]);
      expect(receipt).toEqual({ id: 'outcome', outcome: 'stored', person: null });
      expect(await store.ingest([event('outcome', { person: id, who: [] })])).toMatchObject([{ outcome: 'duplicate' }]);
      expect(await store.messages({ limit: 9 })).toEqual([]);
      expect(await store.mails({ limit: 9 })).toEqual([]);
      expect(await store.journal({ limit: 9 })).toEqual([]);
      expect(JSON.stringify(await store.events({ limit: 9 }))).not.toMatch(/secret|anna/);
      expect((await store.people({ limit: 9 })).map(({ identities }) => identities)).toEqual([[]]);
    },
  );

  promise('takes nobody who has changed since, and nobody twice', async ({ store }) => {
    const id = await anna(store);
    const before = await erasureOf(store, id);
    await store.ingest([event('later', { who: ['user:anna'] })]);
    expect(await store.erase(before)).toBeNull();
    const arrived = await erasureOf(store, id);
    await store.commit([change(await loadOne(store, id))], null);
    expect(await store.erase(arrived)).toBeNull();
    expect((await loadOne(store, id)).events).toHaveLength(2);
    const now = await erasureOf(store, id);
    expect(await store.erase(now)).not.toBeNull();
    expect(await store.erase(now)).toBeNull();
  });

  promise('also knows whom they had been before a merge', async ({ store }) => {
    const [id, loser] = [await anna(store), await personNamed(store, 'loser')];
    await store.alias(loser, id);
    expect((await store.erase(await erasureOf(store, id)))!.identities).toContain('user:loser');
    expect(await store.fence([messageRow('m1', { person: loser })])).toEqual([false]);
    expect(await store.load([loser])).toEqual([]);
    // Who comes again is somebody new.
    const [receipt] = await store.ingest([event('again', { who: ['user:loser'] })]);
    expect(receipt).toMatchObject({ outcome: 'stored', person: expect.not.stringMatching(`${id}|${loser}`) });
  });

  promise('scrubs what was deleted to an end', async ({ store }) => {
    let next: number | null = 0;
    for (let slices = 0; slices < 100 && next !== null; slices += 1) next = (await store.scrub(next)).next;
    expect(next).toBeNull();
  });
}
