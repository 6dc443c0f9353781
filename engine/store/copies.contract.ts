// Contract chapter: intents copied where they belong, late, repeated and shuffled; and the fence before every hand-over.

import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { Intent, JournalEntry, LedgerChange, MessageStatus } from '../core/person.ts';
import { change, ledgerChange, loadOne, messageRow, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const entered: JournalEntry = { at: NOON, kind: 'entered', journey: 'cart', because: 'e1' };
const ledger = (id: string, change: LedgerChange): Intent => ({ kind: 'ledger', id, change });

const STATUSES: readonly MessageStatus[] = [
  'held',
  'sending',
  'unknown',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'bounced',
  'failed',
  'skipped',
];

export function copyPromises(promise: Promises): void {
  promise('copies the same intents once, however often', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const intents: Intent[] = [
      { kind: 'journal', id: '1.0', entry: entered },
      ledger(
        '1.1',
        ledgerChange('m1', 'skipped', NOON, {
          reason: 'no_consent',
          row: messageRow('m1', { person, status: 'skipped' }),
        }),
      ),
      { kind: 'emit', id: 'emit-1', event: { name: 'cart.forgotten', at: NOON + 1, data: { a: 1 }, hops: 2 } },
      { kind: 'done', id: 'first-of-anna' },
    ];
    for (let n = 0; n < 3; n += 1) await store.copy([{ person, intents }]);
    expect(await store.journal({ person, limit: 10 })).toEqual([{ ...entered, person, id: '1.0' }]);
    expect(await store.message('m1')).toMatchObject({
      person,
      status: 'skipped',
      reason: 'no_consent',
      times: { skipped: NOON },
    });
    const { events, inboxSeq } = await loadOne(store, person);
    expect(events).toMatchObject([
      {
        id: 'emit-1',
        source: 'tropa',
        name: 'cart.forgotten',
        at: NOON + 1,
        received: NOON + 1,
        data: { a: 1 },
        hops: 2,
      },
    ]);
    expect(inboxSeq).toBe(2);
    expect(await store.counts()).toMatchObject({ events: 2, undone: 1, journal: 1, messages: 1 });
  });

  promise('keeps an event its own turn has applied, once, and tells nobody of it', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const told = await loadOne(store, person);
    const event = { name: 'message.sent', at: NOON + 1, data: { message: 'm1' }, hops: 0 };
    const intents: Intent[] = [{ kind: 'emit', id: 'sent-1', event, applied: true }];
    const again = { id: 'sent-1', source: 'tropa', received: NOON, who: [], person, ...event };
    for (let n = 0; n < 3; n += 1) await store.copy([{ person, intents }]);
    expect(await loadOne(store, person)).toMatchObject({ inboxSeq: told.inboxSeq, events: told.events });
    expect(await store.events({ person, name: 'message.sent', limit: 10 })).toMatchObject([
      { id: 'sent-1', source: 'tropa', at: NOON + 1, received: NOON + 1, data: { message: 'm1' }, done: true },
    ]);
    expect(await store.history([{ person, name: 'message.sent', since: null, limit: 10 }])).toMatchObject([
      [{ id: 'sent-1', at: NOON + 1 }],
    ]);
    expect(await store.ingest([again])).toMatchObject([{ outcome: 'duplicate' }]);
    expect(await store.commit([change(told, {}, { exclusive: true })], null)).toEqual(['won']);
  });

  promise('keeps journal lines of two people apart though their ids are equal', async ({ store }) => {
    const [anna, bert] = [await personNamed(store, 'anna'), await personNamed(store, 'bert')];
    const intents: Intent[] = [{ kind: 'journal', id: '1.0', entry: entered }];
    await store.copy([
      { person: anna, intents },
      { person: bert, intents },
    ]);
    expect((await store.journal({ limit: 10 })).map(({ person }) => person).sort()).toEqual([anna, bert].sort());
  });

  promise('raises a row to the same end in any order and repetition', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    let n = 0;
    const changes = fc.array(
      fc.record({ status: fc.constantFrom(...STATUSES), late: fc.integer({ min: 0, max: 5 }) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(changes, fc.infiniteStream(fc.nat()), async (drawn, chance) => {
        n += 1;
        const shuffled = [...drawn, drawn[0]!]
          .map((one) => ({ one, by: chance.next().value as number }))
          .sort((a, b) => a.by - b.by);
        for (const [id, list] of [
          [`a${n}`, drawn],
          [`b${n}`, shuffled.map(({ one }) => one)],
        ] as const) {
          expect(await store.fence([messageRow(id, { person })])).toEqual([true]);
          const intents = list.map(({ status, late }, k) =>
            ledger(`${n}.${k}`, ledgerChange(id, status, NOON + late, { reason: `r${late}` })),
          );
          for (const intent of intents) await store.copy([{ person, intents: [intent] }]);
        }
        const [a, b] = [await store.message(`a${n}`), await store.message(`b${n}`)];
        expect({ ...b, id: 'x' }).toEqual({ ...a, id: 'x' });
        for (const { status } of drawn) expect(a!.times[status]).toBeDefined();
      }),
      { numRuns: 25 },
    );
  });

  promise('notes what a machine opened without moving the row', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    await store.fence([messageRow('m1', { person })]);
    await store.copy([{ person, intents: [ledger('1', ledgerChange('m1', 'opened', NOON + 1, { machine: true }))] }]);
    expect(await store.message('m1')).toMatchObject({ status: 'sending', times: { machine_opened: NOON + 1 } });
  });

  promise('makes no row of a change that does not know the rest of it', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    await store.copy([{ person, intents: [ledger('1', ledgerChange('m1', 'opened', NOON))] }]);
    expect(await store.message('m1')).toBeNull();
  });

  promise('lets exactly one of twenty pass the fence', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.fence([messageRow('m1', { person })])));
    expect(answers.flat().filter((mine) => mine)).toHaveLength(1);
    expect(await store.message('m1')).toMatchObject({ status: 'sending', person });
  });

  promise('passes the fence over a hold and an older generation, and over nothing else', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    for (const status of STATUSES) {
      const row = messageRow(status, { person, status });
      await store.copy([{ person, intents: [ledger(status, ledgerChange(status, status, NOON, { row }))] }]);
    }
    const passed = await store.fence(STATUSES.map((status) => messageRow(status, { person, status: 'sending' })));
    expect(STATUSES.filter((_, n) => passed[n])).toEqual(['held']);
    expect(await store.message('held')).toMatchObject({ status: 'sending', times: { held: NOON } });
    expect(await store.fence([messageRow('unknown', { person, generation: 1 })])).toEqual([true]);
    expect(await store.message('unknown')).toMatchObject({
      status: 'sending',
      generation: 1,
      times: { unknown: NOON },
    });
    expect(await store.fence([messageRow('unknown', { person, generation: 1 })])).toEqual([false]);
  });

  promise('a late word about an earlier generation does not move a later one', async ({ store }) => {
    const person = await personNamed(store, 'anna');
    await store.fence([messageRow('m1', { person, generation: 1 })]);
    const late = ledgerChange('m1', 'unknown', NOON + 1, { row: messageRow('m1', { person, generation: 0 }) });
    await store.copy([{ person, intents: [ledger('1', late)] }]);
    expect(await store.message('m1')).toMatchObject({ status: 'sending', generation: 1 });
  });
}
