// What is said of a database that cannot be used, each with its remedy, before anything in it is touched.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import mongoose from 'mongoose';
import { type MongoProxy, startMongoProxy } from '../../testing/mongo-proxy.ts';
import { type MongoServer, startMongo } from '../../testing/mongo-server.ts';
import { runCli } from '../../testing/server.ts';
import { openMongoStore } from './mongo-store.ts';

let server: MongoServer;
let proxy: MongoProxy;
beforeAll(async () => {
  server = await startMongo();
  proxy = await startMongoProxy(server.port);
}, 120_000);
afterEach(() => {
  proxy.fate = () => 'pass';
  proxy.says.clear();
});
afterAll(async () => {
  await proxy.close();
  await server.close();
});

/** A database nobody has used, and the way to it that may be disturbed. */
function place(): { direct: string; url: string } {
  const direct = server.fresh();
  return { direct, url: direct.replace(/:\d+\//, `:${proxy.port}/`) };
}

async function refusal(url: string): Promise<string> {
  const opened = await openMongoStore(url, { engine: true, logger: { warn: () => undefined } }).catch(
    (error: Error) => error,
  );
  if (opened instanceof Error) return `${(opened as { code?: string }).code} ${opened.message}`;
  await opened.store.close();
  return 'none';
}

/** The collections there are. */
async function touched(direct: string): Promise<string[]> {
  const connection = await mongoose.createConnection(direct).asPromise();
  const names = (await connection.db!.listCollections().toArray()).map(({ name }) => name);
  const full = await Promise.all(
    names.map(async (name) => ((await connection.db!.collection(name).countDocuments({})) > 0 ? [name] : [])),
  );
  await connection.close();
  return full.flat();
}

test('a server that is too old', async () => {
  const { direct, url } = place();
  proxy.says.set('buildInfo', () => ({ version: '4.4.29' }));
  expect(await refusal(url)).toMatch(/^E_STORE_OLD MongoDB 4.4.29 is too old: 5.0 or newer is needed. Upgrade it/);
  expect(await touched(direct)).toEqual([]);
});

test('a login that is refused: told without the password', async () => {
  const { direct, url } = place();
  proxy.fate = (command) => (command.startsWith('sasl') ? 18 : 'pass');
  const said = await refusal(url.replace('mongodb://', 'mongodb://tropa:hunter2@'));
  expect(said).toMatch(/^E_STORE_RIGHTS MongoDB refuses the login of MONGODB_URL: correct its user and password/);
  expect(said).not.toContain('hunter2');
  expect(await touched(direct)).toEqual([]);
});

test.each([
  ['read', ['find', 'update', 'insert', 'createIndexes']],
  ['write', ['update', 'insert', 'createIndexes']],
])('a user who may not %s', async (_, forbidden) => {
  const { direct, url } = place();
  proxy.fate = (command) => (forbidden.includes(command) ? 13 : 'pass');
  expect(await refusal(url)).toMatch(/^E_STORE_RIGHTS .*grant it the role readWrite/);
  expect(await touched(direct)).toEqual([]);
});

test('a disk that is full', async () => {
  const { direct, url } = place();
  proxy.fate = (command) => (['update', 'insert', 'createIndexes'].includes(command) ? 14_031 : 'pass');
  expect(await refusal(url)).toMatch(/^E_UNAVAILABLE the database's disk is full; nothing was stored/);
  expect(await touched(direct)).toEqual([]);
});

test('what can be used is opened', async () => {
  expect(await refusal(place().url)).toBe('none');
});

test.each([
  [10_000, 'behind'],
  [-10_000, 'ahead of'],
])(
  'clocks %i ms apart',
  async (off, word) => {
    const { direct, url } = place();
    proxy.says.set('isMaster', () => ({ ismaster: true, localTime: new Date(Date.now() + off) }));
    const { status, stderr } = await runCli(['worker'], {
      MONGODB_URL: url,
      TROPA_SECRET: 'a secret of this test',
      NODE_ENV: 'test',
    });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^E_CLOCK .*\b10 s/)]);
    expect(stderr).toContain(`10 s ${word} that of the database. Let both follow a time server`);
    // Nothing but whose database it is, and that nobody works here any more.
    expect((await touched(direct)).filter((name) => !['meta', 'workers'].includes(name))).toEqual([]);
  },
  60_000,
);
