// Most of a virtual year, scaled down: the file of the store ends flat, and nothing that is counted is lost.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { audit } from '../engine/reports/audit.ts';
import { figures } from '../engine/reports/figures.ts';
import { openSqliteStore } from '../engine/store/sqlite/sqlite-store.ts';
import { temporaryFolders } from '../engine/testing/temporary-folders.ts';
import { DAY, VirtualYear } from './virtual-year.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

test('a shop that goes on for most of a year ends with a file as large as it was in the middle', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder);
  const year = new VirtualYear(store, 80, 20 * DAY);
  const sizes: number[] = [];
  for (let day = 0; day < 240; day += 1) {
    await year.day(1);
    sizes.push(statSync(join(folder, 'tropa.db')).size);
  }
  const [early, middle, late] = [
    [20, 40],
    [130, 150],
    [220, 240],
  ].map(([from, to]) => mean(sizes.slice(from, to)));
  expect(middle).toBeGreaterThan(Number(early));
  expect(late).toBeLessThan(Number(middle) * 1.05);
  const counts = await store.counts();
  expect(counts.events).toBeLessThan(80 * 25 * 2);
  const [cart] = await figures(store, 'cart');
  expect(cart?.entered).toBeGreaterThan(counts.messages);
  expect((await audit(store, year.world.clock.now())).findings).toEqual([]);
  await store.close();
}, 120_000);

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
