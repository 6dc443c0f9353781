// The SQLite store runs the contract of all stores, on real worker threads from `dist/`.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { event, NOON, personNamed } from '../../testing/store-fixtures.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { storeContract } from '../store.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folders = temporaryFolders();
afterAll(folders.remove);

storeContract(
  'sqlite',
  async () => {
    const folder = folders.make();
    let store = await openSqliteStore(folder);
    return {
      store,
      async reopen() {
        await store.close();
        store = await openSqliteStore(folder);
        return store;
      },
      dispose: () => store.close(),
    };
  },
  { persists: true },
);

test('a request that fails takes none of its neighbours with it', async () => {
  const store = await openSqliteStore(folders.make());
  const winner = await personNamed(store, 'winner');
  const broken = { ...event('broken'), name: null as unknown as string };
  const outcomes = await Promise.allSettled([
    store.ingest([event('before')]),
    store.ingest([event('beside'), broken]),
    store.alias(winner, 'nobody'),
    store.ingest([event('after')]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  const kept = await store.events({ limit: 9 });
  expect(kept.map(({ id }) => id)).toEqual(['after', 'before', 'first-of-winner']);
  await store.close();
});

test('a backup is whole, opens as a store, and never overwrites', async () => {
  const [folder, target] = [folders.make(), folders.make()];
  const store = await openSqliteStore(folder);
  await store.ingest([event('e1')]);
  await store.backup(join(target, 'tropa.db'));
  await store.ingest([event('e2')]);
  await expect(store.backup(join(target, 'tropa.db'))).rejects.toThrow(/exists/);
  await store.close();
  const copy = await openSqliteStore(target);
  expect((await copy.events({ limit: 9 })).map(({ id }) => id)).toEqual(['e1']);
  await copy.close();
});

test('a closed store answers everything with E_UNAVAILABLE, and closes as often as one likes', async () => {
  const store = await openSqliteStore(folders.make());
  await Promise.all([store.close(), store.close()]);
  await store.close();
  await expect(store.ingest([event('e1')])).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
  await expect(store.ping()).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
  await expect(store.counts()).rejects.toMatchObject({ code: 'E_UNAVAILABLE' });
});

test('answers what was asked before it is closed', async () => {
  const store = await openSqliteStore(folders.make());
  const asked = Array.from({ length: 200 }, (_, n) => store.ingest([event(`e${n}`)]));
  await store.close();
  const receipts = (await Promise.all(asked)).flat();
  expect(receipts.every(({ outcome }) => outcome === 'stored')).toBe(true);
});

test('leaves no byte of what was deleted in its file', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder);
  await store.setMeta('canary', 'kanarienvogel-'.repeat(2_000));
  await store.setMeta('canary', '');
  await store.close();
  expect(readFileSync(join(folder, 'tropa.db')).includes('kanarienvogel')).toBe(false);
  expect(existsSync(join(folder, 'tropa.db-wal'))).toBe(false);
});

test('the main thread never loads the driver', () => {
  const here = new URL('.', import.meta.url);
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, what, from] of readFileSync(url, 'utf8').matchAll(/^(import(?: type)?) [^;]*?from '([^']+)'/gms)) {
      if (what !== 'import') continue;
      expect(from).not.toBe('better-sqlite3');
      if (from!.startsWith('.')) visit(new URL(from!, url));
    }
  };
  visit(new URL('sqlite-store.ts', here));
  expect(seen.size).toBeGreaterThan(5);
});

test('takes a thousand lone arrivals in shared transactions', async () => {
  const store = await openSqliteStore(folders.make());
  const receipts = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      store.ingest([event(`e${n}`, { who: [`user:u${n % 100}`], received: NOON })]),
    ),
  );
  expect(receipts.flat().every(({ outcome }) => outcome === 'stored')).toBe(true);
  expect(await store.counts()).toMatchObject({ people: 100, events: 1_000 });
  await store.close();
});
