// A whole Tropa put together on one data folder: store, clock, channels, engine, links. `serve` runs it; a command
// without a running engine opens it for a moment.

import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import pino from 'pino';
import type { Config } from '../config.ts';
import type { ChannelHost } from '../ports/channel.ts';
import type { Clock, MovableClock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { LabSandbox } from '../laboratory/world.ts';
import { createVirtualClock, systemClock } from '../runtime/clocks.ts';
import { Engine } from '../runtime/engine.ts';
import type { Failpoint } from '../runtime/failpoints.ts';
import type { Links } from '../runtime/links.ts';
import { createLinks } from '../runtime/links.ts';
import { createRenderer } from '../runtime/render/renderer.ts';
import type { Adapters } from './adapters.ts';

export interface House {
  readonly config: Config;
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  /** The same clock where tests move it, else null. */
  readonly movable: MovableClock | null;
  readonly links: Links;
  readonly sandbox: LabSandbox;
  readonly logger: Logger;
  close(): Promise<void>;
}

/** Opens the store (and takes its lock) and puts everything together. Nothing runs yet. */
export async function openHouse(config: Config, adapters: Adapters, publicUrl: string): Promise<House> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  const [store, wakeups, createSandbox, attempts] = [await adapters.embeddedStore(config.data), await adapters.wakeups(), await adapters.sandbox(), await adapters.attempts(config.data)];
  const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const links = createLinks(await secretOf(config, store), publicUrl);
  const movable = config.testClock ? await storedClock(store) : null;
  const clock = movable ?? systemClock();
  let engine: Engine | null = null;
  const host: ChannelHost = {
    now: () => clock.now(),
    receipts: async (receipts) => engine?.receipts(receipts),
    keepMail: (mail) => store.keepMail(mail),
  };
  const sandbox = createSandbox(host, {
    mayDie: config.underTest,
    findMail: async (id) => (await store.mails({ id, limit: 1 }))[0] ?? null,
    linkTarget: (url) => targetOf(links, url),
  });
  const renderer = createRenderer();
  const failpoint = config.underTest ? failpointOf(config.env.TROPA_FAILPOINT) : undefined;
  engine = new Engine({
    store,
    clock,
    wakeups: wakeups(),
    channels: { email: sandbox.channel('email'), sms: sandbox.channel('sms'), push: sandbox.channel('push') },
    renderer,
    links,
    attempts,
    logger,
    env: config.env,
    tellsDelivery: () => true,
    sole: true,
    ...(failpoint && { failpoint }),
    settled: () => sandbox.idle(),
  });
  const close = async () => {
    await engine?.stop();
    await renderer.close();
    await store.close();
  };
  return { config, store, engine, clock, movable, links, sandbox, logger, close };
}

/** The target of a counted link of ours, or null for any other address. */
function targetOf(links: Links, url: string): string | null {
  const token = /\/c\/([A-Za-z0-9_-]+)$/.exec(url)?.[1];
  return token === undefined ? null : (links.read('click', token)?.url ?? null);
}

async function secretOf(config: Config, store: Store): Promise<string> {
  if (config.secret !== null) return config.secret;
  const kept = await store.meta('secret');
  if (kept !== null) return kept;
  const made = randomBytes(32).toString('base64url');
  await store.setMeta('secret', made);
  return made;
}

/** A test's clock stands still in the store, and survives kills. */
async function storedClock(store: Store): Promise<MovableClock> {
  const kept = await store.meta('clock');
  const clock = createVirtualClock(kept === null ? Date.now() : Number(kept));
  return {
    ...clock,
    async set(to) {
      await store.setMeta('clock', String(to));
      clock.set(to);
    },
  };
}

/** `name` or `name=word`: kills the process where that place is reached (with that word at hand). For tests alone. */
function failpointOf(text: string | undefined): Failpoint | undefined {
  if (text === undefined) return undefined;
  const [place, word] = text.split('=');
  return (name, about) => {
    if (name === place && (word === undefined || about.includes(word))) process.kill(process.pid, 'SIGKILL');
  };
}
