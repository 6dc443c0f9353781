// One engine a folder, and a schema that only this release or an older one wrote.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import SQLite from 'better-sqlite3';
import { event } from '../../testing/store-fixtures.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { openSqliteStore } from './sqlite-store.ts';

const folders = temporaryFolders();
afterAll(folders.remove);

const built = new URL('../../../dist/engine/store/sqlite/sqlite-store.js', import.meta.url).href;

/** A real process that opens the folder, says `open` or the code of its refusal, and stays. */
function opener(folder: string) {
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(built)});
    try { globalThis.store = await openSqliteStore(${JSON.stringify(folder)}); console.log('open'); setInterval(() => {}, 1e6); }
    catch (error) { console.log(error.code ?? error.stack); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = once(child.stdout, 'data').then(([chunk]) => String(chunk).trim());
  return { child, said };
}

test('refuses a second engine of the same process and of another, and says what to do', async () => {
  const folder = folders.make();
  const store = await openSqliteStore(folder);
  await expect(openSqliteStore(folder)).rejects.toMatchObject({
    code: 'E_STORE_LOCKED',
    message: expect.stringMatching(/Stop it, or .*--data/) as unknown as string,
  });
  expect(await opener(folder).said).toBe('E_STORE_LOCKED');
  await store.close();
  const next = await openSqliteStore(folder);
  await next.close();
});

test('a killed engine leaves no lock behind', async () => {
  const folder = folders.make();
  const { child, said } = opener(folder);
  expect(await said).toBe('open');
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'E_STORE_LOCKED' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await (await openSqliteStore(folder)).close();
});

test('of twenty processes that open a new folder at once, one does, and the schema is whole', async () => {
  const folder = folders.make();
  const openers = Array.from({ length: 20 }, () => opener(folder));
  const said = await Promise.all(openers.map(({ said }) => said));
  expect(said.filter((word) => word === 'open')).toHaveLength(1);
  expect(said.filter((word) => word === 'E_STORE_LOCKED')).toHaveLength(19);
  await Promise.all(
    openers.map(async ({ child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }),
  );
  const store = await openSqliteStore(folder);
  expect(await store.ingest([event('e1')])).toMatchObject([{ outcome: 'stored' }]);
  await store.close();
});

test('refuses a database of a newer release by name and leaves it alone', async () => {
  const folder = folders.make();
  await (await openSqliteStore(folder)).close();
  const file = join(folder, 'tropa.db');
  const db = new SQLite(file);
  db.pragma('user_version = 99');
  db.close();
  await expect(openSqliteStore(folder)).rejects.toMatchObject({
    code: 'E_STORE_NEWER',
    message: expect.stringContaining('99') as unknown as string,
  });
  // Refused twice: the refusal held no lock back.
  await expect(openSqliteStore(folder)).rejects.toMatchObject({ code: 'E_STORE_NEWER' });
  const after = new SQLite(file);
  expect(after.pragma('user_version', { simple: true })).toBe(99);
  after.close();
});

test('a file that is no database is told, not overwritten', async () => {
  const folder = folders.make();
  writeFileSync(join(folder, 'tropa.db'), 'this is a letter to my mother, and no database at all. '.repeat(40));
  await expect(openSqliteStore(folder)).rejects.toThrow(/not a database/);
});

const schemaOf = (db: SQLite.Database): unknown =>
  db.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();

test('migrates from empty and from every older version to the same schema', () => {
  const whole = new SQLite(':memory:');
  migrate(whole);
  for (let known = 0; known <= MIGRATIONS.length; known += 1) {
    const db = new SQLite(':memory:');
    migrate(db, MIGRATIONS.slice(0, known));
    migrate(db);
    migrate(db);
    expect(schemaOf(db)).toEqual(schemaOf(whole));
    expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  }
});

test('a migration that fails leaves the version before it, whole', () => {
  const db = new SQLite(':memory:');
  migrate(db);
  const before = schemaOf(db);
  expect(() => migrate(db, [...MIGRATIONS, 'CREATE TABLE more (a); CREATE TABLE more (b)'])).toThrow(/already exists/);
  expect(schemaOf(db)).toEqual(before);
  expect(db.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
});
