// Promises of many processes on one store: doors, workers, MongoDB and Redis, each real, killed, paused and cut off.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { type Cluster, SECRET, startCluster } from '../testing/cluster.ts';
import { runCli, type Tropa } from '../testing/server.ts';

const SETTINGS = `timezone: UTC
sources:
  shop: { type: segment, write_key: key }
consent: { email: opt_out }
caps: [{ max: 3, per: 7d }]
`;
const GREETING = 'journey: greeting\nstatus: live\ntrigger: { event: go, key: event.n }\nsteps:\n  - email: hello\n';
const LATER =
  'journey: later\nstatus: live\ntrigger: { event: wait, key: event.n }\nsteps:\n  - wait: 3s\n  - email: hello\n';
const HELLO = { 'hello.email.html': 'subject: Hi\n---\n<p>Hello {{ profile.id }}</p>\n' };

function workspace(): Record<string, string> {
  const files: Record<string, string> = { 'tropa.yaml': SETTINGS };
  const add = (id: string, yaml: string) => {
    files[`${id}/journey.yaml`] = yaml;
    for (const [name, text] of Object.entries(HELLO)) files[`${id}/${name}`] = text;
  };
  add('greeting', GREETING);
  add('later', LATER);
  for (let n = 0; n < 100; n += 1)
    add(`race${n}`, `journey: race${n}\nstatus: live\ntrigger: { event: race }\nsteps:\n  - email: hello\n`);
  return files;
}

/** The sandbox tells of a delivery a moment later, by itself: killed in between it never does. */
const ENDS = new Set(['sent', 'delivered', 'unknown']);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ workspace: workspace(), doors: 1, workers: 3 });
}, 180_000);
afterAll(async () => await cluster?.close());

async function until<Answer>(
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
  within = 30_000,
): Promise<Answer> {
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > end) throw new Error(`it did not come to pass: ${inShort(answer)}`);
    await pause(50);
  }
}

/** How many messages stand how, for whoever reads a failure. */
function inShort(answer: unknown): string {
  if (!Array.isArray(answer)) return JSON.stringify(answer).slice(0, 400);
  const counts = new Map<string, number>();
  for (const { status } of answer as JsonObject[]) counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
  return JSON.stringify([...counts]);
}

const door = (): Tropa => cluster.doors[0]!;
const messagesOf = async (who: string): Promise<JsonObject[]> =>
  (await door().inbox()).filter(({ profile }) => profile === who);
async function person(id: string): Promise<void> {
  await door().identify(id, { email: `${id}@x.example` });
}

