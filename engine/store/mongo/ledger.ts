// The ledger: rows that only rise, and whose first line is the fence before every hand-over (I5). A change reads the row
// and writes it where nobody was faster.

import { fenced, firstRow, raise, yieldsToFence } from '../../core/message-status.ts';
import type { LedgerChange, MessageId, MessageRow, PersonId } from '../../core/person.ts';
import type { FenceRow } from '../../ports/store.ts';
import type { MessageDoc } from './documents.ts';
import { insertNew, patiently } from './failures.ts';
import { messageDoc, messageOut } from './shapes.ts';
import { grouped, type Tables, type Today } from './tables.ts';

const TRIES = 50;

export interface RowChange {
  /** Whose row it is, where it is the first. */
  readonly person: PersonId;
  readonly change: LedgerChange;
}

/** Applies changes in their order. May be done twice. */
export async function changeRows(tables: Tables, changes: readonly RowChange[]): Promise<void> {
  let open = grouped(changes, ({ change }) => change.message);
  for (let tries = 0; open.size > 0; tries += 1) {
    if (tries > TRIES) throw new Error('rows of the ledger change faster than they can be written');
    const standing = await rowsOf(tables, [...open.keys()]);
    const token = tables.token();
    const next = [...open].flatMap(([id, theirs]) => {
      const doc = standing.get(id);
      const row = risen(doc, theirs);
      return row === null ? [] : [{ id, doc, after: messageDoc(row, (doc?.v ?? 0) + 1, token) }];
    });
    const written = await put(tables, next, token);
    const lost = next.filter(({ id }) => !written.has(id));
    open = new Map([...open].filter(([id]) => lost.some((one) => one.id === id)));
  }
}

/** The row after all of these, or null where it stays as it is. */
function risen(doc: MessageDoc | undefined, changes: readonly RowChange[]): MessageRow | null {
  const before = doc === undefined ? null : messageOut(doc);
  let row = before;
  for (const { person, change } of changes) {
    if (row !== null) row = raise(row, change);
    else {
      const first = firstRow(change);
      row = first === null ? null : { ...first, person };
    }
  }
  return row === before ? null : row;
}

interface Next {
  readonly id: MessageId;
  /** As it was read. */
  readonly doc: MessageDoc | undefined;
  readonly after: MessageDoc;
}

/** Writes rows where they are as they were read; answers those that were written by this call. */
async function put(tables: Tables, next: readonly Next[], token: string): Promise<ReadonlySet<MessageId>> {
  const fresh = next.filter(({ doc }) => doc === undefined);
  const taken = await insertNew(
    tables.messages,
    fresh.map(({ after }) => after),
  );
  const written = new Set(fresh.filter((_, n) => !taken.has(n)).map(({ id }) => id));
  const unsure = fresh.filter((_, n) => taken.has(n));
  const known = next.filter(({ doc }) => doc !== undefined);
  if (known.length > 0) {
    const writes = known.map(({ id, doc, after }) => ({
      replaceOne: { filter: { _id: id, v: (doc as MessageDoc).v }, replacement: after },
    }));
    const { matchedCount } = await patiently(() => tables.messages.bulkWrite(writes as never, { ordered: false }));
    if (matchedCount === known.length) for (const { id } of known) written.add(id);
    else unsure.push(...known);
  }
  // A try of ours that got no answer has our token.
  const found = await rowsOf(
    tables,
    unsure.map(({ id }) => id),
  );
  for (const [id, doc] of found) if (doc.token === token) written.add(id);
  return written;
}

async function rowsOf(tables: Tables, ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, MessageDoc>> {
  if (ids.length === 0) return new Map();
  const found = await patiently(() => tables.messages.find({ _id: { $in: [...ids] } }).toArray());
  return new Map(found.map((doc) => [doc._id, doc]));
}

/** True where this call put the row there: who gets it may hand over (I5). Rows of one message follow one another. */
export async function fence(tables: Tables, today: Today, given: readonly FenceRow[]): Promise<boolean[]> {
  const current = await today(given.map(({ person }) => person));
  const rows = given.flatMap((row) => {
    const person = current(row.person);
    return person === null ? [] : [{ ...row, person }];
  });
  const won = await insertFences(tables, rows);
  let n = -1;
  return given.map(({ person }) => {
    if (current(person) === null) return false;
    n += 1;
    return won[n] === true;
  });
}

async function insertFences(tables: Tables, rows: readonly FenceRow[]): Promise<boolean[]> {
  const token = tables.token();
  const taken = await insertNew(
    tables.messages,
    rows.map((row) => messageDoc(fenced(null, row), 1, token)),
  );
  if (taken.size === 0) return rows.map(() => true);
  const answers = rows.map((_, n) => !taken.has(n));
  const standing = await rowsOf(
    tables,
    rows.filter((_, n) => taken.has(n)).map(({ id }) => id),
  );
  for (const n of [...taken].sort((a, b) => a - b)) {
    const row = rows[n] as FenceRow;
    // One list may name a message twice: only the first of them put it there.
    const isFirst = rows.findIndex(({ id }) => id === row.id) === n;
    answers[n] = isFirst && (await refence(tables, row, standing.get(row.id), token));
  }
  return answers;
}

/** Where something stands: ours from a try without an answer, what yields to a fence, or another's. */
async function refence(tables: Tables, row: FenceRow, doc: MessageDoc | undefined, token: string): Promise<boolean> {
  if (doc === undefined) return false;
  if (doc.token === token) return true;
  const before = messageOut(doc);
  if (!yieldsToFence(before, row)) return false;
  const after = messageDoc(fenced(before, row), doc.v + 1, token);
  const written = await put(tables, [{ id: row.id, doc, after }], token);
  return written.has(row.id);
}
