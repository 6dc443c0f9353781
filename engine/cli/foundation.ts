// What a house stands on: the store of a folder or the one that many processes share, the installation's secret, the
// clock, and how processes wake one another.

import { createHmac, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { TropaError } from '../language/errors.ts';
import type { Millis } from '../language/values.ts';
import type { Clock, MovableClock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Wakeups } from '../ports/wakeups.ts';
import type { Workers } from '../ports/workers.ts';
import { createStoreClock, systemClock } from '../runtime/clocks.ts';
import type { Adapters, SharedStore } from './adapters.ts';
import { storedClock } from './under-test.ts';

/** A machine whose clock is further off than this is mended before it does anything. */
export const MOST_DRIFT: Millis = 5_000;
/** Under which a shared store keeps a mark of its installation's secret. */
const INSTALLATION = 'installation';

export interface Foundation {
  readonly store: Store;
  readonly secret: string;
  readonly clock: Clock;
  /** The same clock where tests move it, else null. */
  readonly movable: MovableClock | null;
  readonly wakeups: Wakeups;
  /** Null: nobody else can work on this store. */
  readonly workers: Workers | null;
  /** By how much this machine's clock differs from the store's. */
  readonly drift: () => Millis;
  /** What the server of a shared store says of itself; null on a folder. */
  readonly about: SharedStore['about'] | null;
  close(): Promise<void>;
}

export interface FoundationOptions {
  /** Whether this process is to decide for people. */
  readonly engine: boolean;
  readonly logger: Logger;
}

/** Opens what the settings name. Throws TropaError with its remedy before anything is touched; nothing stays open then. */
export async function layFoundation(
  config: Config,
  adapters: Adapters,
  options: FoundationOptions,
): Promise<Foundation> {
  // Also beside a shared store: notes of what was tried, and the socket that commands ask.
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  return config.mongodbUrl === null
    ? await inFolder(config, adapters)
    : await shared(config, config.mongodbUrl, adapters, options);
}

async function inFolder(config: Config, adapters: Adapters): Promise<Foundation> {
  const store = await adapters.embeddedStore(config.data).catch((error: unknown) => {
    throw error instanceof TropaError ? error : damaged(config.data, error);
  });
  return await orClose(store, async () => {
    const movable = config.testClock ? await storedClock(store) : null;
    const createWakeups = await adapters.wakeups();
    return {
      store,
      secret: config.secret ?? (await keptSecret(store)),
      clock: movable ?? systemClock(),
      movable,
      wakeups: createWakeups(),
      workers: null,
      drift: () => 0,
      about: null,
      close: () => store.close(),
    };
  });
}

async function shared(
  config: Config,
  url: string,
  adapters: Adapters,
  { engine, logger }: FoundationOptions,
): Promise<Foundation> {
  const { secret } = config;
  if (secret === null)
    throw new TropaError(
      'E_CONFIG',
      'MONGODB_URL needs TROPA_SECRET, the same for every process: links in messages are signed with it. Make one with `openssl rand -base64 32`.',
    );
  const { store, workers, time, about, tellOffset } = await adapters.sharedStore(url, { engine, logger });
  return await orClose(store, async () => {
    await refuseOther(store, secret);
    const told = await createStoreClock(time);
    tellOffset(() => told.offset());
    try {
      refuseDrift(told.offset());
      const movable = config.testClock ? await storedClock(store) : null;
      const prefix = `{tropa-${createHmac('sha256', secret).update('redis').digest('hex').slice(0, 12)}}`;
      const wakeups = await adapters.sharedWakeups({ url: config.redisUrl, prefix, workers, logger });
      return {
        store,
        secret,
        clock: movable ?? told,
        movable,
        wakeups,
        workers,
        drift: () => told.offset(),
        about,
        close: async () => {
          told.close();
          await wakeups.close();
          await store.close();
        },
      };
    } catch (error) {
      told.close();
      throw error;
    }
  });
}

async function orClose<Result>(store: Store, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    await store.close();
    throw error;
  }
}

function damaged(folder: string, error: unknown): TropaError {
  return new TropaError(
    'E_STORE_DAMAGED',
    `The data folder ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}. Put it aside, and \`tropa restore\` the latest backup into a new one.`,
  );
}

/** Made once and kept with the data: a restored backup's links go on leading somewhere. */
async function keptSecret(store: Store): Promise<string> {
  const kept = await store.meta('secret');
  if (kept !== null) return kept;
  const made = randomBytes(32).toString('base64url');
  await store.setMeta('secret', made);
  return made;
}

/** Two installations on one database would answer for one another's people, and break one another's links. */
async function refuseOther(store: Store, secret: string): Promise<void> {
  const mark = createHmac('sha256', secret).update('tropa installation').digest('base64url').slice(0, 22);
  await store.swapMeta(INSTALLATION, null, mark);
  if ((await store.meta(INSTALLATION)) !== mark)
    throw new TropaError(
      'E_STORE_OTHER',
      'This database belongs to an installation with another TROPA_SECRET. Use its secret, or a database of your own: name it at the end of MONGODB_URL.',
    );
}

function refuseDrift(offset: Millis): void {
  if (Math.abs(offset) <= MOST_DRIFT) return;
  const seconds = Math.round(Math.abs(offset) / 1_000);
  throw new TropaError(
    'E_CLOCK',
    `The clock of this machine is ${seconds} s ${offset > 0 ? 'behind' : 'ahead of'} that of the database. Let both follow a time server (chrony, systemd-timesyncd), then start again.`,
  );
}
