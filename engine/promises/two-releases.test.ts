// A release runs beside the one before it: two builds on one store under load, in either order. What only the newer one
// understands waits for it, and nothing else does.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import type { JsonObject } from '../language/values.ts';
import { SCHEMA } from '../store/mongo/schema.ts';
import { type Cluster, startCluster } from '../testing/cluster.ts';
import { type NextRelease, nextRelease } from '../testing/next-release.ts';
import { runCli, type Tropa, writeWorkspace } from '../testing/server.ts';

const HELLO = 'subject: Hi\n---\n<p>Hello</p>\n';
const journey = (id: string, title: string, event: string): Record<string, string> => ({
  [`${id}/journey.yaml`]: `journey: ${id}\ntitle: ${title}\nstatus: live\ntrigger: { event: ${event}, key: event.n }\nsteps:\n  - email: hello\n  - wait: 1s\n  - email: again\n`,
  [`${id}/hello.email.html`]: HELLO,
  [`${id}/again.email.html`]: HELLO,
});
const SETTINGS = {
  'tropa.yaml': 'timezone: UTC\nsources:\n  shop: { type: segment, write_key: key }\nconsent: { email: opt_out }\n',
};
const OLD = { ...SETTINGS, ...journey('plain', 'Plain', 'go') };
const NEW = { ...OLD, ...journey('fresh', 'Next things', 'fresh') };

