// What an operator should know of the database and of who works on it, looked up when `doctor` asks.

import type { Connection } from 'mongoose';
import type { Instant, Millis } from '../../language/values.ts';
import { databaseOf } from './connect.ts';
import { type Collections, type Documents, indexesOf } from './documents.ts';
import { patiently } from './failures.ts';

/** So many people due are looked at: enough to tell whose partitions stand still. */
const MOST_LOOKED_AT = 1_000;

export interface MongoAbout {
  readonly version: string;
  /** Null where the server stands alone. */
  readonly replicaSet: string | null;
  /** Servers that hold data. */
  readonly members: number;
  /** Whether a write is told durable once it is in the memory of most servers, and not yet in their journals. */
  readonly unjournaled: boolean;
  /** What has to be said to the database's shell to have each again. */
  readonly missingIndexes: readonly string[];
  /** Everybody who has written themselves down; who of them is alive is told elsewhere. */
  readonly workers: readonly { readonly name: string; readonly version: string; readonly offset: Millis | null }[];
  /** Partitions with somebody due since before the moment asked about. */
  readonly late: readonly number[];
}

export async function about(connection: Connection, all: Collections, lateBefore: Instant): Promise<MongoAbout> {
  const database = databaseOf(connection);
  const { version } = (await database.command({ buildInfo: 1 })) as { version: string };
  const hello = (await database.command({ isMaster: 1 })) as { setName?: string; hosts?: string[] };
  const [missingIndexes, workers, late] = await Promise.all([
    missing(connection, all),
    patiently(() => all.workers.find({}).sort({ _id: 1 }).toArray()),
    latePartitions(all, lateBefore),
  ]);
  return {
    version,
    replicaSet: hello.setName ?? null,
    members: Math.max(1, hello.hosts?.length ?? 0),
    unjournaled: connection.getClient().options.writeConcern?.journal === false,
    missingIndexes,
    workers: workers.map(({ _id: name, version: release, offset = null }) => ({ name, version: release, offset })),
    late,
  };
}

async function missing(connection: Connection, all: Collections): Promise<string[]> {
  const found: string[] = [];
  for (const name of Object.keys(all) as (keyof Documents)[]) {
    const wanted = indexesOf(connection, name);
    if (wanted.length === 0) continue;
    const there = new Set((await patiently(() => all[name].indexes())).map(({ key }) => JSON.stringify(key)));
    for (const key of wanted)
      if (!there.has(JSON.stringify(key))) found.push(`db.${name}.createIndex(${JSON.stringify(key)})`);
  }
  return found;
}

async function latePartitions(all: Collections, lateBefore: Instant): Promise<number[]> {
  const people = await patiently(() =>
    all.people
      .find({ due: { $lt: lateBefore } })
      .sort({ due: 1 })
      .limit(MOST_LOOKED_AT)
      .project<{ part: number }>({ part: 1 })
      .toArray(),
  );
  return [...new Set(people.map(({ part }) => part))].sort((a, b) => a - b);
}
