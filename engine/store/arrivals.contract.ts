// Contract chapter: events arriving, whom they mean, and in which order they are read.

import { expect } from '@jest/globals';
import { event, loadOne, NOON, personNamed } from '../testing/store-fixtures.ts';
import type { Promises } from '../testing/store-shelf.ts';

const MINUTE = 60_000;

export function arrivalPromises(promise: Promises): void {
  promise('P02 takes the same event 50 times at once as one', async ({ store }) => {
    const told = await Promise.all(Array.from({ length: 50 }, () => store.ingest([event('e1', { data: { n: 1 } })])));
    const outcomes = told.flat().map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    expect(new Set(told.flat().map(({ person }) => person)).size).toBe(1);
    const loaded = await loadOne(store, told[0]![0]!.person!);
    expect(loaded.events.map(({ id }) => id)).toEqual(['e1']);
    expect(loaded.inboxSeq).toBe(1);
    expect(await store.counts()).toMatchObject({ people: 1, events: 1, undone: 1 });
  });

  promise('takes an event told twice in one list once, and answers in order', async ({ store }) => {
    const receipts = await store.ingest([event('e1'), event('e2'), event('e1')]);
    expect(receipts.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual(['e1 stored', 'e2 stored', 'e1 duplicate']);
  });

  promise('makes one person of the same new identity in 20 ingests at once', async ({ store }) => {
    const told = await Promise.all(Array.from({ length: 20 }, (_, n) => store.ingest([event(`e${n}`)])));
    const people = new Set(told.flat().map(({ person }) => person));
    expect(people.size).toBe(1);
    const loaded = await loadOne(store, [...people][0]!);
    expect(loaded.inboxSeq).toBe(20);
    expect(loaded.events).toHaveLength(20);
  });

  promise('keeps everything an event said', async ({ store }) => {
    const data = { text: 'ё😀\u2028"\\', list: [1.5, null, true], deep: { a: { b: [] } } };
    const given = event('e1', { data, hops: 3, source: 'crm', name: 'booking.made', at: NOON - 5 });
    const [receipt] = await store.ingest([given]);
    const { events } = await loadOne(store, receipt!.person!);
    expect(events).toEqual([{ ...given, person: receipt!.person, links: [], done: false }]);
  });

  promise('keeps a field named __proto__ as a field', async ({ store }) => {
    const data = JSON.parse('{"__proto__": {"polluted": 1}, "a": 2}');
    const [receipt] = await store.ingest([event('e1', { data })]);
    const { events } = await loadOne(store, receipt!.person!);
    expect(Object.keys(events[0]!.data).sort()).toEqual(['__proto__', 'a']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  promise('makes a new person as of the moment the event was received', async ({ store }) => {
    const person = await personNamed(store, 'anna', NOON + 7);
    expect((await loadOne(store, person)).person).toMatchObject({
      id: person,
      rev: 0,
      createdAt: NOON + 7,
      into: null,
    });
  });

  promise('joins what is learnt later to who was there before', async ({ store }) => {
    const [first] = await store.ingest([event('e1', { who: ['anonymous:a1'] })]);
    const [second] = await store.ingest([event('e2', { who: ['user:anna', 'anonymous:a1'] })]);
    const [third] = await store.ingest([event('e3', { who: ['user:anna'] })]);
    expect([second!.person, third!.person]).toEqual([first!.person, first!.person]);
    expect(await store.find('user:anna')).toBe(first!.person);
    expect(await store.find('user:bert')).toBeNull();
  });

  promise('links people who turn out to be one', async ({ store }) => {
    const [anna] = await store.ingest([event('e1', { who: ['user:anna'] })]);
    const [visitor] = await store.ingest([event('e2', { who: ['anonymous:a1'] })]);
    const [joined] = await store.ingest([event('e3', { who: ['user:anna', 'anonymous:a1'] })]);
    expect(joined!.person).toBe(anna!.person);
    const { events } = await loadOne(store, anna!.person!);
    expect(events.find(({ id }) => id === 'e3')!.links).toEqual([visitor!.person]);
  });

  promise('never unites two user ids by an address, only by an alias', async ({ store }) => {
    const [anna] = await store.ingest([event('e1', { who: ['user:anna', 'email:a@example.com'] })]);
    const [bert] = await store.ingest([event('e2', { who: ['user:bert', 'email:a@example.com'] })]);
    expect(bert!.person).not.toBe(anna!.person);
    expect(await store.find('email:a@example.com')).toBe(anna!.person);
    await store.ingest([event('e3', { who: ['user:bert'], aliases: ['user:anna'] })]);
    const { events } = await loadOne(store, bert!.person!);
    expect(events.map(({ links }) => links)).toEqual([[], [anna!.person]]);
  });

  promise('keeps events of nobody without waking anybody', async ({ store }) => {
    const receipts = await store.ingest([event('e1', { who: [], name: 'stock.changed' })]);
    expect(receipts).toEqual([{ id: 'e1', outcome: 'stored', person: null }]);
    expect(await store.events({ name: 'stock.changed', limit: 10 })).toMatchObject([
      { id: 'e1', person: null, done: true },
    ]);
    expect(await store.counts()).toMatchObject({ people: 0, events: 1, undone: 0 });
    expect(await store.nextWake()).toBeNull();
  });

  promise("takes the engine's own events by person, touching no identity", async ({ store }) => {
    const person = await personNamed(store, 'anna');
    const own = event('e2', { source: 'tropa', person, who: ['user:bert'], links: ['nobody-there'] });
    expect(await store.ingest([own])).toEqual([{ id: 'e2', outcome: 'stored', person }]);
    expect(await store.find('user:bert')).toBeNull();
    expect((await loadOne(store, person)).events.map(({ links }) => links)).toEqual([[], []]);
  });

  promise('raises nobody from the dead: an event of a person who is gone is nobody’s', async ({ store }) => {
    expect(await store.ingest([event('e1', { person: 'gone', who: [] })])).toEqual([
      { id: 'e1', outcome: 'stored', person: null },
    ]);
    expect(await store.load(['gone'])).toEqual([]);
  });

  promise('reads events by (effective time, id), whatever a device clock says', async ({ store }) => {
    const at = { early: NOON - MINUTE, future: NOON + 100 * 365 * 86_400_000 };
    const [receipt] = await store.ingest([
      event('in-2126', { at: at.future, received: NOON }),
      event('b', { at: NOON, received: NOON + MINUTE }),
      event('a', { at: NOON, received: NOON + 2 * MINUTE }),
      event('later', { at: NOON + 6 * MINUTE, received: NOON + 6 * MINUTE }),
      event('late', { at: at.early, received: NOON + 9 * MINUTE }),
    ]);
    const { events } = await loadOne(store, receipt!.person!);
    expect(events.map(({ id }) => id)).toEqual(['late', 'a', 'b', 'in-2126', 'later']);
  });

  promise('loads at most 100 events of a person and says when there are more', async ({ store }) => {
    const many = Array.from({ length: 101 }, (_, n) => event(`e${String(n).padStart(3, '0')}`, { at: NOON + n }));
    const receipts = await store.ingest(many);
    const person = receipts[0]!.person!;
    const full = await loadOne(store, person);
    expect([full.events.length, full.more, full.inboxSeq]).toEqual([100, true, 101]);
    expect(full.events.at(-1)!.id).toBe('e099');
    await store.copy([{ person, intents: [{ kind: 'done', id: 'e000' }] }]);
    const rest = await loadOne(store, person);
    expect([rest.events.length, rest.more, rest.events[0]!.id]).toEqual([100, false, 'e001']);
  });

  promise('tells history newest first, by own time, of applied events only', async ({ store }) => {
    const [receipt] = await store.ingest([
      event('e1', { name: 'order.placed', at: NOON, data: { total: 1 } }),
      event('e2', { name: 'order.placed', at: NOON + 2, data: { total: 2 } }),
      event('e3', { name: 'order.placed', at: NOON + 1, data: { total: 3 } }),
      event('e4', { name: 'order.placed', at: NOON + 3 }),
      event('e5', { name: 'product.viewed', at: NOON + 4 }),
    ]);
    const person = receipt!.person!;
    const done = ['e1', 'e2', 'e3', 'e5'].map((id) => ({ kind: 'done', id }) as const);
    await store.copy([{ person, intents: done }]);
    const ask = { person, name: 'order.placed', since: null, limit: 10 };
    const [all, since, two, others, nobody] = await store.history([
      ask,
      { ...ask, since: NOON + 1 },
      { ...ask, limit: 2 },
      { ...ask, name: 'product.viewed' },
      { ...ask, person: 'gone' },
    ]);
    expect(all!.map(({ id, at, data }) => [id, at, data.total])).toEqual([
      ['e2', NOON + 2, 2],
      ['e3', NOON + 1, 3],
      ['e1', NOON, 1],
    ]);
    expect(since!.map(({ id }) => id)).toEqual(['e2', 'e3']);
    expect(two!.map(({ id }) => id)).toEqual(['e2', 'e3']);
    expect(others!.map(({ id }) => id)).toEqual(['e5']);
    expect(nobody).toEqual([]);
  });
}
