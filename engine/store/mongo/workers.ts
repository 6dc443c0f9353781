// Who is alive: each process that runs an engine raises a counter of its own about once a second, and reads those of the
// others. Whose counter stands still for as long as the lease is gone, by the observer's own monotonic clock: no two
// clocks are ever compared. Nothing that must be right rests on it (I1).

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { mongo } from 'mongoose';
import type { Logger } from 'pino';
import type { Millis } from '../../language/values.ts';
import type { Workers } from '../../ports/workers.ts';
import type { WorkerDoc } from './documents.ts';
import { partitionOf, shares } from './partition.ts';

/** How often a counter is raised, and for how long it may stand still. */
const BEAT: Millis = 1_000;
const LEASE: Millis = 10_000;

interface Seen {
  readonly beat: number;
  readonly since: Millis;
}

export interface WorkersOptions {
  readonly engine: boolean;
  readonly version: string;
  readonly logger: Pick<Logger, 'warn'>;
  /** The observer's own counter of milliseconds. */
  readonly tick?: () => Millis;
}

/** What the store itself asks beyond what others may. */
export interface Crew extends Workers {
  /** The partitions this process looks after; null: all of them. */
  mine(): readonly number[] | null;
  /** One beat: by itself once a second, by hand in tests. */
  beat(): Promise<void>;
  /** Begins to beat; whoever was there is seen before it resolves. */
  start(): Promise<void>;
  /** Written down with every beat: how far this machine's clock is off. */
  tellOffset(offset: () => Millis): void;
  leave(): Promise<void>;
}

export function createCrew(workers: mongo.Collection<WorkerDoc>, options: WorkersOptions): Crew {
  const { engine, version, logger, tick = () => performance.now() } = options;
  const own = engine ? nameOf() : null;
  const watch = createWatch(own, tick);
  const listeners = new Set<() => void>();
  let view = viewOf(own === null ? [] : [own], own);
  let count = 0;
  let timer: NodeJS.Timeout | null = null;
  let outage = false;
  let offset: (() => Millis) | null = null;

  async function beat(): Promise<void> {
    if (own !== null) {
      count += 1;
      await workers.updateOne(
        { _id: own },
        { $set: { beat: count, version, ...(offset !== null && { offset: Math.round(offset()) }) } },
        { upsert: true },
      );
    }
    const { alive, forgotten } = watch(await workers.find({}).toArray());
    // A document that nobody raises any more is of no use; whoever was only paused writes it anew.
    for (const { _id, beat: stood } of forgotten) await workers.deleteOne({ _id, beat: stood });
    if (alive.join() === view.alive.join()) return;
    view = viewOf(alive, own);
    for (const listener of [...listeners]) listener();
  }

  function schedule(): void {
    timer = setTimeout(() => void regularly(), BEAT).unref();
  }

  async function regularly(): Promise<void> {
    try {
      await beat();
      outage = false;
    } catch {
      if (!outage) logger.warn('the database does not answer: nobody knows who else is alive');
      outage = true;
    }
    if (timer !== null) schedule();
  }

  return {
    own,
    partitionOf,
    holderOf: (partition) => view.holders[partition] ?? null,
    alive: () => view.alive,
    mine: () => view.held,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    beat,
    async start() {
      const ghosts = (await workers.find({}).toArray()).filter(({ _id }) => _id !== own && isGhost(_id));
      for (const { _id, beat: stood } of ghosts) await workers.deleteOne({ _id, beat: stood });
      await beat();
      schedule();
    },
    tellOffset(measured) {
      offset = measured;
    },
    async leave() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (own !== null) await workers.deleteOne({ _id: own }).catch(() => undefined);
    },
  };
}

const host = (): string =>
  hostname()
    .replace(/[^A-Za-z0-9-]/g, '')
    .slice(0, 40);

const nameOf = (): string => `${host()}.${process.pid}.${randomBytes(5).toString('hex')}`;

/**
 * Whether a name is of a process of this machine that is no more: whoever is started again after a crash need not wait
 * until its own ghost has stood still for long enough. Wrong about another machine of the same name, it costs that one a
 * second: it writes itself down again.
 */
function isGhost(name: string): boolean {
  const [where, pid] = name.split('.');
  if (where !== host()) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

interface View {
  readonly alive: readonly string[];
  readonly holders: readonly (string | null)[];
  /** Null where everything is held: then nothing has to be named. */
  readonly held: readonly number[] | null;
}

function viewOf(alive: readonly string[], own: string | null): View {
  const holders = shares(alive);
  const held = own === null ? [] : holders.flatMap((holder, partition) => (holder === own ? [partition] : []));
  return { alive, holders, held: held.length === holders.length ? null : held };
}

/** Watches counters: tells whose still rise, and whose have stood for so long that nobody needs them. */
function createWatch(own: string | null, tick: () => Millis) {
  const seen = new Map<string, Seen>();
  return (docs: readonly WorkerDoc[]): { alive: readonly string[]; forgotten: readonly WorkerDoc[] } => {
    const now = tick();
    const there = new Set(docs.map(({ _id }) => _id));
    for (const name of [...seen.keys()]) if (!there.has(name)) seen.delete(name);
    for (const { _id, beat } of docs) if (seen.get(_id)?.beat !== beat) seen.set(_id, { beat, since: now });
    const still = (name: string): Millis => now - (seen.get(name)?.since ?? now);
    const others = docs.filter(({ _id }) => _id !== own);
    const living = others.filter(({ _id }) => still(_id) < LEASE).map(({ _id }) => _id);
    const alive = (own === null ? living : [...living, own]).sort();
    return { alive, forgotten: others.filter(({ _id }) => still(_id) >= 6 * LEASE) };
  };
}
