// Carrying a data folder into a shared store: table by table, in batches, each written down when it is done, so that a
// move that was cut short goes on where it was. Until it is whole nobody else may open the database.

import { mongo } from 'mongoose';
import { mint } from '../../core/ids.ts';
import { TropaError } from '../../language/errors.ts';
import { openWhole, type Row, type TableName, type Whole } from '../sqlite/whole.ts';
import { connect } from './connect.ts';
import { type Collections, collectionsOf, type Documents, NEVER } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import { partitionOf } from './partition.ts';
import { MOVING, takePlace } from './schema.ts';
import { placeOf } from './shapes.ts';

const BATCH = 500;
/** Small facts that belong to a folder and not to what is in it. */
const STAYS = new Set(['secret', 'test_clock', 'folder']);

/** How far a move has come. */
interface Progress {
  /** The folder it is from, by a name it was given. */
  readonly folder: string;
  readonly table: string;
  readonly after: string | number | null;
}

export interface Moved {
  readonly [table: string]: number;
}

export interface MoveOptions {
  readonly folder: string;
  readonly url: string;
  /** Told the folder's own secret, where it has one, before anything is touched; throws to end it. */
  readonly secret: (own: string | null) => Promise<void>;
  readonly progress: (table: string, done: number, of: number) => void;
}

/** Moves a folder, and puts its file aside. Throws TropaError where either side cannot be used, and E_MOVE. */
export async function moveFolder({
  folder,
  url,
  secret,
  progress,
}: MoveOptions): Promise<{ moved: Moved; aside: string }> {
  const whole = openWhole(folder);
  try {
    await secret(whole.meta('secret'));
    const connection = await connect(url);
    try {
      const { all, makeIndexes } = collectionsOf(connection);
      const begun = await begin(whole, all, makeIndexes);
      const moved = await carry(whole, all, begun, progress);
      await patiently(() => all.meta.deleteOne({ _id: MOVING }));
      return { moved, aside: whole.putAside() };
    } finally {
      await connection.close();
    }
  } finally {
    whole.close();
  }
}

async function begin(whole: Whole, all: Collections, makeIndexes: () => Promise<void>): Promise<Progress> {
  const name = whole.meta('folder') ?? mint('folder', Date.now(), Math.random());
  whole.setMeta('folder', name);
  const found = await patiently(() => all.meta.findOne({ _id: MOVING }));
  if (found !== null) {
    const standing = JSON.parse(found.value) as Progress;
    if (standing.folder === name) return standing;
    throw new TropaError(
      'E_MOVE',
      'Another folder is being moved into this database. Finish that move, or use another one.',
    );
  }
  if ((await patiently(() => all.people.findOne({}))) !== null)
    throw new TropaError(
      'E_MOVE',
      'This database holds people already. Move into an empty one: name it at the end of MONGODB_URL.',
    );
  const first: Progress = { folder: name, table: '', after: null };
  await insertNew(all.meta, [{ _id: MOVING, value: JSON.stringify(first) }]);
  await takePlace(all.meta, makeIndexes, { moving: true });
  return first;
}

const NAMES = [
  'identities',
  'aliases',
  'people',
  'events',
  'messages',
  'journal',
  'mails',
  'refused',
  'suppressions',
  'erased',
  'horizons',
  'versions',
  'meta',
] as const satisfies readonly TableName[];

async function carry(
  whole: Whole,
  all: Collections,
  begun: Progress,
  progress: MoveOptions['progress'],
): Promise<Moved> {
  const from = NAMES.indexOf(begun.table as (typeof NAMES)[number]);
  for (const [n, name] of NAMES.entries()) {
    if (n < from) continue;
    await carryTable(whole, all, name, { ...begun, table: name, after: n === from ? begun.after : null }, progress);
  }
  await carryRest(whole, all);
  return await recount(whole, all);
}

async function carryTable(
  whole: Whole,
  all: Collections,
  name: (typeof NAMES)[number],
  begun: Progress,
  progress: MoveOptions['progress'],
): Promise<void> {
  const of = whole.count(name);
  let done = 0;
  for (let { after } = begun; ; ) {
    const rows = whole.page(name, after, BATCH);
    const docs = rows.flatMap((row) => DOCS[name](row) ?? []);
    // Those of a batch that was cut short are there already.
    await insertNew(all[name] as never, docs as never);
    after = rows.at(-1)?.key ?? after;
    const value = JSON.stringify({ ...begun, after } satisfies Progress);
    await patiently(() => all.meta.updateOne({ _id: MOVING }, { $set: { value } }));
    done += rows.length;
    progress(name, done, of);
    if (rows.length < BATCH) return;
  }
}

const text = (value: Row[string] | undefined): string => String(value ?? '');
const number = (value: Row[string] | undefined): number => Number(value ?? 0);
const orNull = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

