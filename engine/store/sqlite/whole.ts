// The whole of a data folder, table by table and page by page in the order of keys: for carrying it elsewhere. Nobody else
// has the folder meanwhile.

import { existsSync, renameSync } from 'node:fs';
import { TropaError } from '../../language/errors.ts';
import { databaseFile, openForWriting } from './database.ts';
import { lockFolder } from './lock.ts';

/** Each table, the name of its key, and the rows beyond a key. */
const TABLES = {
  people: `SELECT people.id AS key, people.id, rev, body, inside, enrollments, faulted, begun, inbox_seq, seen_seq, wake_at,
      lane, last_intent FROM people JOIN queue ON queue.person = people.id
      LEFT JOIN uncopied ON uncopied.person = people.id WHERE people.id > ? ORDER BY people.id LIMIT ?`,
  identities: 'SELECT key, person FROM identities WHERE key > ? ORDER BY key LIMIT ?',
  aliases: 'SELECT loser AS key, winner FROM aliases WHERE loser > ? ORDER BY loser LIMIT ?',
  events: 'SELECT id AS key, * FROM events WHERE id > ? ORDER BY id LIMIT ?',
  messages: 'SELECT id AS key, * FROM messages WHERE id > ? ORDER BY id LIMIT ?',
  journal: 'SELECT seq AS key, * FROM journal WHERE seq > ? ORDER BY seq LIMIT ?',
  mails: 'SELECT id AS key, * FROM mails WHERE id > ? ORDER BY id LIMIT ?',
  refused: 'SELECT seq AS key, * FROM refused WHERE seq > ? ORDER BY seq LIMIT ?',
  suppressions: 'SELECT address AS key, * FROM suppressions WHERE address > ? ORDER BY address LIMIT ?',
  meta: 'SELECT key, value FROM meta WHERE key > ? ORDER BY key LIMIT ?',
  versions: 'SELECT hash AS key, * FROM versions WHERE hash > ? ORDER BY hash LIMIT ?',
  erased: 'SELECT digest AS key, at FROM erased WHERE digest > ? ORDER BY digest LIMIT ?',
  horizons: 'SELECT kind AS key, at FROM horizons WHERE kind > ? ORDER BY kind LIMIT ?',
} as const;

export type TableName = keyof typeof TABLES;
export type Row = Readonly<Record<string, string | number | null>>;

export interface Whole {
  count(table: TableName | 'tallies'): number;
  page(table: TableName, after: string | number | null, limit: number): Row[];
  /** What is so little that it is read at once. */
  all(table: 'workspace' | 'journeys' | 'tallies'): Row[];
  meta(key: string): string | null;
  setMeta(key: string, value: string): void;
  /** Puts the file aside: no engine begins here again by mistake. Answers where it is. */
  putAside(): string;
  close(): void;
}

/** Opens a folder as a whole. Throws E_STORE_LOCKED while an engine uses it, E_CONFIG where there is no store. */
export function openWhole(folder: string): Whole {
  const file = databaseFile(folder);
  if (!existsSync(file))
    throw new TropaError('E_CONFIG', `There is no store in ${folder}. Name its folder with --data DIR.`);
  const unlock = lockFolder(folder);
  const db = openForWriting({ folder });
  const close = (): void => {
    db.close();
    unlock();
  };
  return {
    count: (table) => (db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n,
    page: (table, after, limit) => {
      const numbered = table === 'journal' || table === 'refused';
      return db.prepare(TABLES[table]).all(after ?? (numbered ? -1 : ''), limit) as Row[];
    },
    all: (table) => db.prepare(`SELECT * FROM ${table}`).all() as Row[],
    meta: (key) =>
      (db.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string } | undefined)?.value ?? null,
    setMeta(key, value) {
      db.prepare(
        'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      ).run(key, value);
    },
    putAside() {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.pragma('journal_mode = DELETE');
      const aside = `${file}.moved`;
      renameSync(file, aside);
      return aside;
    },
    close,
  };
}
