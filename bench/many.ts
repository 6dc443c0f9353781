// Many workers: what one event and one message cost in commands, bytes and CPU on MongoDB and Redis. `npm run bench:many`.
// Commands are counted by a proxy before the database, Redis' own by Redis, CPU by the kernel. Figures a second are printed
// only where MONGODB_URL names a real server: what stands in for one is slow, but asked for the same.

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pino from 'pino';
import type { JsonObject } from '../engine/language/values.ts';
import { type Cluster, startCluster } from '../engine/testing/cluster.ts';
import type { RedisServer } from '../engine/testing/redis-server.ts';
import type { Tropa } from '../engine/testing/server.ts';
import { createBullmqWakeups } from '../engine/wakeups/bullmq/bullmq-wakeups.ts';
import { connectRedis } from '../engine/wakeups/bullmq/connect-redis.ts';
import { type Figure, printTable } from './table.ts';

const { values } = parseArgs({ options: { messages: { type: 'string', default: '2000' } } });
const MESSAGES = Number(values.messages);
const LONE = 60;

const WORKSPACE = {
  'tropa.yaml': 'timezone: UTC\nsources: { shop: { type: segment, write_key: key } }\nconsent: { email: opt_out }\n',
  'go/journey.yaml': 'journey: go\nstatus: live\ntrigger: { event: go, key: event.n }\nsteps:\n  - email: hello\n',
  'go/hello.email.html':
    'subject: Hi\n---\n<p>Hello {{ profile.id }}, <a href="https://x.example/offer">an offer</a></p>\n',
};

interface Count {
  readonly commands: number;
  readonly bytes: number;
  readonly redis: number;
  /** Milliseconds of CPU of all workers. */
  readonly cpu: number;
  readonly at: number;
}

/** Jiffies of a process, in milliseconds: user and system (proc(5)). */
function cpuOf({ pid }: Tropa): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function redisCommands({ client }: RedisServer): Promise<number> {
  return Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
}

async function count(cluster: Cluster): Promise<Count> {
  const watching = ['hello', 'ismaster', 'isMaster', 'ping'];
  const commands = [...cluster.proxy.seen].filter(([name]) => !watching.includes(name));
  return {
    commands: commands.reduce((sum, [, times]) => sum + times, 0),
    bytes: cluster.proxy.bytes,
    redis: cluster.redis === null ? 0 : await redisCommands(cluster.redis),
    cpu: cluster.workers.reduce((sum, worker) => sum + cpuOf(worker), 0),
    at: performance.now(),
  };
}

/** What `work` cost beyond what the same time costs when nothing happens. */
async function cost(cluster: Cluster, idle: Count, work: () => Promise<unknown>): Promise<Omit<Count, 'at'>> {
  const before = await count(cluster);
  await work();
  const after = await count(cluster);
  const seconds = (after.at - before.at) / 1_000;
  const beyond = (name: keyof Count): number => after[name] - before[name] - idle[name] * seconds;
  return { commands: beyond('commands'), bytes: beyond('bytes'), redis: beyond('redis') - 1, cpu: beyond('cpu') };
}

async function idleRate(cluster: Cluster): Promise<Count> {
  const before = await count(cluster);
  await pause(6_000);
  const after = await count(cluster);
  const seconds = (after.at - before.at) / 1_000;
  const rate = (name: keyof Count): number => (after[name] - before[name]) / seconds;
  return { commands: rate('commands'), bytes: rate('bytes'), redis: rate('redis'), cpu: rate('cpu'), at: 0 };
}

const door = ({ doors }: Cluster): Tropa => doors[0] as Tropa;

async function introduce(cluster: Cluster, people: number): Promise<void> {
  for (let from = 0; from < people; from += 200) {
    const batch = Array.from({ length: Math.min(200, people - from) }, (_, n) => ({
      type: 'identify',
      userId: `p${from + n}`,
      traits: { email: `p${from + n}@x.example` },
    }));
    await accepted(door(cluster), batch);
  }
}

async function accepted(tropa: Tropa, batch: readonly JsonObject[]): Promise<void> {
  const response = await tropa.post('/v1/batch', { batch: [...batch] });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

async function sent(cluster: Cluster, wanted: number): Promise<void> {
  for (const until = Date.now() + 300_000; ; ) {
    const told = await Promise.all(
      cluster.workers.map(async ({ url }) => await (await fetch(`${url}/metrics`)).text()),
    );
    const sum = told.reduce(
      (all, text) => all + Number(/tropa_sends_total\{[^}]*accepted[^}]*\} (\d+)/.exec(text)?.[1] ?? 0),
      0,
    );
    if (sum >= wanted) return;
    if (Date.now() > until) throw new Error(`only ${sum} of ${wanted} messages left`);
    // Each look at the figures asks the database as well.
    await pause(1_000);
  }
}

async function bulk(cluster: Cluster, offset: number): Promise<void> {
  for (let from = 0; from < MESSAGES; from += 500) {
    const batch = Array.from({ length: Math.min(500, MESSAGES - from) }, (_, n) => ({
      type: 'track',
      userId: `p${from + n}`,
      event: 'go',
      properties: { n: `${offset}-${from + n}` },
    }));
    await accepted(door(cluster), batch);
  }
}

