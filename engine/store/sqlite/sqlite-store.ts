// The embedded store: a data folder with one database. The main thread turns records into text and back, and never
// calls the driver; one worker writes, another answers reports.

import type { JsonObject } from '../../language/values.ts';
import type { Change, FenceRow, IncomingEvent, SandboxMail, Store } from '../../ports/store.ts';
import { together } from '../together.ts';
import type { Copier } from './copier.ts';
import type { MailRow } from './keepsakes.ts';
import type { Reports } from './reports.ts';
import { changeIn, copyIn, eventIn, eventOut, journalOut, loadedOut, messageOut, personOut } from './rows.ts';
import { startThread, type Thread, threadWhenAsked } from './thread.ts';
import type { WriterReads, WriterWrites } from './writes.ts';

export interface SqliteOptions {
  /** Upper bound of the database in bytes; none by default. Beyond it writes answer `E_UNAVAILABLE`, as on a full disk. */
  readonly maxBytes?: number;
  /** Milliseconds for which one transaction takes in waiting writes; 8 by default. */
  readonly budgetMs?: number;
}

/** People decided together are stored in parts, so that an event at the door waits for one part and not for all. */
const INTENTS_A_CALL = 250;

/** So many who wait at doors are stored while the next are heard: the writer does not wait for the whole crowd. */
const ENOUGH = 12;

type Writer = Thread<WriterReads & WriterWrites>;
type Reader = Thread<Reports>;

/**
 * Opens the store of a data folder, making both where they are missing.
 * Refuses with `E_STORE_LOCKED` while another engine uses the folder, with `E_STORE_NEWER` when a newer release wrote it.
 */
export async function openSqliteStore(folder: string, options: SqliteOptions = {}): Promise<Store> {
  const writer: Writer = await startThread('writer', { folder, ...options });
  const reader: Reader = threadWhenAsked('reader', { folder });
  return {
    ...road(writer),
    ...definitions(writer),
    ...keepsakes(writer, reader),
    ...pages(reader),
    ...forgetting(writer, reader),
    ...erasing(writer),
    ...life(folder, writer, reader),
  };
}

type Road =
  | 'ingest'
  | 'claim'
  | 'release'
  | 'nextWake'
  | 'load'
  | 'history'
  | 'commit'
  | 'copy'
  | 'fence'
  | 'alias'
  | 'recover';

function road(writer: Writer): Pick<Store, Road> {
  return {
    ingest: together((events: readonly IncomingEvent[]) => writer.callNow('ingest', events.map(eventIn)), ENOUGH),
    claim: (request) => writer.call('claim', request),
    release: (claim) => writer.call('release', claim),
    nextWake: () => writer.call('nextWake'),
    load: async (people) => (await writer.call('load', people)).map(loadedOut),
    async history(asks) {
      const answers = await writer.call('history', asks);
      return answers.map((rows) => rows.map(({ id, at, data }) => ({ id, at, data: JSON.parse(data) as JsonObject })));
    },
    async commit(changes, claim, copying = false) {
      const token = claim?.token ?? null;
      const parts = partsOf(changes).map((part) => {
        const step = part.some(({ lane }) => lane === 'transactional') ? 'commitFirst' : 'commit';
        return writer.call(
          step,
          part.map((change) => changeIn(change, copying)),
          token,
        );
      });
      return (await Promise.all(parts)).flat();
    },
    copy: (work) => writer.call('copy', work.map(copyIn)),
    fence: together((rows: readonly FenceRow[]) => writer.call('fence', rows)),
    alias: (loser, winner) => writer.call('alias', loser, winner),
    recover: (now) => writer.call('recover', now),
  };
}

/** Cuts a list of changes where a part has become large. */
function partsOf(changes: readonly Change[]): Change[][] {
  const parts: Change[][] = [];
  let room = 0;
  for (const change of changes) {
    if (room <= 0) {
      parts.push([]);
      room = INTENTS_A_CALL;
    }
    parts.at(-1)?.push(change);
    room -= change.person.intents.length + 1;
  }
  return parts;
}

