// Promises of wake-ups between processes, on a real Redis that is killed, emptied and restarted.

import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Wakeups } from '../../ports/wakeups.ts';
import type { Workers } from '../../ports/workers.ts';
import { type RedisServer, startRedis } from '../../testing/redis-server.ts';
import { wakeupsContract } from '../wakeups.contract.ts';
import { createBullmqWakeups } from './bullmq-wakeups.ts';
import { connectRedis } from './connect-redis.ts';

let redis: RedisServer;
let count = 0;
const open: Wakeups[] = [];
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => await redis.close());
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A table of who looks after whom, that a test changes; a person is called by the number of the partition. */
function cluster(...alive: string[]) {
  const listeners = new Set<() => void>();
  const names = alive;
  const view = (own: string | null): Workers => ({
    own,
    partitionOf: (person) => Number(person) % 256,
    holderOf: (partition) => names[partition % Math.max(1, names.length)] ?? null,
    alive: () => names,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });
  const change = (...now: string[]) => {
    names.splice(0, names.length, ...now);
    for (const listener of [...listeners]) listener();
  };
  return { view, change };
}

const warnings: string[] = [];

async function join(workers: Workers, prefix: string) {
  const wakeups = createBullmqWakeups({
    redis: await connectRedis(redis.url),
    prefix,
    workers,
    logger: { warn: (_: unknown, text?: string) => void warnings.push(String(text)) },
  });
  open.push(wakeups);
  const heard: boolean[] = [];
  wakeups.listen((urgent) => void heard.push(urgent));
  return { wakeups, heard };
}

const prefix = () => {
  count += 1;
  return `{test-${count}}`;
};
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 8_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come to pass');
    await pause(5);
  }
}
const keys = (of: string) => redis.client.keys(`${of.replace(/[{}]/g, '\\$&')}:*`);

wakeupsContract(
  'bullmq, within its own process',
  async () => {
    const workers = { ...cluster('me').view('me'), partitionOf: () => 0 };
    const logger = { warn: () => undefined };
    return createBullmqWakeups({ redis: await connectRedis(redis.url), prefix: prefix(), workers, logger });
  },
  { arrives: 300 },
);

describe('between processes', () => {
  test('a hint reaches whoever looks after the person, and nobody else; urgent ones say so', async () => {
    const [{ view }, place] = [cluster('a', 'b'), prefix()];
    const [door, a, b] = [await join(view(null), place), await join(view('a'), place), await join(view('b'), place)];
    door.wakeups.notify({ people: ['1'] });
    await until(() => b.heard.length === 1);
    door.wakeups.notify({ people: ['2'], urgent: true });
    await until(() => a.heard.length === 1);
    a.wakeups.notify({ people: ['3'] });
    await until(() => b.heard.length === 2);
    expect([door.heard, a.heard, b.heard]).toEqual([[], [true], [false, false]]);
  });

  test('a hint that comes while another of the same partition is under way is not lost', async () => {
    const [{ view }, place] = [cluster('a'), prefix()];
    const [door, a] = [await join(view(null), place), await join(view('a'), place)];
    for (let n = 1; n <= 300; n += 1) {
      const before = a.heard.length;
      door.wakeups.notify({ people: ['7'] });
      // Whatever was told by now is heard after now.
      await until(() => a.heard.length > before);
    }
    for (let n = 0; n < 200; n += 1) {
      door.wakeups.notify({ people: ['7'] });
      if (n % 3 === 0) await pause(0);
    }
    const before = a.heard.length;
    door.wakeups.notify({ people: ['7'] });
    await until(() => a.heard.length > before);
  });

  test('of many people in one moment no more jobs are made than there are partitions, and none stays', async () => {
    const [{ view }, place] = [cluster('away'), prefix()];
    const door = await join(view(null), place);
    const people = Array.from({ length: 20_000 }, (_, n) => String(n));
    for (let n = 0; n < 5; n += 1) {
      door.wakeups.notify({ people });
      await pause(5);
    }
    const waiting = () => redis.client.llen(`${place}:looks-away:wait`);
    await until(async () => (await waiting()) === 1);
    expect((await keys(place)).length).toBeLessThan(10);
    // One after the other they are told by their partitions, and there are no more of these.
    for (let n = 0; n < 600; n += 1) {
      door.wakeups.notify({ people: [String(n)] });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(async () => (await waiting()) === 257);
    expect((await keys(place)).length).toBeLessThan(257 + 10);
    const away = await join(view('away'), place);
    await until(async () => (await waiting()) === 0 && (await keys(place)).length < 10);
    expect(away.heard.length).toBeGreaterThan(0);
  });

  test('whoever got the hint of another passes it on', async () => {
    const [before, after, place] = [cluster('a', 'b'), cluster('b'), prefix()];
    const door = await join(before.view(null), place);
    const [a, b] = [await join(after.view('a'), place), await join(after.view('b'), place)];
    door.wakeups.notify({ people: ['2'], urgent: true });
    await until(() => b.heard.length === 1);
    expect([a.heard, b.heard]).toEqual([[], [true]]);
  });

  test('that anybody may be due is told to everybody, also by one who ends at once', async () => {
    const [{ view }, place] = [cluster('a', 'b'), prefix()];
    const [a, b] = [await join(view('a'), place), await join(view('b'), place)];
    const command = await join(view(null), place);
    command.wakeups.notify();
    await command.wakeups.close();
    await until(() => a.heard.length > 0 && b.heard.length > 0);
  });

  test('nothing of the dead stays in Redis', async () => {
    const [all, place] = [cluster('a', 'dead'), prefix()];
    const door = await join(all.view(null), place);
    door.wakeups.notify({ people: ['1', '3'] });
    await until(async () => (await keys(place)).some((key) => key.includes('looks-dead')));
    all.change('a');
    await until(async () => (await keys(place)).every((key) => !key.includes('looks-dead')));
  });

  test('P30 what Redis is given names nobody', async () => {
    const [{ view }, place] = [cluster('away'), prefix()];
    const door = await join({ ...view(null), partitionOf: () => 3 }, place);
    door.wakeups.notify({ people: ['canary@x.example'] });
    await until(async () => (await keys(place)).length > 0);
    for (const key of await keys(place)) expect(await redis.client.dump(key)).not.toMatch(/canary/);
    expect((await keys(place)).join()).not.toMatch(/canary/);
  });

  test('P10 Redis flushed, killed and started anew: hints go on by themselves, and what is lost meanwhile fails nobody', async () => {
    const [{ view }, place] = [cluster('a'), prefix()];
    const [door, a] = [await join(view(null), place), await join(view('a'), place)];
    const reaches = async () => {
      await until(async () => {
        const before = a.heard.length;
        door.wakeups.notify({ people: ['9'] });
        await pause(50);
        return a.heard.length > before;
      });
    };
    await reaches();
    await redis.client.flushall();
    await reaches();
    warnings.length = 0;
    await redis.kill();
    for (let n = 0; n < 50; n += 1) door.wakeups.notify({ people: ['9'] });
    await pause(200);
    await redis.restart();
    await reaches();
    expect(warnings.length).toBeLessThan(6);
  }, 30_000);
});
