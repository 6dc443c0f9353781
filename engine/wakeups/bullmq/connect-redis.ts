// The connection to Redis, looked at once before anything rests on it.

import { Redis } from 'ioredis';
import { TropaError } from '../../language/errors.ts';

/** Milliseconds for the first connection: whoever starts without Redis should know so, and why. */
const PATIENCE = 5_000;
const LONGEST_PAUSE = 2_000;
/** What BullMQ needs. */
const OLDEST = 6;

/**
 * Connects to `redis://[user:password@]host:port[/db]` or `rediss://…`. Later outages end by themselves; what is asked
 * meanwhile fails at once. Throws E_REDIS: nobody there, no login, too old, or a server that may throw keys away.
 */
export async function connectRedis(url: string): Promise<Redis> {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol))
    throw new TropaError('E_REDIS', 'REDIS_URL is no address of Redis; write it as redis://host:6379, or unset it.');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(LONGEST_PAUSE, times * 100),
  });
  const errors: Error[] = [];
  redis.on('error', (error: Error) => void errors.splice(0, 1, error));
  try {
    await firstConnection(redis, errors);
    await refuseUnfit(redis);
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error instanceof TropaError ? error : unreachable(parsed, errors[0] ?? error);
  }
}

async function firstConnection(redis: Redis, errors: readonly Error[]): Promise<void> {
  const patience = new AbortController();
  const late = new Promise<never>((_, failed) => {
    const timer = setTimeout(() => failed(errors[0] ?? new Error('it does not answer')), PATIENCE);
    patience.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    await Promise.race([redis.connect(), late]);
  } finally {
    patience.abort();
  }
}

function unreachable({ host }: URL, error: unknown): TropaError {
  const why = error instanceof Error ? error.message : String(error);
  if (/^(NOAUTH|WRONGPASS|NOPERM)/.test(why))
    return new TropaError('E_REDIS', `Redis at ${host} refuses the login of REDIS_URL: correct its user and password.`);
  return new TropaError(
    'E_REDIS',
    `Redis at ${host} cannot be reached (${why}): start it, correct REDIS_URL, or unset it.`,
  );
}

async function refuseUnfit(redis: Redis): Promise<void> {
  const wrong = await unfit(redis);
  if (wrong !== null) throw new TropaError('E_REDIS', wrong);
}

/**
 * Why this server will not do, with the remedy, or null. Hints that a server throws away are only late; that it does so
 * shows that its memory is meant for something else.
 */
export async function unfit(redis: Redis): Promise<string | null> {
  const info = await redis.info();
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? '';
  if (Number.parseInt(version, 10) < OLDEST) return `Redis ${version} is too old: ${OLDEST}.2 or newer is needed.`;
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction';
  return policy === 'noeviction'
    ? null
    : `Redis throws keys away when it is full (maxmemory-policy ${policy}): set it to noeviction, or give Tropa a server of its own.`;
}
