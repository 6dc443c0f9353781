// Wake-ups between processes, by BullMQ: each worker has a queue, and in it at most one job for a partition and lane,
// however many people became due. So Redis holds as much for a million people as for ten, and may be emptied at any
// time: what it held were hints (I1).

import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Hint, Wakeups } from '../../ports/wakeups.ts';
import type { Workers } from '../../ports/workers.ts';
import { createLocalWakeups } from '../local.ts';
import { unfit } from './connect-redis.ts';

type Lane = 'transactional' | 'live';
type Where = [partition: number | typeof ALL, lane: Lane];

/** In place of a partition: all that the worker looks after. */
const ALL = 'all';
const FEW = 4;

/** Jobs of one queue looked at beside one another: each takes no longer than saying so. */
const ABREAST = 16;

export interface BullmqOptions {
  /** For adding jobs: it gives up at once where Redis is away. See `connectRedis`. */
  readonly redis: Redis;
  /** Before every key, so that installations share a server; in braces, which keeps it on one node of a cluster. */
  readonly prefix: string;
  readonly workers: Workers;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Hints to whoever looks after the people concerned; those of this process never travel. */
export function createBullmqWakeups({ redis, prefix, workers, logger }: BullmqOptions): Wakeups {
  const local = createLocalWakeups();
  const queues = new Map<string, Queue>();
  const outage = tellOnce(logger, redis);
  const own = workers.own === null ? null : listenTo(workers.own);
  let pending: NodeJS.Immediate | null = null;
  /** What is to be told once this turn of the loop is over: lanes by partition. */
  const untold = new Map<number, Lane>();
  /** Anybody may be due: every worker is told. */
  let everywhere = false;
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  function listenTo(name: string): Worker {
    const worker = new Worker(queueOf(name), () => Promise.resolve(), {
      connection: redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true }),
      prefix,
      concurrency: ABREAST,
      skipLockRenewal: true,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    // Only once the job is gone: a hint that comes while it stands is taken for the same.
    worker.on('completed', (job: Job) => heard(job.id?.split('-')[0] ?? ALL, job.name as Lane));
    worker.on('error', outage);
    return worker;
  }

  function everybody(hint: Hint): void {
    local.notify(hint);
    everywhere = true;
    pending ??= setImmediate(tell);
  }

  /** What concerns people of this process does not travel. */
  function pass(partition: number, hint: Hint): void {
    const holder = workers.holderOf(partition);
    if (holder !== null && holder === workers.own) local.notify(hint);
    else later(partition, hint.urgent === true ? 'transactional' : 'live');
  }

  /** A hint for somebody who has been given to another since goes on to them, once. */
  function heard(where: string, lane: Lane): void {
    const holder = where === ALL ? workers.own : workers.holderOf(Number(where));
    if (holder === workers.own || holder === null) local.notify({ urgent: lane === 'transactional' });
    else later(Number(where), lane);
  }

  function later(partition: number, lane: Lane): void {
    if (untold.get(partition) !== 'transactional') untold.set(partition, lane);
    pending ??= setImmediate(tell);
  }

  function tell(): void {
    pending = null;
    const hints = takeHints();
    // Lost where nobody can be told: whoever looks after them sweeps.
    if (closed || redis.status !== 'ready') return;
    for (const [holder, theirs] of hints) {
      const bulk = gathered(theirs).map(([where, name]) => ({ name, data: null, opts: { jobId: `${where}-${name}` } }));
      const adding: Promise<unknown> = queueFor(holder)
        .addBulk(bulk)
        .catch(outage)
        .finally(() => underway.delete(adding));
      underway.add(adding);
    }
  }

  /** What is to be told, by whom it is to be told. */
  function takeHints(): ReadonlyMap<string, Where[]> {
    const hints = new Map<string, Where[]>();
    for (const [partition, lane] of untold) {
      const holder = workers.holderOf(partition);
      if (holder !== null) hints.set(holder, [...(hints.get(holder) ?? []), [partition, lane]]);
    }
    untold.clear();
    const others = everywhere ? workers.alive().filter((worker) => worker !== workers.own) : [];
    for (const worker of others) hints.set(worker, [[ALL, 'live']]);
    everywhere = false;
    return hints;
  }

  function queueFor(holder: string): Queue {
    const known = queues.get(holder);
    if (known !== undefined) return known;
    const queue = new Queue(queueOf(holder), {
      connection: redis,
      prefix,
      streams: { events: { maxLen: 16 } },
      skipWaitingForReady: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    });
    queue.on('error', outage);
    queues.set(holder, queue);
    return queue;
  }

  /** Queues of the dead are of use to nobody. Whoever was only away makes theirs anew. */
  async function sweepAway(): Promise<void> {
    const alive = new Set(workers.alive());
    for (const [name, queue] of queues) {
      if (alive.has(name)) continue;
      queues.delete(name);
      if (redis.status === 'ready') await queue.obliterate({ force: true }).catch(outage);
    }
  }
  const stop = workers.onChange(() => void sweepAway());

  return {
    notify(hint: Hint = {}) {
      if (closed) return;
      if (hint.people === undefined) everybody(hint);
      for (const person of hint.people ?? []) pass(workers.partitionOf(person), hint);
    },
    listen: (look) => local.listen(look),
    look: () =>
      unfit(redis).catch(
        () =>
          'Redis does not answer: work goes on, and is up to five seconds late until it is back. Start it, or unset REDIS_URL.',
      ),
    async close() {
      // A command tells and ends: what it told is on its way first, for as long as that takes a server that answers.
      if (pending !== null) {
        clearImmediate(pending);
        tell();
      }
      closed = true;
      stop();
      await Promise.race([Promise.allSettled(underway), aSecond()]);
      await local.close();
      // By force: what it would wait for is on its way to a server that may be gone.
      await own?.close(true).catch(() => undefined);
      for (const queue of queues.values()) await queue.close().catch(() => undefined);
      redis.disconnect();
    },
  };
}

const aSecond = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1_000).unref());

/** Of many partitions of one worker one word is as good as a word for each. */
function gathered(hints: readonly Where[]): readonly Where[] {
  if (hints.length <= FEW) return hints;
  return [...new Set(hints.map(([, lane]) => lane))].map((lane) => [ALL, lane]);
}

const queueOf = (worker: string): string => `looks-${worker}`;

/** Says once an outage that hints are lost, and not once a try. */
function tellOnce(logger: Pick<Logger, 'warn'>, redis: Redis): (error: unknown) => void {
  let told = false;
  redis.on('ready', () => {
    told = false;
  });
  return (error) => {
    if (told) return;
    told = true;
    const { code } = error as { code?: string };
    logger.warn({ code }, 'Redis does not answer: until it does, work is found by looking every five seconds');
  };
}
