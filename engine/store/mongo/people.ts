// People as they are decided about: loaded with what they have not read, and committed where nobody was faster.

import type { PersonId } from '../../core/person.ts';
import type { Change, Claim, CommitOutcome, Loaded } from '../../ports/store.ts';
import type { Claims } from './claims.ts';
import type { EventDoc, PersonDoc } from './documents.ts';
import { isPassing, PATIENCE, patiently, toldAs } from './failures.ts';
import { committed, dueOf, eventOut, personOut } from './shapes.ts';
import { aliasesOf, grouped, type Tables } from './tables.ts';

const EVENTS_A_TURN = 100;
/** So many unread events are fetched in one answer; beyond it each person is asked for alone. */
const MOST_AT_ONCE = 5_000;

const LIVING = { erasure: { $exists: false } } as const;

export async function load(tables: Tables, ids: readonly PersonId[]): Promise<Loaded[]> {
  const asked = [...new Set(ids)];
  let docs = await findPeople(tables, asked);
  const missing = asked.filter((id) => !docs.has(id));
  if (missing.length > 0) {
    const aliases = await aliasesOf(tables, missing);
    const winners = await findPeople(
      tables,
      [...new Set(aliases.values())].filter((id) => !docs.has(id)),
    );
    docs = new Map(
      [...asked.map((id) => aliases.get(id) ?? id)].flatMap((id) => {
        const doc = docs.get(id) ?? winners.get(id);
        return doc === undefined ? [] : [[id, doc] as const];
      }),
    );
  }
  const events = await undone(tables, [...docs.keys()]);
  return asked
    .filter((id) => docs.has(id))
    .concat([...docs.keys()].filter((id) => !asked.includes(id)))
    .map((id) => {
      const doc = docs.get(id) as PersonDoc;
      const theirs = events.get(id) ?? [];
      const turn = theirs.slice(0, EVENTS_A_TURN).map(eventOut);
      return { person: personOut(doc), inboxSeq: doc.inbox, events: turn, more: theirs.length > EVENTS_A_TURN };
    });
}

async function findPeople(tables: Tables, ids: readonly PersonId[]): Promise<ReadonlyMap<PersonId, PersonDoc>> {
  if (ids.length === 0) return new Map();
  const found = await patiently(() => tables.people.find({ _id: { $in: [...ids] }, ...LIVING }).toArray());
  return new Map(found.map((doc) => [doc._id, doc]));
}

/** What these have not applied yet, in order; one more than a turn takes where there is more. */
async function undone(tables: Tables, people: readonly PersonId[]): Promise<ReadonlyMap<PersonId, EventDoc[]>> {
  if (people.length === 0) return new Map();
  const ask = (person: PersonId | { $in: PersonId[] }, limit: number): Promise<EventDoc[]> =>
    patiently(() => tables.events.find({ person, done: false }).sort({ effective: 1, _id: 1 }).limit(limit).toArray());
  const found = await ask({ $in: [...people] }, MOST_AT_ONCE);
  if (found.length < MOST_AT_ONCE) return grouped(found, ({ person }) => person as PersonId);
  const each = await Promise.all(people.map(async (person) => [person, await ask(person, EVENTS_A_TURN + 1)] as const));
  return new Map(each);
}

/** Stores each person where it is as loaded; a short answer, or none, is asked after by the commit's token. */
export async function commit(
  tables: Tables,
  claims: Claims,
  changes: readonly Change[],
  claim: Claim | null,
): Promise<CommitOutcome[]> {
  const outcomes = changes.map((): CommitOutcome => 'lost');
  const token = tables.token();
  let open = [...changes.entries()].filter(([, { person }]) => claim === null || claims.holds(claim, person.id));
  let standing: ReadonlyMap<PersonId, Standing> | null = null;
  for (const until = performance.now() + PATIENCE; open.length > 0; ) {
    const failure = await write(tables, open.map(writeOf(token, standing)));
    const found = failure === null ? null : await standings(tables, open.map(idOf));
    const won = open.filter((one) => found === null || isOurs(found.get(idOf(one)), one[1].person.rev, token));
    for (const [n] of won) outcomes[n] = 'won';
    open = open.filter((one) => !won.includes(one) && mayStillWin(one[1], found?.get(idOf(one))));
    standing = found;
    if (open.length > 0) refuseLasting(failure, until);
  }
  return outcomes;
}

type Open = [number, Change];
const idOf = ([, { person }]: Open): PersonId => person.id;

/** What lasts is thrown. Some may have won: as if the answer had been lost, and whoever loads them sees. */
function refuseLasting(failure: unknown, until: number): void {
  const isOver = performance.now() > until;
  if (failure === SHORT && isOver) throw new Error('people change faster than they can be committed');
  if (failure !== SHORT && (isOver || !isPassing(failure))) throw toldAs(failure);
}

/** Whoever only heard of something more since they were loaded, and does not mind. */
function mayStillWin({ person, exclusive, inboxSeq }: Change, doc: Standing | undefined): boolean {
  return doc !== undefined && doc.rev === person.rev - 1 && (doc.inbox === inboxSeq || !exclusive);
}

function writeOf(token: string, standing: ReadonlyMap<PersonId, Standing> | null) {
  return ([, change]: Open): Write => {
    const doc = standing?.get(change.person.id);
    return doc === undefined || doc.inbox === change.inboxSeq ? asLoaded(change, token) : asFound(change, token, doc);
  };
}

type Write = ReturnType<typeof asLoaded> | ReturnType<typeof asFound>;
type Standing = Pick<PersonDoc, '_id' | 'rev' | 'token' | 'inbox' | 'lane'>;
function asLoaded(change: Change, token: string) {
  const { person, inboxSeq, lane } = change;
  return {
    updateOne: {
      filter: { _id: person.id, rev: person.rev - 1, inbox: inboxSeq, ...LIVING },
      update: { $set: { ...committed(change, token), due: dueOf(change), lane, unread: false } },
    },
  };
}

/** An event that came after the person was loaded keeps it due at the moment the event asked for, and as urgent. */
function asFound(change: Change, token: string, { inbox, lane }: Standing) {
  const { person } = change;
  return {
    updateOne: {
      filter: { _id: person.id, rev: person.rev - 1, inbox, ...LIVING },
      update: {
        $set: { ...committed(change, token), lane: lane === 'transactional' ? lane : change.lane },
        $min: { due: dueOf(change) },
      },
    },
  };
}

/** Some were not written, by what the server says. */
const SHORT = Symbol('short');

/** Null where surely all of them were written; else what was wrong, and what stands there tells of whom. */
async function write(tables: Tables, writes: Write[]): Promise<unknown> {
  try {
    const { matchedCount } = await tables.people.bulkWrite(writes as never, { ordered: false });
    return matchedCount === writes.length ? null : SHORT;
  } catch (error) {
    return error;
  }
}

async function standings(tables: Tables, ids: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Standing>> {
  const found = await patiently(() =>
    tables.people
      .find({ _id: { $in: [...ids] }, ...LIVING })
      .project<Standing>({ rev: 1, token: 1, inbox: 1, lane: 1 })
      .toArray(),
  );
  return new Map(found.map((doc) => [doc._id, doc]));
}

const isOurs = (doc: Standing | undefined, rev: number, token: string): boolean =>
  doc?.rev === rev && doc.token === token;
