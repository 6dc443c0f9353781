// Promises of who is alive: counters that rise or stand, by the observer's own counter of milliseconds, moved by hand.

import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { type MongoServer, startMongo } from '../../testing/mongo-server.ts';
import type { WorkerDoc } from './documents.ts';
import { PARTITIONS, partitionOf, shares } from './partition.ts';
import { type Crew, createCrew } from './workers.ts';

let server: MongoServer;
let connection: Connection;
beforeAll(async () => {
  server = await startMongo();
  connection = await mongoose.createConnection(server.fresh()).asPromise();
}, 120_000);
afterAll(async () => {
  await connection.close();
  await server.close();
});

const LEASE = 10_000;
const warnings: string[] = [];

/** Crews that see the same documents, each with a clock of its own. */
function place() {
  const workers = connection.db!.collection<WorkerDoc>(`workers-${Math.random()}`);
  const crew = (clock: { at: number }, engine = true): Crew =>
    createCrew(workers, {
      engine,
      version: '1',
      logger: { warn: (text: unknown) => void warnings.push(String(text)) } as never,
      tick: () => clock.at,
    });
  return { workers, crew };
}

const held = (crew: Crew): number => crew.mine()?.length ?? PARTITIONS;

test('one alone holds everything, and names nothing', async () => {
  const { crew } = place();
  const alone = crew({ at: 0 });
  await alone.beat();
  expect([alone.mine(), alone.alive()]).toEqual([null, [alone.own]]);
  expect(alone.holderOf(17)).toBe(alone.own);
});

test('several share all partitions, each held by one, and a door holds none but knows who does', async () => {
  const { crew } = place();
  const all = [crew({ at: 0 }), crew({ at: 5 }), crew({ at: 1e9 })];
  const door = crew({ at: 3 }, false);
  for (let n = 0; n < 2; n += 1) for (const one of [...all, door]) await one.beat();
  const theirs = all.map((one) => new Set(one.mine()));
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    expect(theirs.filter((set) => set.has(partition))).toHaveLength(1);
    expect(new Set([...all, door].map((one) => one.holderOf(partition))).size).toBe(1);
  }
  expect([door.own, door.mine(), door.alive().length]).toEqual([null, [], 3]);
  for (const one of all) expect(held(one)).toBeGreaterThan(PARTITIONS / 6);
});

test('P11 whose counter stands still for a lease is gone, whatever any clock says, and is back when it rises', async () => {
  const { crew } = place();
  const [clock, other] = [{ at: 100 }, { at: 7e12 }];
  const [a, b] = [crew(clock), crew(other)];
  const changes: number[] = [];
  a.onChange(() => void changes.push(a.alive().length));
  await b.beat();
  await a.beat();
  expect(a.alive()).toHaveLength(2);
  clock.at += LEASE - 1;
  await a.beat();
  expect(a.alive()).toHaveLength(2);
  clock.at += 1;
  await a.beat();
  expect([a.alive(), a.mine()]).toEqual([[a.own], null]);
  // Its clock jumped back by a year: a counter is no clock.
  other.at -= 3e10;
  await b.beat();
  await a.beat();
  expect(a.alive()).toHaveLength(2);
  expect(changes).toEqual([2, 1, 2]);
});

test('who leaves is missed at once; of the dead nothing stays in the end', async () => {
  const { crew, workers } = place();
  const clock = { at: 0 };
  const [a, b, dead] = [crew(clock), crew(clock), crew(clock)];
  for (const one of [dead, b, a]) await one.beat();
  await b.leave();
  await a.beat();
  expect(a.alive()).toEqual([a.own, dead.own].sort());
  clock.at += 6 * LEASE;
  await a.beat();
  expect(await workers.countDocuments({})).toBe(1);
});

test('who starts again after a crash does not wait for its own ghost, and leaves other machines alone', async () => {
  const { crew, workers } = place();
  const [here] = crew({ at: 0 }).own!.split('.');
  const ended = spawnSync('true').pid;
  await workers.insertMany([
    { _id: `${here}.${ended}.aa`, beat: 5, version: '1' },
    { _id: `${here}.${process.ppid}.bb`, beat: 5, version: '1' },
    { _id: `elsewhere.${ended}.cc`, beat: 5, version: '1' },
  ]);
  const again = crew({ at: 0 });
  await again.start();
  expect(again.alive()).toEqual([again.own, `${here}.${process.ppid}.bb`, `elsewhere.${ended}.cc`].sort());
  await again.leave();
});

test('when one comes or goes only its share moves', () => {
  const [three, four] = [shares(['a', 'b', 'c']), shares(['a', 'b', 'c', 'd'])];
  const moved = three.filter((holder, n) => holder !== four[n]);
  expect(moved.length).toBe(four.filter((holder) => holder === 'd').length);
  expect(shares([])).toEqual(Array.from({ length: PARTITIONS }, () => null));
});

test('people are spread evenly, whatever their ids look like', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) =>
    n % 2 === 0 ? `person-${n}` : n.toString(16).padStart(32, '0'),
  );
  const counts = new Map<number, number>();
  for (const id of ids.filter((_, n) => n % 2 === 0))
    counts.set(partitionOf(id), (counts.get(partitionOf(id)) ?? 0) + 1);
  expect(counts.size).toBe(PARTITIONS);
  expect(Math.max(...counts.values())).toBeLessThan(90);
});