/** From the acknowledgement of one event to its message's hand-over, by the ledger. */
async function latencies(cluster: Cluster): Promise<number[]> {
  const began = new Map<string, number>();
  for (let n = 0; n < LONE; n += 1) {
    began.set(`p${n}`, Date.now());
    await door(cluster).track(`p${n}`, 'go', { n: `lone-${n}` });
    await pause(150);
  }
  await pause(2_000);
  const inbox = await door(cluster).ask<JsonObject[]>('inbox', { limit: LONE });
  return inbox
    .map(({ profile, at }) => Date.parse(String(at)) - (began.get(String(profile)) ?? 0))
    .sort((a, b) => a - b);
}

/** Redis alone, with a million people told of at once and nobody who listens. */
async function millionHints(redis: RedisServer): Promise<{ keys: number; megabytes: number }> {
  const bytes = async (): Promise<number> => Number(/used_memory:(\d+)/.exec(await redis.client.info('memory'))?.[1]);
  const before = { keys: await redis.client.dbsize(), bytes: await bytes() };
  const wakeups = createBullmqWakeups({
    redis: await connectRedis(redis.url),
    prefix: '{million}',
    workers: {
      own: null,
      partitionOf: (person) => Number(person) % 256,
      holderOf: () => 'away',
      alive: () => ['away'],
      onChange: () => () => undefined,
    },
    logger: pino({ level: 'silent' }),
  });
  for (let from = 0; from < 1_000_000; from += 10_000) {
    wakeups.notify({ people: Array.from({ length: 10_000 }, (_, n) => String(from + n)) });
    await pause(1);
  }
  await pause(500);
  const after = { keys: await redis.client.dbsize(), bytes: await bytes() };
  await wakeups.close();
  return { keys: after.keys - before.keys, megabytes: (after.bytes - before.bytes) / 2 ** 20 };
}

/** One event at a time, while the store is small: what stands in for a database reads all of it at every question. */
async function lonely(cluster: Cluster): Promise<Figure[]> {
  await introduce(cluster, LONE);
  await pause(8_000);
  const idle = await idleRate(cluster);
  let took: number[] = [];
  const lone = await cost(cluster, idle, async () => {
    took = await latencies(cluster);
  });
  const figures: Figure[] = [
    { name: 'a lone event with its message: database commands', value: lone.commands / LONE, unit: '', goal: null },
    { name: '… Redis commands', value: lone.redis / LONE, unit: '', goal: null },
    {
      name: '… event → hand-over, p95',
      value: took[Math.floor(took.length * 0.95)] ?? Number.NaN,
      unit: 'ms',
      goal: { at: '<=', value: 40 },
    },
  ];
  if (cluster.redis === null) return figures;
  const { keys, megabytes } = await millionHints(cluster.redis);
  return [
    ...figures,
    { name: 'Redis with hints for 1,000,000 people: keys', value: keys, unit: '', goal: { at: '<=', value: 300 } },
    { name: '… memory', value: megabytes, unit: 'MB', goal: { at: '<=', value: 10 } },
  ];
}

async function measure(workers: number): Promise<{ figures: Figure[]; perSecond: number; isReal: boolean }> {
  const cluster = await startCluster({ workspace: WORKSPACE, doors: 1, workers });
  try {
    const alone = workers === 1 ? await lonely(cluster) : [];
    await introduce(cluster, MESSAGES);
    await bulk(cluster, 0);
    await sent(cluster, MESSAGES + (workers === 1 ? LONE : 0));
    await pause(8_000);
    const idle = await idleRate(cluster);
    const started = performance.now();
    let seconds = 0;
    const full = await cost(cluster, idle, async () => {
      await bulk(cluster, 1);
      await sent(cluster, 2 * MESSAGES + (workers === 1 ? LONE : 0));
      seconds = (performance.now() - started) / 1_000;
      await pause(1_000);
    });
    const a = (name: keyof typeof full): number => full[name] / MESSAGES;
    const of = `${workers} worker${workers === 1 ? '' : 's'}`;
    const figures: Figure[] = [
      ...alone,
      {
        name: `${of}, full batches: database commands a message`,
        value: a('commands'),
        unit: '',
        goal: { at: '<=', value: 4 },
      },
      { name: '… bytes to and from the database', value: a('bytes') / 1_024, unit: 'KB', goal: null },
      { name: '… Redis commands', value: a('redis'), unit: '', goal: { at: '<=', value: 1 } },
      { name: '… CPU of workers', value: a('cpu'), unit: 'ms', goal: { at: '<=', value: 0.5 } },
    ];
    return { figures, perSecond: MESSAGES / seconds, isReal: cluster.mongo.kind !== 'stand-in' };
  } finally {
    await cluster.close();
  }
}

const figures: Figure[] = [];
for (const workers of [1, 2, 4]) {
  console.error(`${workers} …`);
  const { figures: some, perSecond, isReal } = await measure(workers);
  figures.push(...some);
  if (isReal) figures.push({ name: '… messages', value: perSecond, unit: '/s', goal: null });
}
printTable(figures);
