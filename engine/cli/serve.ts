// `tropa serve`: doors, engine and control socket in one process, until it is told to stop; `tropa worker`: the same
// without doors.

import type { Server } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Config } from '../config.ts';
import { normaliseEmail, normalisePhone } from '../core/identity.ts';
import type { MessageRow } from '../core/person.ts';
import { addressOf } from '../core/profile.ts';
import type { Drafts } from '../http/drafts-host.ts';
import type { HttpHost } from '../http/host.ts';
import { createServer } from '../http/server.ts';
import { TropaError } from '../language/errors.ts';
import type { StoreCounts } from '../ports/store.ts';
import { demonstrationOf } from '../runtime/demonstration.ts';
import { membersOf } from '../runtime/members.ts';
import type { SenderState } from '../runtime/senders/senders.ts';
import type { Adapters } from './adapters.ts';
import { deployAtStart, refuseDemoKey, watchFolder } from './deploy-folder.ts';
import { openDrafts } from './drafts.ts';
import { MOST_DRIFT } from './foundation.ts';
import { type House, openHouse, publicUrl } from './house.ts';
import { operationOf } from './operations/all.ts';
import { itemAgain } from './operations/outgoing.ts';
import { openPrivacyDesk, type PrivacyDesk } from './privacy.ts';
import { serveSocket } from './socket.ts';
import { setupLink, welcome, workerWelcome } from './welcome.ts';
import { writeJourney } from './workspace-folder.ts';

export interface ServeOptions {
  readonly watch: boolean;
  readonly engine: boolean;
  /** Without, it takes nothing in and answers health alone: a worker. */
  readonly doors: boolean;
  readonly json: boolean;
}

/** Real milliseconds within which a stop is over, finished or not: what is not finished is as safe as after a kill. */
const DRAIN = 10_000;

/** A timer that has been due for longer than the engine ever sleeps is late. */
const LATE = 5_000;

/** Serves until SIGTERM or SIGINT; a second signal ends at once. */
export async function serve(config: Config, adapters: Adapters, options: ServeOptions): Promise<number> {
  const told = signals();
  const house = await openHouse(config, adapters, options);
  let http: FastifyInstance | null = null;
  let socket: Server | null = null;
  let privacy: PrivacyDesk | null = null;
  let unwatch = (): void => undefined;
  try {
    const host = { ...hostOf(house, await adapters.sourceDoor(), options), drafts: draftsOf(house, adapters, options) };
    if (options.doors) {
      await deployAtStart(house, options);
      refuseDemoKey(house.engine.definitions.settings, house);
      const desk = openPrivacyDesk(house);
      privacy = desk;
      http = createServer({ ...host, privacy: (source, requests) => desk.take(source.name, requests) });
      await house.outside.listen();
    } else http = createServer(host, { doors: false });
    await listen(http, config);
    // A test's clock stands still, and so does its engine: everything happens when the clock is moved.
    if (options.engine && house.movable === null) await house.engine.start();
    else if (options.engine) await house.store.recover(house.clock.now());
    socket = await serveSocket(config.data, (name, args) => operationOf(name)(house, args));
    if (options.watch) unwatch = watchFolder(house);
    console.log(await announcement(house, config, options));
    await told.first;
    if (!options.json) console.error('Finishing what is under way …');
    setTimeout(() => process.exit(0), DRAIN).unref();
  } finally {
    unwatch();
    socket?.close();
    socket?.closeAllConnections();
    await Promise.all([http?.close(), privacy?.close(), house.engine.stop(DRAIN)]);
    await house.close();
    told.over();
  }
  return 0;
}

/** What is said once it listens, for people or for programs. */
async function announcement(house: House, config: Config, options: ServeOptions): Promise<string> {
  const url = publicUrl({ ...config, publicUrl: null });
  const setup = options.doors ? await setupLink(house) : null;
  if (options.json) return JSON.stringify({ url, inbox: `${url}/inbox`, pid: process.pid, setup });
  return options.doors ? await welcome(house, config, { engine: options.engine, setup }) : workerWelcome(house, config);
}

type Door = Awaited<ReturnType<Adapters['sourceDoor']>>;

/** What the HTTP server is told of this house. */
function hostOf(house: House, door: Door, options: ServeOptions): HttpHost {
  const { engine, store, links, sandbox, clock, config } = house;
  const counted = seldom(() => store.counts());
  return {
    now: () => clock.now(),
    settings: () => engine.definitions.settings,
    store,
    secret: house.secret,
    ...(config.oidc !== null && { oidc: config.oidc }),
    door,
    ingest: (events) => engine.ingest(events),
    atTheDoor: (count, work) => engine.atTheDoor(count, work),
    receipts: (receipts) => engine.receipts(receipts),
    heard: (heard) => engine.heard(heard),
    callbacks: (provider) => house.outside.callbacks(provider),
    publicUrl: publicUrl(config),
    links,
    near: config.testReach,
    browse: (message) => browse(house, message),
    behind: (work) => {
      house.behind.add(work);
      void work.finally(() => house.behind.delete(work));
    },
    operate: (name, args) => operationOf(name)(house, args),
    members: (segment, people) => membersOf(store, engine.definitions, segment, people, clock.now()),
    senders: () => house.outside.senders.states(),
    demonstration: () => demonstrationOf(store, engine.definitions),
    journeyExists: (id) => engine.definitions.journey(id) !== undefined,
    ready: () => isReady(house),
    gauges: () => gaugesOf(house, options, counted),
    sandbox: sandbox.desk,
    logger: house.logger as unknown as FastifyBaseLogger,
    loopback: config.loopback,
    metricsToken: config.metricsToken,
  };
}