let next: NextRelease;
let folder: string;
beforeAll(async () => {
  next = nextRelease();
  folder = await writeWorkspace(mkdtempSync(join(tmpdir(), 'tropa-new-')), NEW);
});
let cluster: Cluster;
afterEach(async () => await cluster?.close());
afterAll(() => {
  next.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Each has a key of its own: none meets an enrollment that still runs. */
let keys = 0;

/** Tells events until it is stopped; answers which were acknowledged. */
function load(door: Tropa, events: readonly string[]): { stop(): Promise<string[]> } {
  let going = true;
  const told: string[] = [];
  const run = (async () => {
    while (going)
      for (const event of events) {
        keys += 1;
        const who = `p${keys % 25}`;
        await door.track(who, event, { n: keys }, { context: { traits: { email: `${who}@x.example` } } });
        told.push(`${event}/${who}`);
        await pause(5);
      }
  })();
  return {
    async stop() {
      going = false;
      await run;
      return told;
    },
  };
}

const JOURNEY_OF: Readonly<Record<string, string>> = { go: 'plain', fresh: 'fresh' };
const ENDS = new Set(['sent', 'delivered', 'unknown']);

/** How many messages of a journey each person got, sorted. */
const perPerson = (rows: readonly JsonObject[]): string[] =>
  rows.map(({ profile, journey: of, step }) => `${String(of)}/${String(profile)}/${String(step)}`).sort();
const wantedOf = (told: readonly string[]): string[] =>
  told
    .flatMap((one) => {
      const [event = '', who = ''] = one.split('/');
      return ['1', '3'].map((step) => `${JOURNEY_OF[event]}/${who}/${step}`);
    })
    .sort();

async function until(holds: () => Promise<boolean>, within = 100_000): Promise<boolean> {
  for (const end = performance.now() + within; performance.now() < end; await pause(250))
    if (await holds()) return true;
  return false;
}

const settled = (rows: readonly JsonObject[], count: number): boolean =>
  rows.length >= count && rows.every(({ status }) => ENDS.has(String(status)));

/** Every acknowledged event has taken effect, once. */
async function allOnce(door: Tropa, told: readonly string[], recounts: Tropa): Promise<void> {
  await until(async () => settled(await door.inbox(), told.length * 2));
  const rows = await door.inbox();
  expect(perPerson(rows)).toEqual(wantedOf(told));
  expect(rows.filter(({ status }) => !ENDS.has(String(status)))).toEqual([]);
  // Receipts of the last ones may still be on their way.
  const audit = async () => (await runCli(['audit', '--data', recounts.data], cluster.env)).stdout;
  await until(async () => (await audit()).includes('Everything agrees'), 15_000);
  expect(await audit()).toContain('Everything agrees');
}

const saidOf = (tropa: Tropa): number => tropa.output.split('a definition of a newer release').length - 1;
const deploy = async (by: Tropa): Promise<void> => {
  const told = await runCli(['deploy', '--data', by.data, '--workspace', folder], cluster.env, next.program);
  expect([told.status, told.stderr]).toEqual([0, '']);
};

test('the older release first, then the newer beside it, then in its place: nothing lost, nothing doubled', async () => {
  cluster = await startCluster({ workspace: OLD, workers: 2, doors: 1, redis: false });
  const [door, [first, second]] = [cluster.doors[0]!, cluster.workers as [Tropa, Tropa]];
  const before = load(door, ['go']);
  await pause(1_500);
  const newer = await cluster.join('worker', {}, next.program);
  await deploy(newer);
  const beside = load(door, ['go', 'fresh']);
  await pause(4_000);
  await first.signal('SIGKILL');
  await cluster.join('worker', {}, next.program);
  await pause(2_000);
  const told = [...(await before.stop()), ...(await beside.stop())];
  // While one of the older still holds its share of the people, theirs is done by the newer.
  await allOnce(door, told, newer);
  expect([saidOf(first), saidOf(second), saidOf(newer)]).toEqual([1, 1, 0]);
  const figures = await (await fetch(`${second.url}/metrics`)).text();
  expect(Number(/tropa_people_left_total (\d+)/.exec(figures)?.[1])).toBeGreaterThan(0);
}, 240_000);

test('the newer release first, then the older beside it, then alone: what it does not understand waits, the rest goes on', async () => {
  cluster = await startCluster({ workspace: OLD, workers: 0, doors: 1, redis: false });
  const door = cluster.doors[0]!;
  const newer = await cluster.join('worker', {}, next.program);
  await deploy(newer);
  const load1 = load(door, ['go', 'fresh']);
  await pause(1_500);
  const older = await cluster.join('worker');
  await pause(2_000);
  await newer.signal('SIGTERM');
  const told = await load1.stop();
  // Now the older one is alone: whoever needs the newer waits, whole, and nobody else does.
  const others = Array.from({ length: 40 }, (_, n) => `q${n}`);
  for (const who of [...others, 'waits'])
    await door.track(
      who,
      who === 'waits' ? 'fresh' : 'go',
      { n: 1 },
      { context: { traits: { email: `${who}@x.example` } } },
    );
  const goingOn = async (): Promise<boolean> =>
    (await door.inbox()).filter(({ profile, status }) => others.includes(String(profile)) && ENDS.has(String(status)))
      .length === 80;
  expect(await until(goingOn, 30_000)).toBe(true);
  expect((await door.inbox()).filter(({ profile }) => profile === 'waits')).toEqual([]);
  expect(saidOf(older)).toBe(1);
  const doctor = await runCli(['doctor', '--data', older.data], cluster.env);
  expect(doctor.stdout).toMatch(/definitions: +fresh, version 1, needs format 2, and this process understands 1/);

  await newer.start();
  await allOnce(door, [...told, ...others.map((who) => `go/${who}`), 'fresh/waits'], newer);
}, 240_000);

test('only a store whose oldestWriter is newer is refused, before anything is touched', async () => {
  cluster = await startCluster({ workspace: OLD, workers: 0, doors: 1, redis: false });
  const newer = await cluster.join('worker', {}, next.program);
  const connection = await mongoose.createConnection(cluster.env.MONGODB_URL ?? '').asPromise();
  const meta = connection.db!.collection<{ _id: string; value: string }>('meta');
  const stand = async () => JSON.parse((await meta.findOne({ _id: 'schema' }))?.value ?? '{}') as JsonObject;
  // Widening alone leaves the older release in.
  expect(await stand()).toEqual({ schema: SCHEMA + 1, oldestWriter: SCHEMA });
  await cluster.join('worker');
  expect(await stand()).toEqual({ schema: SCHEMA + 1, oldestWriter: SCHEMA });
  // The second, explicit step.
  await meta.updateOne(
    { _id: 'schema' },
    { $set: { value: JSON.stringify({ schema: SCHEMA + 1, oldestWriter: SCHEMA + 1 }) } },
  );
  const before = await meta.find({}).toArray();
  const refused = await runCli(['worker'], { ...cluster.env, NODE_ENV: 'test' });
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/^E_STORE_NEWER .*Upgrade this process/)]);
  const withoutPulse = (all: readonly { _id: string }[]) => all.filter(({ _id }) => _id !== 'pulse');
  expect(withoutPulse(await meta.find({}).toArray())).toEqual(withoutPulse(before));
  await connection.close();
  await newer.signal('SIGTERM');
  await newer.start();
}, 120_000);
