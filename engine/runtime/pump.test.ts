import { expect, test } from '@jest/globals';
import { Breath } from './breath.ts';
import { MOST_UNDERWAY, Pump } from './pump.ts';

test('begins the urgent first, whatever waited before', async () => {
  const begun: string[] = [];
  const pump = new Pump<string>(new Breath(), (item) => {
    begun.push(item);
    return Promise.resolve();
  });
  pump.add('a', false);
  pump.add('b', false);
  pump.add('c', true);
  await pump.idle();
  expect(begun).toEqual(['c', 'a', 'b']);
});

test('has so many under way and no more, and goes on as they end', async () => {
  const ends: (() => void)[] = [];
  const pump = new Pump<number>(new Breath(), () => new Promise((done) => ends.push(done)));
  for (let n = 0; n < MOST_UNDERWAY + 10; n += 1) pump.add(n, false);
  const turn = () => new Promise((done) => setTimeout(done, 5));
  while (ends.length < MOST_UNDERWAY) await turn();
  await turn();
  expect(ends).toHaveLength(MOST_UNDERWAY);
  ends[3]?.();
  await turn();
  expect(ends).toHaveLength(MOST_UNDERWAY + 1);
  for (let n = 0; n < MOST_UNDERWAY + 10; n += 1) {
    while (ends[n] === undefined) await turn();
    ends[n]?.();
  }
  await pump.idle();
  expect(ends).toHaveLength(MOST_UNDERWAY + 10);
});