function definitions(writer: Writer): Pick<Store, 'workspace' | 'version' | 'versions' | 'deploy' | 'setJourney'> {
  return {
    async workspace() {
      const { journeys, ...rest } = await writer.call('workspace');
      return { ...rest, journeys: journeys.map((one) => ({ ...one, templates: JSON.parse(one.templates) })) };
    },
    version: (hash) => writer.call('version', hash),
    versions: (journey) => writer.call('versions', journey),
    deploy: ({ journeys, ...rest }) =>
      writer.call('deploy', {
        ...rest,
        journeys: journeys.map((one) => ({ ...one, templates: JSON.stringify(one.templates) })),
      }),
    setJourney: (id, flags, now) => writer.call('setJourney', id, flags, now),
  };
}

type Keepsake =
  | 'find'
  | 'suppressed'
  | 'suppress'
  | 'lift'
  | 'suppressions'
  | 'keepMail'
  | 'mails'
  | 'keepRefused'
  | 'refused'
  | 'meta'
  | 'setMeta'
  | 'swapMeta';

function keepsakes(writer: Writer, reader: Reader): Pick<Store, Keepsake> {
  const keepMails = together((mails: readonly MailRow[]) => writer.call('keepMails', mails));
  return {
    find: (key) => writer.call('find', key),
    suppressed: async (addresses) => new Set(await writer.call('suppressed', addresses)),
    suppress: (address, reason, at) => writer.call('suppress', address, reason, at),
    lift: (address) => writer.call('lift', address),
    suppressions: (filter) => reader.call('suppressions', filter),
    keepMail: async (mail) => void (await keepMails([{ ...mail, content: JSON.stringify(mail.content) }])),
    mails: async (filter) => (await reader.call('mails', filter)).map(mailOut),
    keepRefused: (refused) => writer.call('keepRefused', refused),
    refused: (limit) => reader.call('refused', limit),
    meta: (key) => writer.call('meta', key),
    setMeta: (key, value) => writer.call('setMeta', key, value),
    swapMeta: (key, was, value) => writer.call('swapMeta', key, was, value),
  };
}

function mailOut(row: MailRow): SandboxMail {
  return { ...row, content: JSON.parse(row.content) as JsonObject };
}

function pages(
  reader: Reader,
): Pick<Store, 'people' | 'message' | 'ledger' | 'messages' | 'journal' | 'events' | 'counts' | 'backlog'> {
  return {
    people: async (filter) => (await reader.call('people', filter)).map(({ body }) => personOut(body)),
    async message(id) {
      const row = await reader.call('message', id);
      return row === null ? null : messageOut(row);
    },
    ledger: async (ids) => (await reader.call('ledger', ids)).map(messageOut),
    messages: async (filter) => (await reader.call('messages', filter)).map(messageOut),
    journal: async (filter) => (await reader.call('journal', filter)).map(journalOut),
    events: async (filter) => (await reader.call('events', filter)).map(eventOut),
    counts: () => reader.call('counts'),
    backlog: (now, lateBefore) => reader.call('backlog', now, lateBefore),
  };
}

function forgetting(writer: Writer, reader: Reader): Pick<Store, 'forget' | 'tallies' | 'horizons'> {
  return {
    forget: (slice) => writer.call('forget', slice),
    tallies: (filter) => reader.call('tallies', filter),
    horizons: () => reader.call('horizons'),
  };
}

function erasing(writer: Writer): Pick<Store, 'erase' | 'scrub'> {
  return { erase: (erasure) => writer.call('erase', erasure), scrub: (from) => writer.call('scrub', from) };
}

function life(folder: string, writer: Writer, reader: Reader): Pick<Store, 'backup' | 'ping' | 'close'> {
  return {
    /** On a thread of its own: a copy takes minutes, and neither writes nor reports wait for it. */
    async backup(path) {
      await reader.call('horizons');
      const copier: Thread<Copier> = await startThread('copier', { folder });
      await copier.call('copyTo', path).finally(() => copier.close());
    },
    ping: () => writer.call('ping'),
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}
