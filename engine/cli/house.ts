// A whole Tropa put together on one data folder, or on the store that many share: store, clock, channels, engine, links. `serve` runs it; a command
// without a running engine opens it for a moment.

import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { LabSandbox } from '../laboratory/world.ts';
import type { ChannelHost } from '../ports/channel.ts';
import type { Clock, MovableClock } from '../ports/clock.ts';
import type { GuardedFetch } from '../ports/guarded.ts';
import type { Store } from '../ports/store.ts';
import type { Workers } from '../ports/workers.ts';
import { Engine } from '../runtime/engine.ts';
import type { Links } from '../runtime/links.ts';
import { createLinks } from '../runtime/links.ts';
import { createRenderer } from '../runtime/render/renderer.ts';
import { type RememberingStore, withTombstones } from '../runtime/tombstones.ts';
import type { Adapters } from './adapters.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { createLogger } from './logger.ts';
import { Outside } from './outside.ts';
import { failpointOf } from './under-test.ts';

export interface House {
  readonly config: Config;
  readonly store: RememberingStore;
  readonly engine: Engine;
  readonly clock: Clock;
  /** The same clock where tests move it, else null. */
  readonly movable: MovableClock | null;
  /** Who else works on the store; null where nobody can. */
  readonly workers: Workers | null;
  /** By how much this machine's clock differs from the store's, in milliseconds. */
  readonly drift: () => number;
  /** What the server of a shared store says of itself; null on a folder. */
  readonly about: Foundation['about'];
  /** What links and tokens are derived from. */
  readonly secret: string;
  readonly wakeups: Foundation['wakeups'];
  readonly links: Links;
  readonly sandbox: LabSandbox;
  readonly outside: Outside;
  /** What goes on though whoever asked for it has an answer. */
  readonly behind: Set<Promise<unknown>>;
  /** The client for addresses that somebody typed (P23). */
  guarded(): Promise<GuardedFetch>;
  readonly logger: Logger;
  readonly sourceDoor: Adapters['sourceDoor'];
  /** Stops the engine where it runs, and lets go of the folder. */
  close(): Promise<void>;
}

/**
 * Opens the store (of a folder: and takes its lock) and puts everything together. Nothing runs yet; without `engine` this
 * process decides for nobody. Throws E_STORE_LOCKED, E_STORE_NEWER, E_STORE_DAMAGED, and what a shared store is refused for.
 */
export async function openHouse(config: Config, adapters: Adapters, { engine = true } = {}): Promise<House> {
  const logger = createLogger(config.logLevel);
  const foundation = await layFoundation(config, adapters, { engine, logger });
  try {
    return await furnish(config, adapters, foundation, logger);
  } catch (error) {
    await foundation.close();
    throw error;
  }
}

async function furnish(config: Config, adapters: Adapters, on: Foundation, logger: Logger): Promise<House> {
  const { tracesTo } = config;
  const [createSandbox, providers, attempts, traces] = await Promise.all([
    adapters.sandbox(),
    adapters.providers(),
    adapters.attempts(config.data),
    tracesTo === null ? null : adapters.traces({ endpoint: tracesTo, logger }),
  ]);
  const { secret, clock, movable, workers } = on;
  const store = withTombstones(on.store, secret);
  const links = createLinks(secret, publicUrl(config));
  const house: { engine: Engine | null } = { engine: null };
  const host: ChannelHost = {
    now: () => clock.now(),
    receipts: async (receipts) => house.engine?.receipts(receipts),
    keepMail: (mail) => store.keepMail(mail),
  };
  const sandbox = createSandbox(host, {
    mayDie: config.underTest,
    findMail: async (id) => (await store.mails({ id, limit: 1 }))[0] ?? null,
    linkTarget: async (url) => targetOf(links, url) ?? (await shortTargetOf(store, links, url)),
  });
  const guard = guardedClient(config);
  const outside = new Outside({
    providers,
    host: {
      ...host,
      heard: async (heard) => house.engine?.heard(heard),
      links: { reports: (message) => links.report(message), target: (url) => targetOf(links, url) },
      guarded: guard.open,
    },
    sandbox: (channel) => sandbox.channel(channel),
    store,
    clock,
    logger,
    secret,
    publicUrl: publicUrl(config),
    hands: () => workers?.alive().length ?? 1,
  });
  const { senders } = outside;
  const behind = new Set<Promise<unknown>>();
  const renderer = createRenderer();
  const failpoint = config.underTest ? failpointOf(config.env.TROPA_FAILPOINT) : undefined;
  const engine = new Engine({
    store,
    clock,
    wakeups: on.wakeups,
    ...(workers !== null && { workers }),
    channels: senders.channels,
    gate: (channel, message, now, urgent) => senders.gate(channel, message, now, urgent),
    adopt: (settings) => outside.adopt(settings),
    renderer,
    links,
    attempts,
    logger,
    env: config.env,
    tellsDelivery: (channel) => senders.tellsDelivery(channel),
    retention: config.retention,
    ...(traces !== null && { traces }),
    ...(failpoint && { failpoint }),
    settled: async () => {
      await Promise.allSettled([...behind]);
      await sandbox.idle();
    },
  });
  house.engine = engine;
  const close = async () => {
    await Promise.allSettled([...behind]);
    await engine.stop();
    await traces?.close();
    await outside.close();
    await guard.close();
    await renderer.close();
    await on.close();
  };
  const { sourceDoor } = adapters;
  const { open: guarded } = guard;
  const { drift, about, wakeups } = on;
  return {
    config,
    store,
    engine,
    clock,
    movable,
    workers,
    drift,
    about,
    secret,
    wakeups,
    links,
    sandbox,
    outside,
    behind,
    guarded,
    logger,
    sourceDoor,
    close,
  };
}

/** The client for typed addresses, made when somebody first needs it. */
function guardedClient({ testReach }: Config): { open(): Promise<GuardedFetch>; close(): Promise<void> } {
  let made: Promise<GuardedFetch> | null = null;
  return {
    open: () => {
      made ??= import('../runtime/guarded-fetch.ts').then((room) => room.createGuardedFetch({ allow: testReach }));
      return made;
    },
    close: async () => await (await made)?.close(),
  };
}

/** Under which address links in messages lead here. */
export function publicUrl({ publicUrl: told, host, port }: Config): string {
  return told ?? `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

/** The target of a counted link of ours, or null for any other address. */
function targetOf(links: Links, url: string): string | null {
  const token = /\/c\/([A-Za-z0-9_-]+)$/.exec(url)?.[1];
  return token === undefined ? null : (links.read('click', token)?.url ?? null);
}

/** Where a short link of a text message leads. */
async function shortTargetOf(store: Store, links: Links, url: string): Promise<string | null> {
  const token = /\/s\/([A-Za-z0-9_-]+)$/.exec(url)?.[1];
  const target = token === undefined ? null : links.read('short', token);
  const row = target === null ? null : await store.message(target.message);
  return row?.links?.[target?.n ?? 0] ?? null;
}