describe('many processes', () => {
  test('a door alone decides nothing; workers do, at once, and every process tells the same', async () => {
    await person('anna');
    const began = Date.now();
    await door().track('anna', 'go', { n: 1 });
    const [message] = await until(
      () => messagesOf('anna'),
      (all) => all.length === 1 && all[0]!.status === 'delivered',
    );
    expect(Date.now() - began).toBeLessThan(4_000);
    const told = await runCli(['inbox', '--json', '--data', cluster.workers[1]!.data], cluster.env);
    expect(told.stdout).toContain(String(message!.id));
  });

  test('P17 a hundred journeys race for one person over all workers: no cap is exceeded', async () => {
    for (const id of ['racer1', 'racer2', 'racer3']) await person(id);
    await Promise.all(
      ['racer1', 'racer2', 'racer3'].map(async (id) => {
        await door().track(id, 'race');
        await door().track(id, 'go', { n: 7 });
      }),
    );
    for (const id of ['racer1', 'racer2', 'racer3']) {
      const all = await until(
        () => messagesOf(id),
        (found) =>
          found.length === 101 && found.every(({ status }) => ['delivered', 'skipped'].includes(String(status))),
      );
      expect(all.filter(({ status }) => status === 'delivered')).toHaveLength(3);
      expect(new Set(all.filter(({ status }) => status === 'skipped').map(({ reason }) => reason))).toEqual(
        new Set(['capped']),
      );
    }
  }, 60_000);

  test('P11 a worker paused past its lease is replaced, and on its return overwrites and sends nothing twice', async () => {
    const people = Array.from({ length: 40 }, (_, n) => `paused${n}`);
    for (const id of people) await person(id);
    await Promise.all(people.map((id) => door().track(id, 'wait', { n: 1 })));
    await pause(1_000);
    await cluster.workers[0]!.signal('SIGSTOP');
    try {
      await until(
        async () => (await Promise.all(people.map(messagesOf))).flat(),
        (all) => all.length === people.length && all.every(({ status }) => status === 'delivered'),
        40_000,
      );
    } finally {
      await cluster.workers[0]!.signal('SIGCONT');
    }
    await Promise.all(people.map((id) => door().track(id, 'go', { n: 2 })));
    const all = await until(
      async () => (await Promise.all(people.map(messagesOf))).flat(),
      (found) => found.length === people.length * 2 && found.every(({ status }) => status === 'delivered'),
    );
    expect(new Set(all.map(({ id }) => id)).size).toBe(people.length * 2);
  }, 90_000);

  test('P10 Redis flushed, then gone, then back: nothing is lost, and without it nobody waits longer than a sweep', async () => {
    const timed = async (id: string): Promise<number> => {
      await person(id);
      const began = Date.now();
      await door().track(id, 'go', { n: 1 });
      await until(
        () => messagesOf(id),
        (all) => all.some(({ status }) => status === 'delivered'),
      );
      return Date.now() - began;
    };
    await cluster.redis!.client.flushall();
    expect(await timed('flushed')).toBeLessThan(6_000);
    await cluster.redis!.kill();
    const late = await Promise.all(Array.from({ length: 20 }, (_, n) => timed(`gone${n}`)));
    expect(late.sort((a, b) => a - b)[18]).toBeLessThan(6_500);
    await cluster.redis!.restart();
    await until(
      async () => await timed(`back${Math.random()}`),
      (took) => took < 2_000,
      60_000,
    );
  }, 120_000);

  test('what is deployed from anywhere is in force everywhere within two seconds', async () => {
    await person('reader');
    const yaml = GREETING.replace('email: hello', 'email: hello\n    subject: Changed');
    const folder = door().workspace;
    await writeFile(join(folder, 'greeting/journey.yaml'), yaml);
    const told = await runCli(
      ['deploy', 'greeting', '--data', cluster.workers[2]!.data, '--workspace', folder],
      cluster.env,
    );
    expect([told.status, told.stderr]).toEqual([0, '']);
    await pause(2_000);
    for (let n = 10; n < 16; n += 1) {
      await person(`reader${n}`);
      await door().track(`reader${n}`, 'go', { n });
    }
    for (let n = 10; n < 16; n += 1) {
      const [message] = await until(
        () => messagesOf(`reader${n}`),
        (all) => all[0]?.status === 'delivered',
      );
      const page = await (await fetch(`${door().url}/inbox/${String(message!.id)}`)).text();
      expect(page).toContain('Changed');
    }
  }, 60_000);

  test('P08 ten workers killed in a row lose no enrollment and double no message', async () => {
    const people = Array.from({ length: 60 }, (_, n) => `killed${n}`);
    for (const id of people) await person(id);
    for (let n = 0; n < 10; n += 1) {
      await Promise.all(people.slice(n * 6, n * 6 + 6).map((id) => door().track(id, 'wait', { n: 1 })));
      const worker = cluster.workers[n % 3]!;
      await worker.signal('SIGKILL');
      await worker.start();
    }
    const all = await until(
      async () => (await Promise.all(people.map(messagesOf))).flat(),
      (found) => found.length === people.length && found.every(({ status }) => ENDS.has(String(status))),
      120_000,
    );
    expect(new Set(all.map(({ profile }) => profile)).size).toBe(people.length);
  }, 180_000);

  test('doctor tells of the database, the workers and the clock', async () => {
    const told = await runCli(['doctor', '--data', cluster.doors[0]!.data], cluster.env);
    expect(told.stdout).toMatch(/database: +MongoDB \d+\.\d/);
    expect(told.stdout).toMatch(/workers: +3 decide/);
    expect(told.stdout).toMatch(/clock: +-?\d+ ms off/);
  });

  test('the figures agree, whoever recounts them', async () => {
    const told = await runCli(['audit', '--data', cluster.workers[0]!.data], cluster.env);
    expect([told.status, told.stdout]).toEqual([0, expect.stringContaining('Everything agrees')]);
  });
});

describe('what is wrong is told before anything is touched', () => {
  const refusal = async (env: Record<string, string>, ...args: string[]): Promise<string> => {
    const { status, stderr } = await runCli(args.length === 0 ? ['worker'] : args, {
      ...cluster.env,
      ...env,
      NODE_ENV: 'test',
    });
    expect(status).toBe(2);
    return stderr;
  };

  test('two installations on one database', async () => {
    expect(await refusal({ TROPA_SECRET: 'quite another secret' })).toMatch(/^E_STORE_OTHER .*another TROPA_SECRET/);
  });

  test('no secret, no database, no Redis, no worker without a store', async () => {
    expect(await refusal({ TROPA_SECRET: '' })).toMatch(/^E_CONFIG MONGODB_URL needs TROPA_SECRET/);
    const nowhere = await refusal({ MONGODB_URL: 'mongodb://u:hunter2@127.0.0.1:1/tropa' });
    expect(nowhere).toMatch(/^E_STORE_UNREACHABLE MongoDB at 127.0.0.1:1 cannot be reached/);
    expect(nowhere).not.toContain('hunter2');
    expect(await refusal({ REDIS_URL: 'redis://127.0.0.1:1' })).toMatch(/^E_REDIS Redis at 127.0.0.1:1/);
    expect(await refusal({ MONGODB_URL: '', REDIS_URL: '' })).toMatch(/^E_CONFIG A worker shares its store/);
  }, 60_000);

  test('P30 neither Redis nor any log names a person or a secret', async () => {
    for (const tropa of [...cluster.doors, ...cluster.workers])
      expect(tropa.output).not.toMatch(new RegExp(`x\\.example|${SECRET}`));
    for (const key of await cluster.redis!.client.keys('*')) {
      const dump = await cluster.redis!.client.dump(key);
      expect(`${key} ${dump}`).not.toMatch(/x\.example|killed\d|secret/);
    }
  });
});
