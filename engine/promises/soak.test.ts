// The short form of `npm run soak`: everything of a bad day at once, on two servers, one of which is killed all the time.

import { expect, test } from '@jest/globals';
import { soak } from '../../bench/soak/run.ts';

test('good load, everything bad, kills and jumping clocks at once: nothing is lost, doubled or answered wrongly', async () => {
  const { findings, kills, mischief, lived, killed } = await soak({ seconds: 8, say: () => undefined });
  expect(findings).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(2);
  expect(mischief).toBeGreaterThan(100);
  expect(lived.acknowledged).toBeGreaterThan(100);
  expect(killed.acknowledged).toBeGreaterThan(20);
}, 120_000);
