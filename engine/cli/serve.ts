// `tropa serve`: doors, engine and control socket in one process, until it is told to stop.

import { watch } from 'node:fs';
import type { Server } from 'node:http';
import { resolve } from 'node:path';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { createServer } from '../http/server.ts';
import { formatFault, TropaError } from '../language/errors.ts';
import { CheckFailed, deploy } from '../runtime/deploy.ts';
import type { Adapters } from './adapters.ts';
import type { House } from './house.ts';
import { openHouse } from './house.ts';
import { OPERATIONS } from './operations/all.ts';
import { serveSocket } from './socket.ts';
import { welcome } from './welcome.ts';
import { readFolder } from './workspace-folder.ts';

export interface ServeOptions {
  readonly watch: boolean;
  readonly engine: boolean;
}

/** Serves until SIGTERM or SIGINT; a second signal ends at once, which is as safe as a kill. */
export async function serve(config: Config, adapters: Adapters, options: ServeOptions): Promise<number> {
  const house = await openHouse(config, adapters, config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`);
  let http: FastifyInstance | null = null;
  let socket: Server | null = null;
  try {
    await deployOnce(house, config);
    await house.engine.refresh();
    refuseDemoKey(house, config);
    http = createServer(await hostOf(house, config, adapters));
    await listen(http, config);
    socket = await serveSocket(config.data, async (name, args) => {
      const operation = OPERATIONS[name];
      if (operation === undefined) throw new TropaError('E_NOT_FOUND', `The running engine knows no operation "${name}". Is it of another version?`);
      return (await operation(house, args)) ?? null;
    });
    // A test's clock stands still: everything happens when it is moved.
    if (options.engine && house.movable === null) await house.engine.start();
    else if (options.engine) await house.store.recover(house.clock.now());
    const unwatch = options.watch ? watchFolder(house, config) : () => undefined;
    console.log(await welcome(house, config, addressOf(http, config)));
    await signalled();
    unwatch();
  } finally {
    socket?.close();
    await http?.close();
    await house.close();
  }
  return 0;
}

async function hostOf(house: House, config: Config, adapters: Adapters) {
  const door = await adapters.sourceDoor();
  const { engine, store, links, sandbox, clock } = house;
  return {
    now: () => clock.now(),
    settings: () => engine.definitions.settings,
    store,
    door,
    ingest: (events: Parameters<typeof engine.ingest>[0]) => engine.ingest(events),
    receipts: (receipts: Parameters<typeof engine.receipts>[0]) => engine.receipts(receipts),
    links,
    journeyExists: (id: string) => engine.definitions.journey(id) !== undefined,
    ready: async () => {
      await store.ping();
      return true;
    },
    gauges: () => gaugesOf(house),
    sandbox: sandbox.desk,
    logger: house.logger as unknown as FastifyBaseLogger,
    loopback: config.loopback,
    metricsToken: config.metricsToken,
  };
}

async function gaugesOf({ store, clock }: House): Promise<Record<string, number>> {
  const counts = await store.counts();
  const next = await store.nextWake();
  return {
    tropa_people: counts.people,
    tropa_events: counts.events,
    tropa_events_unread: counts.undone,
    tropa_messages: counts.messages,
    tropa_enrollments: counts.enrollments,
    tropa_people_faulted: counts.faulted,
    tropa_lag_seconds: next === null ? 0 : Math.max(0, clock.now() - next) / 1000,
  };
}

/** Takes the folder's versions into the store. With errors the store's versions go on; with none there is nothing to run. */
async function deployOnce(house: House, config: Config): Promise<void> {
  try {
    const report = await deploy(house.store, { files: await readFolder(config.workspace), env: config.env, now: house.clock.now(), author: null });
    for (const fault of report.faults) console.error(`${formatFault(fault)}`);
  } catch (error) {
    if (error instanceof CheckFailed) for (const fault of error.faults) console.error(formatFault(fault));
    const { journeys } = await house.store.workspace();
    if (journeys.length === 0) throw error;
    console.error(`${error instanceof Error ? error.message : String(error)} The versions in the store go on.`);
  }
}

/** Deploys on save: what changed within a moment is one deployment. */
function watchFolder(house: House, config: Config): () => void {
  let timer: NodeJS.Timeout | null = null;
  const again = () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      deployOnce(house, config)
        .then(() => house.engine.refresh())
        .then(() => console.error(`Deployed ${resolve(config.workspace)}.`))
        .catch((error: unknown) => console.error(error instanceof Error ? error.message : String(error)));
    }, 200);
  };
  const watcher = watch(config.workspace, { recursive: true }, again);
  // A folder that vanishes archives nothing: the store's versions go on.
  watcher.on('error', (error) => console.error(`The workspace folder cannot be watched any more: ${error.message}`));
  return () => {
    if (timer !== null) clearTimeout(timer);
    watcher.close();
  };
}

function refuseDemoKey(house: House, config: Config): void {
  if (config.loopback) return;
  const open = house.engine.definitions.settings.sources.find((source) => JSON.stringify(source.options.write_key) === '"demo"');
  if (open !== undefined) throw new TropaError('E_DEMO_KEY', `Source "${open.name}" has the write key of the demonstration, which everybody knows, and ${config.host} listens beyond this machine. Give it a key of your own in tropa.yaml.`);
}

async function listen(http: FastifyInstance, config: Config): Promise<void> {
  try {
    await http.listen({ port: config.port, host: config.host });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new TropaError('E_CONFIG', `Port ${config.port} of ${config.host} is taken. Stop what listens there, or choose another with PORT=….`);
    throw new TropaError('E_CONFIG', `Cannot listen on ${config.host}:${config.port}: ${message}.`);
  }
}

function addressOf(http: FastifyInstance, config: Config): string {
  const address = http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  return config.publicUrl ?? `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}

function signalled(): Promise<void> {
  return new Promise((done) => {
    const stop = () => {
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      done();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}
