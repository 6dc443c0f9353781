// What the parts reach alone, on this machine, in this minute: no message can be faster than the rows it must write and
// the template it must fill. Every ratio of the benchmark is against these.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { Liquid } from 'liquidjs';
import { Connection, post } from './http-client.ts';

/** Messages a second of a bare database in the engine's own mode: the rows of one message, 8 ms a transaction. */
export function databaseLimit(seconds = 3): number {
  const folder = mkdtempSync(join(tmpdir(), 'tropa-parts-'));
  const db = new SQLite(join(folder, 'bare.db'));
  try {
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'cache_size = -49152']) db.pragma(pragma);
    db.exec(`
      CREATE TABLE people (id TEXT PRIMARY KEY, body TEXT); CREATE TABLE events (id TEXT PRIMARY KEY, body TEXT);
      CREATE TABLE messages (id TEXT PRIMARY KEY, body TEXT); CREATE TABLE mails (id TEXT PRIMARY KEY, body TEXT);
      CREATE TABLE journal (seq INTEGER PRIMARY KEY, body TEXT);`);
    const write = messageRows(db);
    const since = performance.now();
    let count = 0;
    while (performance.now() < since + seconds * 1_000) {
      db.exec('BEGIN IMMEDIATE');
      const slice = performance.now() + 8;
      for (; performance.now() < slice; count += 1) write();
      db.exec('COMMIT');
    }
    return count / ((performance.now() - since) / 1_000);
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what one message leaves: a person, three events, a ledger row, a mail and eight lines of the journal. */
function messageRows(db: Database): () => void {
  const tables = ['people', 'events', 'events', 'events', 'messages', 'mails'];
  const put = tables.map((table) => db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`));
  const note = db.prepare('INSERT INTO journal (body) VALUES (?)');
  const [small, large] = ['x'.repeat(300), 'x'.repeat(1_600)];
  return () => {
    for (const [n, statement] of put.entries())
      statement.run(randomBytes(16).toString('hex'), tables[n] === 'mails' ? large : small);
    for (let line = 0; line < 8; line += 1) note.run(small);
  };
}

/** Mails a second that Liquid alone fills on one thread. */
export function templateLimit(source: string, seconds = 2): number {
  const engine = new Liquid();
  engine.registerFilter('money', (value: number) => `€${value.toFixed(2)}`);
  const template = engine.parse(source);
  const items = [
    { title: 'Dune lamp', price: 129 },
    { title: 'Warm bulb', price: 9 },
  ];
  const context = {
    profile: { first_name: 'Anna' },
    trigger: { total: 138, items, n: 1 },
    brand: {},
    message: { url: {} },
  };
  const until = performance.now() + seconds * 1_000;
  const since = performance.now();
  let count = 0;
  while (performance.now() < until) {
    engine.renderSync(template, context);
    count += 1;
  }
  return count / ((performance.now() - since) / 1_000);
}

/** Requests a second of a bare HTTP server in this process, asked by as many connections from this process too. */
export async function httpLimit(connections: number, body: unknown, seconds = 2): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{"success":true}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = Array.from({ length: connections }, () => new Connection(port));
  const request = post('/v1/track', body);
  const until = performance.now() + seconds * 1_000;
  const since = performance.now();
  let count = 0;
  await Promise.all(
    open.map(async (connection) => {
      while (performance.now() < until) {
        await connection.send(request);
        count += 1;
      }
    }),
  );
  for (const connection of open) connection.close();
  server.close();
  return count / ((performance.now() - since) / 1_000);
}
