// `tropa doctor` on the store that many share: each thing that may be wrong there is made wrong on real servers, found, and
// named with its remedy.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { type Cluster, startCluster } from '../testing/cluster.ts';
import { runCli } from '../testing/server.ts';

const WORKSPACE = {
  'tropa.yaml': 'timezone: UTC\nconsent: { email: opt_out }\nsources: { shop: { type: segment, write_key: key } }\n',
};

let cluster: Cluster;
let database: Connection;
const folder = mkdtempSync(join(tmpdir(), 'tropa-doctor-'));
beforeAll(async () => {
  cluster = await startCluster({ workspace: WORKSPACE, workers: 1, doors: 1 });
  database = mongoose.createConnection(cluster.env.MONGODB_URL!);
  await database.asPromise();
}, 60_000);
afterAll(async () => {
  await database?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Finding {
  readonly ok: boolean;
  readonly about: string;
  readonly detail: string;
}

/** What the door says, or a process of its own with other settings. */
async function doctor(env?: Readonly<Record<string, string>>): Promise<(about: string) => Finding> {
  const data = env === undefined ? cluster.doors[0]!.data : folder;
  const { stdout } = await runCli(['doctor', '--json', '--data', data], { ...cluster.env, ...env });
  const all = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Finding]));
  return (about) => all.find((one) => one.about === about) ?? { ok: false, about, detail: 'not told' };
}

/** Asks until it is as expected: workers are seen once a second. */
async function until(about: string, ok: boolean): Promise<Finding> {
  for (let tries = 0; ; tries += 1) {
    const found = (await doctor())(about);
    if (found.ok === ok || tries === 40) return found;
    await new Promise((done) => setTimeout(done, 250));
  }
}

test('says what is well', async () => {
  const told = await doctor();
  expect(told('database').detail).toMatch(/^MongoDB \d+\.\d/);
  for (const about of ['writes', 'indexes', 'redis', 'workers', 'clocks', 'partitions', 'clock'])
    expect(told(about)).toMatchObject({ about, ok: true });
}, 30_000);

test('finds a Redis whose policy was changed after the start, and one that is gone', async () => {
  await cluster.redis!.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect((await doctor())('redis')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/maxmemory-policy allkeys-lru\): set it to noeviction/),
  });
  await cluster.redis!.kill();
  expect((await doctor())('redis')).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/does not answer.*Start it/),
  });
  await cluster.redis!.restart();
  expect(await until('redis', true)).toMatchObject({ ok: true });
}, 60_000);

test('finds an index that is gone, and says how it is made again', async () => {
  await database.collection('people').dropIndex('part_1_due_1');
  const found = (await doctor())('indexes');
  expect(found).toMatchObject({
    ok: false,
    detail: expect.stringContaining('db.people.createIndex({"part":1,"due":1})'),
  });
  await database.collection('people').createIndex({ part: 1, due: 1 });
  expect((await doctor())('indexes').ok).toBe(true);
}, 30_000);

test('finds writes that wait for no disk', async () => {
  const url = `${cluster.env.MONGODB_URL}?journal=false`;
  expect((await doctor({ MONGODB_URL: url }))('writes')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('take that out'),
  });
}, 30_000);

test('finds workers of another release, and clocks that are off', async () => {
  const workers = database.collection<{ _id: string }>('workers');
  const other = { _id: 'elsewhere.1.x', beat: 1, version: '0.0.9', offset: -9_000 };
  await workers.insertOne(other);
  expect(await until('clocks', false)).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/elsewhere\.1\.x \(-9000 ms\)\. Let those machines follow a time server/),
  });
  expect((await doctor())('workers').detail).toMatch(/^2 decide, of releases 0\.0\.9 and .*: end the upgrade/);
  await workers.deleteOne({ _id: other._id });
  expect(await until('clocks', true)).toMatchObject({ ok: true });
}, 60_000);

test('finds partitions whose holder decides nothing, and those that nobody holds', async () => {
  const worker = cluster.workers[0]!;
  await cluster.doors[0]!.identify('anna', { email: 'anna@x.example' });
  await worker.signal('SIGSTOP');
  await database.collection('people').updateMany({}, { $set: { due: Date.now() - 120_000 } });
  const still = await until('partitions', false);
  expect(still.detail).toMatch(/^people of 1 of 256 have been due .*held by \S+: look at the log there/);
  await worker.signal('SIGKILL');
  // Nobody raises its counter any more: it is gone once it has stood still for ten seconds.
  for (let tries = 0; tries < 60 && (await doctor())('workers').ok; tries += 1)
    await new Promise((done) => setTimeout(done, 300));
  const told = await doctor();
  expect(told('workers').detail).toMatch(/^nobody decides: start `tropa worker`/);
  expect(told('partitions')).toMatchObject({ ok: false, detail: 'nobody holds any of the 256' });
}, 90_000);
