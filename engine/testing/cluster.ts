// Several processes of Tropa on one MongoDB and one Redis, as on several machines.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongoProxy, startMongoProxy } from './mongo-proxy.ts';
import { type MongoServer, startMongo } from './mongo-server.ts';
import { type RedisServer, startRedis } from './redis-server.ts';
import { startTropa, type Tropa, writeWorkspace } from './server.ts';

export interface ClusterOptions {
  readonly workspace: Readonly<Record<string, string>>;
  readonly workers: number;
  readonly doors: number;
  /** Without, everybody finds their work by looking. */
  readonly redis?: boolean;
  /** The database is to be restarted, and keeps what it acknowledged. */
  readonly keeps?: boolean;
}

export interface Cluster {
  readonly doors: readonly Tropa[];
  readonly workers: readonly Tropa[];
  readonly mongo: MongoServer;
  readonly proxy: MongoProxy;
  readonly redis: RedisServer | null;
  /** The same settings for one more process. */
  readonly env: Readonly<Record<string, string>>;
  /** One more process. */
  join(role: 'serve' | 'worker', env?: Readonly<Record<string, string>>, program?: string): Promise<Tropa>;
  close(): Promise<void>;
}

export const SECRET = 'a secret of all processes of a test';

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const [mongo, redis] = await Promise.all([
    startMongo(options.keeps === true ? { keeps: true } : {}),
    options.redis === false ? null : startRedis(),
  ]);
  const proxy = await startMongoProxy(mongo.port);
  const env = {
    MONGODB_URL: mongo.fresh().replace(/:\d+\//, `:${proxy.port}/`),
    TROPA_SECRET: SECRET,
    ...(redis !== null && { REDIS_URL: redis.url }),
  };
  const folder = mkdtempSync(join(tmpdir(), 'tropa-cluster-'));
  const workspace = await writeWorkspace(folder, options.workspace);
  const all: Tropa[] = [];
  const enter = async (
    role: 'serve' | 'worker',
    more: Readonly<Record<string, string>> = {},
    program?: string,
  ): Promise<Tropa> => {
    const flags = role === 'serve' ? ['--no-engine'] : [];
    const tropa = await startTropa({
      workspace,
      role,
      flags,
      env: { ...env, ...more },
      ...(program !== undefined && { program }),
    });
    all.push(tropa);
    return tropa;
  };
  const close = async (): Promise<void> => {
    await Promise.all(all.map((tropa) => tropa.close()));
    await proxy.close();
    await redis?.close();
    await mongo.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const doors: Tropa[] = [];
  const workers: Tropa[] = [];
  try {
    for (let n = 0; n < options.doors; n += 1) doors.push(await enter('serve'));
    for (let n = 0; n < options.workers; n += 1) workers.push(await enter('worker'));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    doors,
    workers,
    mongo,
    proxy,
    redis,
    env,
    join: enter,
    close,
  };
}
