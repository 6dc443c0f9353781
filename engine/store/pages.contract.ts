// Contract chapter: what screens and commands read, page by page, and the small things a store keeps.

import { expect } from '@jest/globals';
import type { Intent } from '../core/person.ts';
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

const DAY = 86_400_000;

export function pagePromises(promise: Promises): void {
  promise('pages through people, those inside a journey, and those with a fault', async ({ store }) => {
    const fault = { at: NOON, code: 'E_X', message: 'broken', step: '1' };
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await personNamed(store, name));
    const [a, b] = ids as [string, string, string, string];
    await store.commit(
      [change(await loadOne(store, a), { enrollments: [enrollment('cart', { fault }), enrollment('cart')] })],
      null,
    );
    await store.commit(
      [change(await loadOne(store, b), { enrollments: [enrollment('cart'), enrollment('welcome')] })],
      null,
    );
    const sorted = [...ids].sort();
    const first = await store.people({ limit: 3 });
    expect(first.map(({ id }) => id)).toEqual(sorted.slice(0, 3));
    expect((await store.people({ after: first.at(-1)!.id, limit: 3 })).map(({ id }) => id)).toEqual(sorted.slice(3));
    expect((await store.people({ inside: 'cart', limit: 9 })).map(({ id }) => id)).toEqual([a, b].sort());
    expect((await store.people({ inside: 'welcome', limit: 9 })).map(({ id }) => id)).toEqual([b]);
    expect((await store.people({ faulted: true, limit: 9 })).map(({ id }) => id)).toEqual([a]);
    expect(await store.counts()).toMatchObject({ people: 4, enrollments: 4, faulted: 1 });
    await store.commit([change(await loadOne(store, b), { enrollments: [enrollment('welcome')] })], null);
    expect((await store.people({ inside: 'cart', limit: 9 })).map(({ id }) => id)).toEqual([a]);
    expect(await store.counts()).toMatchObject({ enrollments: 3 });
  });

  promise('pages through the events of a source, the latest first, those of nobody among them', async ({ store }) => {
    const told = [
      event('e1', { source: 'shop', received: NOON }),
      event('e2', { source: 'shop', received: NOON + 2, who: [], name: 'stock.changed' }),
      event('e3', { source: 'shop', received: NOON + 2 }),
      event('e4', { source: 'app', received: NOON + 3 }),
    ];
    await store.ingest(told);
    const ids = async (filter: Parameters<typeof store.events>[0]) => (await store.events(filter)).map(({ id }) => id);
    expect(await ids({ source: 'shop', newest: true, limit: 9 })).toEqual(['e3', 'e2', 'e1']);
    expect(await ids({ source: 'shop', newest: true, after: 'e2', limit: 9 })).toEqual(['e1']);
    expect(await ids({ source: 'shop', limit: 2 })).toEqual(['e1', 'e2']);
    expect(await ids({ newest: true, limit: 1 })).toEqual(['e4']);
  });

  promise('pages through messages, newest first, by person, journey, channel and status', async ({ store }) => {
    const [anna, bert] = [await personNamed(store, 'anna'), await personNamed(store, 'bert')];
    await store.fence([
      messageRow('m1', { person: anna, at: NOON }),
      messageRow('m2', { person: anna, at: NOON + 1, channel: 'sms' }),
      messageRow('m3', { person: bert, at: NOON + 1, journey: 'welcome' }),
      messageRow('m4', { person: bert, at: NOON - 1 }),
    ]);
    await store.copy([
      { person: anna, intents: [{ kind: 'ledger', id: '1', change: ledgerChange('m1', 'sent', NOON) }] },
    ]);
    const ids = async (filter: Parameters<typeof store.messages>[0]) =>
      (await store.messages(filter)).map(({ id }) => id);
    expect(await ids({ limit: 9 })).toEqual(['m3', 'm2', 'm1', 'm4']);
    expect(await ids({ limit: 2, before: 'm3' })).toEqual(['m2', 'm1']);
    expect(await ids({ limit: 9, person: anna })).toEqual(['m2', 'm1']);
    expect(await ids({ limit: 9, journey: 'cart', before: 'm1' })).toEqual(['m4']);
    expect(await ids({ limit: 9, channel: 'sms' })).toEqual(['m2']);
    expect(await ids({ limit: 9, status: ['sent', 'bounced'] })).toEqual(['m1']);
    expect(await ids({ limit: 9, status: [] })).toEqual([]);
    expect(await ids({ limit: 9, before: 'gone' })).toEqual([]);
  });

  promise('pages through the journal in the order of its moments', async ({ store }) => {
    const [anna, bert] = [await personNamed(store, 'anna'), await personNamed(store, 'bert')];
    const line = (id: string, at: number, journey?: string): Intent => ({
      kind: 'journal',
      id,
      entry: { at, kind: 'moved', ...(journey === undefined ? {} : { journey }) },
    });
    await store.copy([
      { person: anna, intents: [line('9.0', NOON, 'cart'), line('10.0', NOON, 'cart'), line('11.0', NOON + 2)] },
      { person: bert, intents: [line('9.0', NOON + 1, 'cart')] },
    ]);
    const read = async (filter: Parameters<typeof store.journal>[0]) =>
      (await store.journal(filter)).map(({ person, id }) => `${person === anna ? 'anna' : 'bert'} ${id}`);
    expect(await read({ limit: 9 })).toEqual(['anna 9.0', 'anna 10.0', 'bert 9.0', 'anna 11.0']);
    expect(await read({ limit: 2, after: `${anna}/9.0` })).toEqual(['anna 10.0', 'bert 9.0']);
    expect(await read({ limit: 9, person: anna, after: '10.0' })).toEqual(['anna 11.0']);
    expect(await read({ limit: 9, journey: 'cart' })).toEqual(['anna 9.0', 'anna 10.0', 'bert 9.0']);
    expect(await read({ limit: 9, person: anna, after: 'gone' })).toEqual([]);
  });

  promise('pages through events in the order of their arrival', async ({ store }) => {
    await store.ingest([
      event('b', { received: NOON }),
      event('a', { received: NOON }),
      event('c', { received: NOON - 1, name: 'order.placed', who: ['user:bert'] }),
    ]);
    const ids = async (filter: Parameters<typeof store.events>[0]) => (await store.events(filter)).map(({ id }) => id);
    expect(await ids({ limit: 9 })).toEqual(['c', 'a', 'b']);
    expect(await ids({ limit: 1, after: 'c' })).toEqual(['a']);
    expect(await ids({ limit: 9, name: 'order.placed' })).toEqual(['c']);
    expect(await ids({ limit: 9, person: (await store.find('user:anna'))! })).toEqual(['a', 'b']);
  });

  promise('keeps suppressed addresses, with the first reason', async ({ store }) => {
    await store.suppress('email:a@example.com', 'bounced', NOON);
    await store.suppress('email:a@example.com', 'complained', NOON + 1);
    expect(await store.suppressed(['email:a@example.com', 'sms:+37120000000'])).toEqual(
      new Set(['email:a@example.com']),
    );
    expect(await store.suppressed([])).toEqual(new Set());
  });

  promise("keeps the sandbox's messages, newest first, each once", async ({ store }) => {
    const mail = {
      person: 'p1',
      channel: 'email',
      to: 'a@example.com',
      at: NOON,
      content: { subject: 'Hi', parts: ['x'] },
    };
    for (const [id, at] of [
      ['m1', NOON],
      ['m2', NOON + 1],
      ['m1', NOON],
    ] as const)
      await store.keepMail({ ...mail, id, at });
    expect((await store.mails({ limit: 9 })).map(({ id }) => id)).toEqual(['m2', 'm1']);
    expect(await store.mails({ limit: 9, before: 'm2' })).toEqual([{ ...mail, id: 'm1' }]);
    expect((await store.mails({ limit: 9, id: 'm2' })).map(({ id }) => id)).toEqual(['m2']);
  });

  promise('keeps refused bodies seven days, newest first', async ({ store }) => {
    const refused = { source: 'shop', code: 'E_X', detail: 'no', body: '{"a":1}' };
    for (const at of [NOON, NOON + DAY, NOON + 8 * DAY - 1]) await store.keepRefused({ ...refused, at });
    expect((await store.refused(9)).map(({ at }) => at)).toEqual([NOON + 8 * DAY - 1, NOON + DAY]);
    expect(await store.refused(1)).toEqual([{ ...refused, at: NOON + 8 * DAY - 1 }]);
  });

  promise('keeps small facts, the last word counts', async ({ store }) => {
    expect(await store.meta('secret')).toBeNull();
    await store.setMeta('secret', 'a');
    await store.setMeta('secret', 'b');
    expect(await store.meta('secret')).toBe('b');
  });

  promise(
    'changes a small fact only where it is as it was read, and of many at once lets one win',
    async ({ store }) => {
      expect(await store.swapMeta('pauses', 'x', 'y')).toBe(false);
      expect(await store.meta('pauses')).toBeNull();
      const first = await Promise.all(['a', 'b', 'c', 'd'].map((value) => store.swapMeta('pauses', null, value)));
      expect(first.filter((won) => won)).toHaveLength(1);
      const stands = await store.meta('pauses');
      const next = await Promise.all(['e', 'f', 'g'].map((value) => store.swapMeta('pauses', stands, value)));
      expect(next.filter((won) => won)).toHaveLength(1);
      expect(await store.swapMeta('pauses', stands, 'late')).toBe(false);
      expect(await store.meta('pauses')).toBe(['e', 'f', 'g'][next.indexOf(true)]);
      await store.ping();
    },
  );
}
