// What keeping means to the file: short slices, room given back, no byte left; and copies made while everything goes on.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import SQLite from 'better-sqlite3';
import type { Forgettable } from '../../ports/keeping.ts';
import type { Store } from '../../ports/store.ts';
import { change, event, loadOne, NOON } from '../../testing/store-fixtures.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folders = temporaryFolders();
afterAll(folders.remove);

const LATER = NOON + 100 * 86_400_000;
const FILLER = 'x'.repeat(500);

/** Events of nobody: applied as they come. */
async function fill(store: Store, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000)
    await store.ingest(Array.from({ length: 1_000 }, (_, n) => event(`e${from + n}`, { who: [], data: { FILLER } })));
}

async function forgetAll(store: Store, kind: Forgettable, budgetMs = 50): Promise<number> {
  let [slices, after]: [number, string | null] = [0, null];
  do {
    const slice = await store.forget({ kind, before: LATER, after, limit: 10_000, budgetMs });
    after = slice.next;
    slices += 1;
  } while (after !== null);
  return slices;
}

test('a slice ends when its time is over, and the next goes on', async () => {
  const store = await openSqliteStore(folders.make());
  await fill(store, 5_000);
  const slice = { kind: 'events', before: LATER, after: null, limit: 1_000_000, budgetMs: 2 } as const;
  const { gone, next } = await store.forget(slice);
  expect(next).not.toBeNull();
  expect(gone).toBeLessThan(2_000);
  expect(await forgetAll(store, 'events', 2)).toBeGreaterThan(5);
  expect((await store.counts()).events).toBe(0);
  await store.close();
});

test('gives the room of what is gone back to the disk', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder);
  await fill(store, 10_000);
  await store.ingest([event('last', { who: [], received: LATER })]);
  await forgetAll(store, 'events');
  await forgetAll(store, 'pages');
  await store.close();
  // A megabyte stays free for what comes next.
  expect(statSync(join(folder, 'tropa.db')).size).toBeLessThan(2_000_000);
  const again = await openSqliteStore(folder);
  expect((await again.events({ limit: 9 })).map(({ id }) => id)).toEqual(['last']);
  await again.close();
});

test('leaves no byte of a visitor who is forgotten, however much there was of them', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder);
  const told = (n: number) =>
    event(`e${n}`, { who: ['anonymous:kanarienvogel'], data: { note: `kanarienvogel ${n} ${FILLER}` } });
  const [receipt] = await store.ingest(Array.from({ length: 500 }, (_, n) => told(n)));
  const id = receipt!.person!;
  for (let more = true; more; ) {
    const loaded = await loadOne(store, id);
    await store.copy([{ person: id, intents: loaded.events.map((one) => ({ kind: 'done', id: one.id })) }]);
    more = loaded.more;
  }
  const loaded = await loadOne(store, id);
  await store.commit([change(loaded, { identities: ['anonymous:kanarienvogel'] })], null);
  // One slice after the other gets no further than a few of the events.
  let [after, slices]: [string | null, number] = [null, 0];
  do {
    after = (await store.forget({ kind: 'people', before: LATER, after, limit: 32, budgetMs: 50 })).next;
    slices += 1;
  } while (after !== null && slices < 100);
  expect(slices).toBeGreaterThan(10);
  expect(await store.counts()).toMatchObject({ people: 0, events: 0 });
  await store.close();
  for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file)).includes('kanarien')).toBe(false);
});

test('a copy made while arrivals go on is whole, and holds what was acknowledged before', async () => {
  const [folder, target] = [folders.make(), folders.make()];
  const store = await openSqliteStore(folder);
  await fill(store, 5_000);
  const copy = join(target, 'tropa.db');
  writeFileSync(`${copy}.part`, 'left by one that was killed');
  let copied = false;
  const copying = store.backup(copy).then(() => {
    copied = true;
  });
  let arrived = 0;
  while (!copied) {
    await store.ingest([event(`meanwhile${arrived}`, { who: [`user:u${arrived}`] })]);
    expect((await store.counts()).events).toBe(5_001 + arrived);
    arrived += 1;
  }
  await copying;
  expect(arrived).toBeGreaterThan(1);
  expect(existsSync(`${copy}.part`)).toBe(false);
  const db = new SQLite(copy);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('auto_vacuum', { simple: true })).toBe(2);
  db.close();
  const opened = await openSqliteStore(target);
  const { events, people } = await opened.counts();
  expect(events).toBeGreaterThanOrEqual(5_000);
  expect(events).toBe(5_000 + people);
  await opened.close();
  await store.close();
  await expect(store.backup(join(target, 'other.db'))).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
});

test('a folder of release 0.1.0 opens, and forgets and counts like any other', async () => {
  const folder = folders.make();
  const fixture = new URL('./fixtures/backup-0.1.0.db.gz', import.meta.url);
  writeFileSync(join(folder, 'tropa.db'), gunzipSync(readFileSync(fixture)));
  const store = await openSqliteStore(folder);
  const before = await store.counts();
  expect(before).toMatchObject({ people: 3, messages: 3, enrollments: 2, undone: 0 });
  expect(await store.horizons()).toEqual({});
  await forgetAll(store, 'journal');
  expect((await store.counts()).journal).toBeLessThan(before.journal);
  expect(await store.tallies({ journey: 'cart' })).toContainEqual(
    expect.objectContaining({ name: 'exits:converted', amount: 1 }),
  );
  await store.close();
});
