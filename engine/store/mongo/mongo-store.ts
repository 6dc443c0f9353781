// The store of many processes, on MongoDB: guarded writes of single documents and nothing else, so that any server from
// version 5 on will do, in any shape.

import type { Logger } from 'pino';
import type { Instant, Millis } from '../../language/values.ts';
import type { Store } from '../../ports/store.ts';
import type { Workers } from '../../ports/workers.ts';
import { together } from '../together.ts';
import { about, type MongoAbout } from './about.ts';
import { ingest } from './arrivals.ts';
import { backlog } from './backlog.ts';
import { backup } from './backup.ts';
import { createClaims } from './claims.ts';
import { connect, databaseOf } from './connect.ts';
import { createCopier } from './copying.ts';
import { createDefinitions } from './definitions.ts';
import { collectionsOf } from './documents.ts';
import { erase, finishErasures } from './erasing.ts';
import { patiently } from './failures.ts';
import { forget } from './forgetting.ts';
import { history } from './history.ts';
import { keepMail, keepRefused, lift, meta, refused, setMeta, suppress, suppressed, swapMeta } from './keepsakes.ts';
import { fence } from './ledger.ts';
import { alias } from './merging.ts';
import { counts, events, journal, ledger, mails, messages, people, suppressions } from './pages.ts';
import { commit, load } from './people.ts';
import { RELEASE, takePlace } from './schema.ts';
import { finishSlice, tallies } from './sums.ts';
import { type Tables, tablesOf } from './tables.ts';
import { type Crew, createCrew } from './workers.ts';

export interface MongoOptions {
  /** Whether this process decides for people; a door alone holds no partition. */
  readonly engine: boolean;
  readonly logger: Pick<Logger, 'warn'>;
}

export interface MongoStore {
  readonly store: Store;
  readonly workers: Workers;
  /** The time of the server's clock. */
  time(): Promise<Instant>;
  /** What an operator should know of it; `late` are those due since before then. */
  about(lateBefore: Instant): Promise<MongoAbout>;
  /** From now on it is told beside this worker's name how far its machine's clock is off. */
  tellOffset(offset: () => Millis): void;
}

/**
 * Opens the database that `url` names. Throws TropaError before anything is touched: E_STORE_UNREACHABLE, E_STORE_RIGHTS,
 * E_STORE_OLD, E_STORE_NEWER.
 */
export async function openMongoStore(url: string, { engine, logger }: MongoOptions): Promise<MongoStore> {
  const connection = await connect(url);
  try {
    const { all, makeIndexes } = collectionsOf(connection);
    await takePlace(all.meta, makeIndexes);
    const crew = createCrew(all.workers, { engine, version: RELEASE, logger });
    await crew.start();
    const tables = tablesOf(all, crew);
    const store = await storeOn(tables, crew, () => connection.close());
    const time = async (): Promise<Instant> => {
      const { localTime } = (await databaseOf(connection).command({ isMaster: 1 })) as { localTime: Date };
      return localTime.getTime();
    };
    return {
      store,
      workers: crew,
      time,
      about: (lateBefore) => about(connection, all, lateBefore),
      tellOffset: (offset) => crew.tellOffset(offset),
    };
  } catch (error) {
    await connection.close(true).catch(() => undefined);
    throw error;
  }
}

async function storeOn(tables: Tables, crew: Crew, disconnect: () => Promise<void>): Promise<Store> {
  const claims = createClaims(tables);
  const copier = createCopier(tables);
  const definitions = createDefinitions(tables);
  await copier.loadHorizons();
  return {
    ingest: together((list: Parameters<Store['ingest']>[0]) => ingest(tables, list)),
    claim: (request) => claims.claim(request),
    leave: (people) => claims.leave(people),
    reconsider: () => claims.reconsider(),
    release: (claim) => Promise.resolve(claims.release(claim)),
    nextWake: () => claims.nextWake(),
    backlog: (now, lateBefore) => backlog(tables, now, lateBefore),
    load: (ids) => load(tables, ids),
    history: (asks) => history(tables, asks),
    async commit(changes, claim) {
      const outcomes = await commit(tables, claims, changes, claim);
      copier.committed(changes.filter((_, n) => outcomes[n] === 'won').map(({ person }) => person.id));
      return outcomes;
    },
    copy: (work) => copier.copy(work),
    fence: together((rows: Parameters<Store['fence']>[0]) => fence(tables, copier.today, rows)),
    alias: (loser, winner) => alias(tables, copier, loser, winner),
    async recover(now) {
      await copier.flush();
      await finishSlice(tables);
      await finishErasures(tables, copier);
      const parts = crew.mine();
      const held = parts === null ? {} : { part: { $in: [...parts] } };
      const wake = { $min: { due: now } };
      await patiently(() => tables.people.updateMany({ begun: true, ...held }, wake));
      await patiently(() => tables.people.updateMany({ owed: { $gt: '' }, ...held }, wake));
    },
    ...definitions,
    find: async (key) => (await patiently(() => tables.identities.findOne({ _id: key })))?.person ?? null,
    people: (filter) => people(tables, filter),
    message: async (id) => (await ledger(tables, [id]))[0] ?? null,
    ledger: (ids) => ledger(tables, ids),
    messages: (filter) => messages(tables, filter),
    journal: (filter) => journal(tables, filter),
    events: (filter) => events(tables, filter),
    counts: () => counts(tables),
    keepMail: (mail) => keepMail(tables, mail),
    mails: (filter) => mails(tables, filter),
    keepRefused: (one) => keepRefused(tables, one),
    refused: (limit) => refused(tables, limit),
    meta: (key) => meta(tables, key),
    setMeta: (key, value) => setMeta(tables, key, value),
    swapMeta: (key, was, value) => swapMeta(tables, key, was, value),
    suppressed: (addresses) => suppressed(tables, addresses),
    suppress: (address, reason, at) => suppress(tables, address, reason, at),
    lift: (address) => lift(tables, address),
    suppressions: (filter) => suppressions(tables, filter),
    erase: (erasure) => erase(tables, copier, erasure),
    // What is deleted is unreadable when the server has taken its room again: nothing here can hurry it.
    scrub: () => Promise.resolve({ next: null, waits: false }),
    forget: (slice) => forget(tables, { claims, copier }, slice),
    tallies: (filter) => tallies(tables, filter),
    async horizons() {
      await copier.loadHorizons();
      const found = await patiently(() => tables.horizons.find({}).toArray());
      return Object.fromEntries(found.map(({ _id, at }) => [_id, at]));
    },
    backup: (path) => backup(tables, path),
    async ping() {
      await patiently(() =>
        tables.meta.updateOne({ _id: 'pulse' }, { $set: { value: String(Date.now()) } }, { upsert: true }),
      );
    },
    async close() {
      await copier.flush().catch(() => undefined);
      await crew.leave();
      await disconnect();
    },
  };
}