/** What is published is written into the folder too where that is watched: it stays what the store has. */
function draftsOf(house: House, adapters: Adapters, { watch }: ServeOptions): Drafts {
  return openDrafts(house, adapters, (journey, files) =>
    watch ? writeJourney(house.config.workspace, journey, files) : Promise.resolve(),
  );
}

/** Whether the store takes writes, and this machine's clock may be relied on. */
export async function isReady({ store, drift }: House): Promise<boolean> {
  await store.ping();
  return Math.abs(drift()) <= MOST_DRIFT;
}

/**
 * What never left is not shown: nobody had read it. Nor is what went to another address than the person's own of now, unless
 * it is to the letter what was read there: records become one by what anybody types into a page, and whoever has a mail of
 * before must not read in it what is known of the customer they claimed to be (P24).
 */
async function browse(house: House, row: MessageRow): Promise<{ html: string | null; text: string } | null> {
  if (row.channel !== 'email' || row.status === 'held' || row.status === 'skipped') return null;
  const [loaded] = await house.store.load([row.person]);
  if (loaded === undefined) return null;
  const definitions = await house.engine.refresh();
  const again = await house.engine.again(loaded.person, await itemAgain(house, definitions, row));
  const isTheirs = row.to === addressOf(loaded.person, row.channel, normaliseEmail, normalisePhone);
  return isTheirs || again?.hash === row.contentHash ? again : null;
}

/** Counting everything takes the longer the more there is: an answer serves for twenty times as long as it took. */
function seldom<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let known: { readonly answer: Answer; readonly until: number } | null = null;
  return async () => {
    const began = performance.now();
    if (known !== null && began < known.until) return known.answer;
    const answer = await ask();
    const ended = performance.now();
    known = { answer, until: ended + 20 * (ended - began) };
    return answer;
  };
}

async function gaugesOf(
  { store, clock, outside, workers, drift, engine: running }: House,
  { engine }: ServeOptions,
  counted: () => Promise<StoreCounts>,
): Promise<Record<string, number>> {
  const counts = await counted();
  const now = clock.now();
  const { since, late } = await store.backlog(now, now - LATE);
  const lags = Object.entries(since).map(([lane, from]) => [
    `tropa_lag_seconds{lane="${lane}"}`,
    from === null ? 0 : Math.max(0, now - from) / 1000,
  ]);
  return {
    tropa_engine_running: engine ? 1 : 0,
    tropa_people: counts.people,
    tropa_events_stored: counts.events,
    tropa_events_unread: counts.undone,
    tropa_messages: counts.messages,
    tropa_enrollments: counts.enrollments,
    tropa_people_faulted: counts.faulted,
    ...(workers !== null && {
      tropa_workers_alive: workers.alive().length,
      tropa_clock_offset_seconds: drift() / 1000,
    }),
    ...running.figures.all(),
    ...senderGauges(outside.senders.states()),
    ...Object.fromEntries(lags),
    tropa_timers_late: late,
  };
}

/** One line a sender: whether it takes messages, and if not, why. */
function senderGauges(states: readonly SenderState[]): Record<string, number> {
  return Object.fromEntries(
    states.flatMap(({ name, channel, paused, downUntil }) => [
      [`tropa_sender_paused{sender="${name}",channel="${channel}"}`, paused === null ? 0 : 1],
      [`tropa_sender_down{sender="${name}",channel="${channel}"}`, downUntil === null ? 0 : 1],
    ]),
  );
}

async function listen(http: FastifyInstance, config: Config): Promise<void> {
  try {
    await http.listen({ port: config.port, host: config.host.replace(/^\[(.*)\]$/, '$1') });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE'
        ? `Port ${config.port} of ${config.host} is taken: stop what listens there`
        : `Cannot listen on ${config.host}:${config.port} (${message}): correct HOST and PORT`;
    throw new TropaError('E_CONFIG', `${why}, or choose another port with PORT=7071.`);
  }
}

/** The first SIGTERM or SIGINT is told; the second ends the process where it stands. */
function signals(): { readonly first: Promise<void>; over(): void } {
  let count = 0;
  let tell = (): void => undefined;
  const first = new Promise<void>((done) => {
    tell = done;
  });
  const heard = (): void => {
    count += 1;
    if (count > 1) process.exit(1);
    tell();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, heard);
  return {
    first,
    over() {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, heard);
    },
  };
}
