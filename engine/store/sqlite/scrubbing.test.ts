import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import SQLite from 'better-sqlite3';
import { mint } from '../../core/ids.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { openForWriting } from './database.ts';
import { prepareScrubber, type Scrubber } from './scrubbing.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const KEYS = 12_000;
const keyOf = (n: number): string => `email:${mint('k', n)}-canary@example.com`;

/** Identities and records that came in any order and grew, so that pages were split all over; every tenth is gone. */
function shuffled() {
  const folder = folders.make();
  const db = openForWriting({ folder });
  const insert = db.prepare('INSERT INTO identities (key, person) VALUES (?, ?)');
  const make = db.prepare("INSERT INTO people VALUES (?, 0, ?, '[]', 0, 0, 0)");
  const grow = db.prepare('UPDATE people SET body = ? WHERE id = ?');
  for (let n = 0; n < KEYS; n += 50)
    db.transaction(() => {
      for (let m = n; m < n + 50; m += 1) {
        insert.run(keyOf(m), mint('p', m));
        make.run(mint('p', m), keyOf(m) + 'z'.repeat((m * 37) % 1_500));
        const other = (m * 7_919) % (m + 1);
        grow.run(keyOf(other) + 'y'.repeat((m * 71) % 1_800), mint('p', other));
      }
    })();
  const drop = [db.prepare('DELETE FROM identities WHERE key = ?'), db.prepare('DELETE FROM people WHERE id = ?')];
  db.transaction(() => {
    for (let n = 0; n < KEYS; n += 10) {
      drop[0]?.run(keyOf(n));
      drop[1]?.run(mint('p', n));
    }
  })();
  const left = () => {
    const bytes = Buffer.concat(['', '-wal'].map((end) => readFileSync(join(folder, `tropa.db${end}`))));
    const there = new Set([...bytes.toString('latin1').matchAll(/([0-9a-f]{32})-canary/g)].map(([, key]) => key));
    return Array.from({ length: KEYS / 10 }, (_, n) => mint('k', n * 10)).filter((key) => there.has(key)).length;
  };
  return { folder, db, left, scrubber: prepareScrubber(db, join(folder, 'tropa.db')) };
}

function scrubAll(scrubber: Scrubber): void {
  for (let from: number | null = 0; from !== null; ) {
    const told = scrubber.scrub(from);
    expect(told.waits).toBe(false);
    from = told.next;
  }
}

test('P21 what was deleted is nowhere in the files, also where pages were split before', () => {
  const { db, left, scrubber } = shuffled();
  db.pragma('wal_checkpoint(TRUNCATE)');
  // Otherwise this test would prove nothing.
  expect(left()).toBeGreaterThan(0);
  scrubAll(scrubber);
  expect(left()).toBe(0);
  // What this connection had at hand is not written back as it was.
  const touch = db.prepare('UPDATE identities SET person = ? WHERE key = ?');
  for (let n = 1; n < KEYS; n += 3) touch.run(mint('q', n), keyOf(n));
  db.pragma('wal_checkpoint(TRUNCATE)');
  expect(left()).toBe(0);
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.prepare('SELECT count(*) AS count FROM identities').get()).toEqual({ count: KEYS * 0.9 });
  db.close();
  scrubber.close();
});

test('waits for whoever reads an older state, and goes on once they have done', () => {
  const { folder, db, scrubber } = shuffled();
  const reader = new SQLite(join(folder, 'tropa.db'), { readonly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM identities').get();
  db.prepare("INSERT INTO meta VALUES ('a', 'b')").run();
  expect(scrubber.scrub(0)).toEqual({ next: 0, waits: true });
  reader.exec('COMMIT');
  scrubAll(scrubber);
  reader.close();
  db.close();
  scrubber.close();
});
