// What was acknowledged survives: real kills of a real process, and a disk that is full.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { event } from '../../testing/store-fixtures.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folders = temporaryFolders();
afterAll(folders.remove);

const built = new URL('../../../dist/engine/store/sqlite/sqlite-store.js', import.meta.url).href;

/** A process that ingests without end and says each id once it is acknowledged. */
function ingesting(folder: string, round: number) {
  const script = `
    import { writeSync } from 'node:fs';
    const { openSqliteStore } = await import(${JSON.stringify(built)});
    const store = await openSqliteStore(${JSON.stringify(folder)});
    writeSync(1, 'ready\\n');
    for (let n = 0; ; n += 1) {
      const id = '${round}-' + n;
      const event = { id, source: 's', name: 'e', at: n, received: n, who: ['user:u' + (n % 7)], data: { n } };
      const told = store.ingest([event]).then(() => writeSync(1, id + '\\n'));
      if (n % 8 === 0) await told;
    }`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function killAfter(folder: string, round: number, ms: number): Promise<string[]> {
  const child = ingesting(folder, round);
  let text = '';
  child.stdout.on('data', (chunk) => {
    if (text === '') setTimeout(() => child.kill('SIGKILL'), ms);
    text += String(chunk);
  });
  await once(child, 'close');
  // The kill may cut the last line short.
  return text.split('\n').slice(1, -1);
}

test('P01 killed at random points in the middle of ingest, it keeps every acknowledged event', async () => {
  const folder = folders.make();
  const acknowledged: string[] = [];
  const kills = 2 * Number(process.env.KILLS ?? 10);
  for (let round = 0; round < kills; round += 1)
    acknowledged.push(...(await killAfter(folder, round, Math.random() * 120)));
  expect(acknowledged.length).toBeGreaterThan(100);
  const store = await openSqliteStore(folder);
  const stored = await store.events({ limit: 1_000_000 });
  const ids = new Set(stored.map(({ id }) => id));
  expect(ids.size).toBe(stored.length);
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
  // Every one is before its person, exactly once.
  expect(await store.counts()).toMatchObject({ events: stored.length, undone: stored.length });
  const people = await store.load((await store.people({ limit: 100 })).map(({ id }) => id));
  expect(people.reduce((sum, { inboxSeq }) => sum + inboxSeq, 0)).toBe(stored.length);
  await store.close();
}, 300_000);

const letter = (id: string) => event(id, { data: { text: 'x'.repeat(3_000) } });

test('P12 a database at its limit refuses with E_UNAVAILABLE, keeps what it acknowledged, and goes on after room is made', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder, { maxBytes: 2_000_000 });
  await store.setMeta('ballast', 'x'.repeat(500_000));
  const outcomes = await Promise.allSettled(Array.from({ length: 1_000 }, (_, n) => store.ingest([letter(`e${n}`)])));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'E_UNAVAILABLE' });
  const acknowledged = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
  const stored = new Set((await store.events({ limit: 10_000 })).map(({ id }) => id));
  expect(acknowledged.filter(({ id }) => !stored.has(id))).toEqual([]);
  expect(stored.size).toBe(acknowledged.length);
  await store.setMeta('ballast', '');
  expect(await store.ingest([letter('after')])).toMatchObject([{ outcome: 'stored' }]);
  await store.ping();
  await store.close();
});

/** A small disk of its own, where this machine lets us make one. */
function smallDisk(): string | null {
  const folder = folders.make();
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0 ? folder : null;
}

const disk = smallDisk();
(disk === null ? test.skip : test)('P12 a real disk that fills up loses nothing and is forgiven', async () => {
  const folder = disk!;
  try {
    const store = await openSqliteStore(folder);
    const acknowledged: string[] = [];
    const ingestMany = async (prefix: string): Promise<unknown[]> => {
      const refusals: unknown[] = [];
      for (let n = 0; n < 200; n += 1) {
        const told = await Promise.allSettled(
          Array.from({ length: 5 }, (_, k) => store.ingest([letter(`${prefix}-${n}-${k}`)])),
        );
        for (const one of told) {
          if (one.status === 'fulfilled') acknowledged.push(one.value[0]!.id);
          else refusals.push(one.reason);
        }
      }
      return refusals;
    };
    writeFileSync(join(folder, 'ballast'), Buffer.alloc(2_000_000));
    const full = await ingestMany('full');
    expect(full.length).toBeGreaterThan(0);
    for (const refusal of full) expect(refusal).toMatchObject({ code: 'E_UNAVAILABLE' });
    rmSync(join(folder, 'ballast'));
    await store.ping();
    expect(await store.ingest([letter('after')])).toMatchObject([{ outcome: 'stored' }]);
    const stored = new Set((await store.events({ limit: 10_000 })).map(({ id }) => id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    await store.close();
    const again = await openSqliteStore(folder);
    expect((await again.counts()).events).toBe(stored.size);
    await again.close();
  } finally {
    spawnSync('umount', ['-l', folder]);
  }
});