const DOCS: { readonly [Name in (typeof NAMES)[number]]: (row: Row) => Documents[Name] | null } = {
  people: (row) => ({
    _id: text(row.id),
    rev: number(row.rev),
    token: '',
    inbox: number(row.inbox_seq),
    seen: number(row.seen_seq),
    unread: number(row.inbox_seq) > number(row.seen_seq),
    due: row.wake_at === null ? NEVER : number(row.wake_at),
    lane: row.lane as Documents['people']['lane'],
    part: partitionOf(text(row.id)),
    body: text(row.body),
    inside: JSON.parse(text(row.inside)) as string[],
    enrollments: number(row.enrollments),
    faulted: number(row.faulted),
    begun: number(row.begun) > 0,
    owed: orNull(row.last_intent),
  }),
  identities: (row) => ({ _id: text(row.key), person: text(row.person) }),
  aliases: (row) => ({ _id: text(row.key), winner: text(row.winner) }),
  events: (row) => ({
    _id: text(row.id),
    person: orNull(row.person),
    source: text(row.source),
    name: text(row.name),
    at: number(row.at),
    received: number(row.received),
    effective: number(row.effective),
    done: number(row.done) === 1,
    hops: number(row.hops),
    data: text(row.data),
    who: text(row.who),
    links: text(row.links),
    token: '',
  }),
  messages: (row) => ({
    _id: text(row.id),
    person: text(row.person),
    journey: text(row.journey),
    channel: text(row.channel),
    status: text(row.status),
    at: number(row.at),
    v: 1,
    token: '',
    body: text(row.body),
  }),
  journal(row) {
    const [id, person] = [text(row.id), text(row.person)];
    // A line that changed hands names whose it was.
    const [base = id, origin = person] = id.split('@');
    const place = placeOf(origin, base);
    return {
      _id: `${origin}/${base}`,
      person,
      id,
      journey: orNull(row.journey),
      at: number(row.at),
      place,
      body: text(row.body),
    };
  },
  mails: (row) => ({
    _id: text(row.id),
    person: text(row.person),
    channel: text(row.channel),
    to: text(row.recipient),
    at: number(row.at),
    content: text(row.content),
  }),
  refused: (row) => ({
    _id: new mongo.ObjectId(number(row.seq).toString(16).padStart(24, '0')),
    at: number(row.at),
    source: text(row.source),
    code: text(row.code),
    detail: text(row.detail),
    body: text(row.body),
  }),
  suppressions: (row) => ({ _id: text(row.address), reason: text(row.reason), at: number(row.at) }),
  erased: (row) => ({ _id: text(row.key), at: number(row.at) }),
  horizons: (row) => ({ _id: row.key as Documents['horizons']['_id'], at: number(row.at) }),
  versions: (row) => ({
    _id: text(row.hash),
    journey: text(row.journey),
    yaml: text(row.yaml),
    parent: orNull(row.parent),
    deployedAt: number(row.deployed_at),
    author: orNull(row.author),
    ...(number(row.format) > 1 && { format: number(row.format), hears: JSON.parse(text(row.hears)) as string[] }),
  }),
  meta: (row) => (STAYS.has(text(row.key)) ? null : { _id: text(row.key), value: text(row.value) }),
};

/** What is in force, and the sums of what is gone. */
async function carryRest(whole: Whole, all: Collections): Promise<void> {
  const [workspace] = whole.all('workspace');
  const versions = new Map<string, Row[]>();
  for (let after: string | number | null = null; ; ) {
    const rows = whole.page('versions', after, BATCH);
    for (const row of rows) versions.set(text(row.journey), [...(versions.get(text(row.journey)) ?? []), row]);
    after = rows.at(-1)?.key ?? null;
    if (rows.length < BATCH) break;
  }
  const journeys = whole.all('journeys').map((row) => ({
    id: text(row.id),
    current: text(row.current),
    versions: (versions.get(text(row.id)) ?? [])
      .sort((a, b) => number(a.number) - number(b.number))
      .map(({ hash }) => text(hash)),
    paused: number(row.paused) === 1,
    archived: number(row.archived) === 1,
    templates: mint('templates', text(row.templates)),
  }));
  const templates = new Map(
    whole.all('journeys').map((row) => [mint('templates', text(row.templates)), text(row.templates)]),
  );
  await insertNew(
    all.templates,
    [...templates].map(([_id, kept]) => ({ _id, text: kept })),
  );
  const { revision, settings } = workspace ?? {};
  await insertNew(all.workspace, [{ _id: 'one', revision: number(revision), settings: text(settings), journeys }]);
  await insertNew(
    all.tallies,
    whole.all('tallies').map((row) => {
      const of = { journey: text(row.journey), version: text(row.version), step: text(row.step), name: text(row.name) };
      return { ...of, _id: JSON.stringify(Object.values(of)), amount: number(row.amount), slice: 'moved' };
    }),
  );
}

/** Counts both sides. Throws E_MOVE where they differ: then the database stays closed, and the folder as it was. */
async function recount(whole: Whole, all: Collections): Promise<Moved> {
  const moved: Record<string, number> = {};
  const wrong: string[] = [];
  for (const name of NAMES) {
    const there = await patiently(() => (all[name] as unknown as mongo.Collection<mongo.Document>).countDocuments({}));
    moved[name] = there;
    if (name !== 'meta' && there !== whole.count(name))
      wrong.push(`${name}: ${whole.count(name)} here, ${there} there`);
  }
  if (wrong.length > 0)
    throw new TropaError(
      'E_MOVE',
      `The recount differs (${wrong.join('; ')}). Nothing is in use yet; drop the database and move again.`,
    );
  return moved;
}
