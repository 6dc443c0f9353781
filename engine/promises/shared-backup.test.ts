// A backup of the shared store, restored into an empty database: everything is there, and nothing is sent until it is let go.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SECRET } from '../testing/cluster.ts';
import { type MongoServer, startMongo } from '../testing/mongo-server.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': 'timezone: UTC\nsources: { shop: { type: segment, write_key: key } }\nconsent: { email: opt_out }\n',
  'go/journey.yaml':
    'journey: go\nstatus: live\ntrigger: { event: go }\nsteps:\n  - email: first\n  - wait: 1h\n  - email: second\n',
  'go/first.email.html': 'subject: One\n---\n<p>One</p>\n',
  'go/second.email.html': 'subject: Two\n---\n<p>Two</p>\n',
};

let server: MongoServer;
const folder = mkdtempSync(join(tmpdir(), 'tropa-backup-'));
const running: Tropa[] = [];
beforeAll(async () => {
  server = await startMongo();
}, 120_000);
afterAll(async () => {
  for (const tropa of running) await tropa.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('holds everything, opens nowhere else, writes over nothing, and sends nothing by itself', async () => {
  const env = { MONGODB_URL: server.fresh(), TROPA_SECRET: SECRET };
  const first = await startTropa({ workspace: WORKSPACE, clock: NOON, env });
  running.push(first);
  await first.identify('anna', { email: 'anna@x.example' });
  await first.track('anna', 'go');
  await first.drain();
  const file = join(folder, 'backup');
  expect((await first.cli('backup', file)).status).toBe(0);
  expect((await first.cli('backup', file)).stderr).toMatch(/E_CONFIG .*there already/);
  expect(readFileSync(file).includes('anna@x.example')).toBe(false);

  const again = { MONGODB_URL: server.fresh(), TROPA_SECRET: SECRET, NODE_ENV: 'test', TROPA_TEST_CLOCK: '1' };
  expect((await runCli(['restore', file, '--data', first.data], again)).status).toBe(0);
  const full = await runCli(['restore', file, '--data', first.data], again);
  expect([full.status, full.stderr]).toEqual([2, expect.stringMatching(/E_BACKUP .*people already/)]);
  const other = join(folder, 'other');
  writeFileSync(other, 'no backup');
  const empty = { ...again, MONGODB_URL: server.fresh() };
  expect((await runCli(['restore', other, '--data', first.data], empty)).stderr).toMatch(/^E_BACKUP .*is no backup/);

  const second = await startTropa({ workspace: WORKSPACE, clock: NOON, env: again });
  running.push(second);
  const inbox = await second.inbox();
  expect(inbox).toEqual(await first.inbox());
  await second.advance('2h');
  expect((await second.inbox()).filter(({ step }) => step !== '1')).toEqual([]);
  expect((await second.cli('restore', '--release')).status).toBe(0);
  await second.advance('1h');
  expect((await second.inbox()).map(({ step, status }) => [step, status])).toEqual([
    ['1', 'delivered'],
    ['3', 'delivered'],
  ]);
  expect((await second.cli('audit')).status).toBe(0);
}, 120_000);
