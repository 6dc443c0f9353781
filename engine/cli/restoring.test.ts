// Backup and restore as an operator does them: the built program, real folders, a moved clock.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Noon of a Monday, UTC. */
const NOON = Date.UTC(2026, 2, 2, 12);

const CART = `journey: cart
status: live
category: transactional
trigger:
  event: cart.updated
steps:
  - wait: 1h
  - email: reminder
`;
const SILENT = `journey: silent
status: live
category: transactional
trigger:
  event: page.viewed
  idle: 30m
steps:
  - email: come-back
`;
const WORKSPACE = {
  'cart/journey.yaml': CART,
  'cart/reminder.email.txt': 'subject: Cart\n---\nStill there.',
  'silent/journey.yaml': SILENT,
  'silent/come-back.email.txt': 'subject: Come back\n---\nWe miss you.',
};

let tropa: Tropa;
afterEach(() => tropa.close());

/** A server with anna inside a journey and boris about to enter another; its backup restored into its emptied folder. */
async function restored(restore = (copy: string) => tropa.cli('restore', copy)): Promise<string> {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
  for (const name of ['anna', 'boris']) await tropa.identify(name, { email: `${name}@example.com` });
  await tropa.track('anna', 'cart.updated');
  await tropa.track('boris', 'page.viewed');
  await tropa.drain();
  const copy = join(folders.make(), 'copy.db');
  expect((await tropa.cli('backup', copy)).status).toBe(0);
  expect((await tropa.cli('backup', copy)).stderr).toContain('there already');
  await tropa.signal('SIGKILL');
  expect((await tropa.cli('restore', copy)).stderr).toContain('holds a store already');
  rmSync(tropa.data, { recursive: true });
  const { stdout, status } = await restore(copy);
  expect(status).toBe(0);
  return stdout;
}

const sent = async (): Promise<string[]> =>
  (await tropa.inbox())
    .filter(({ status }) => status !== 'held')
    .map(({ profile, template }) => `${profile} ${template}`);

describe('a restored backup', () => {
  test('holds everything until it is told to go on, says so, and then sends what was due', async () => {
    expect(await restored()).toContain('Sending is held');
    await tropa.start();
    expect(tropa.output).toContain('Nothing is sent: a backup was restored');
    await tropa.advance('1d');
    // What happens meanwhile counts, and waits like the rest.
    await tropa.track('boris', 'cart.updated');
    await tropa.advance('2h');
    expect(await tropa.inbox()).toEqual([]);
    expect((await tropa.cli('doctor')).stdout).toMatch(/WRONG restored: .*tropa restore --release/);
    expect((await tropa.cli('faults')).stdout).toContain('E_HELD');
    expect((await tropa.cli('send', 'cart', '--to', 'anna')).status).toBe(0);
    await tropa.drain();
    expect(await tropa.inbox()).toMatchObject([{ profile: 'anna', status: 'held', reason: 'restored' }]);
    expect((await tropa.cli('restore')).stderr).toContain('--release');
    expect((await tropa.cli('restore', '--release')).stdout).toContain('Sending goes on.');
    await tropa.drain();
    expect((await sent()).sort()).toEqual(['anna reminder', 'anna reminder', 'boris come-back', 'boris reminder']);
    expect((await tropa.cli('doctor')).stdout).not.toContain('restored');
    expect((await tropa.cli('restore', '--release')).stderr).toContain('Nothing is held');
    expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  });

  test('drops what was due before the restore where told so, and keeps what came since', async () => {
    // By the machine's clock: months after the backup was made.
    await restored((copy) => runCli(['restore', copy, '--data', tropa.data]));
    await tropa.start();
    await tropa.set(Date.now() + 60_000);
    await tropa.track('boris', 'cart.updated');
    await tropa.advance('30m');
    expect((await tropa.cli('restore', '--release', '--expire')).stdout).toContain('Of 2 people');
    await tropa.drain();
    await tropa.advance('2h');
    expect(await sent()).toEqual(['boris reminder']);
    expect((await tropa.cli('stats', 'cart')).stdout).toContain('expired 1');
    expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  });

  test('goes on as it was where nothing is to be held', async () => {
    expect(await restored((copy) => tropa.cli('restore', copy, '--release'))).toBe('Restored.\n');
    await tropa.start();
    await tropa.advance('2h');
    expect((await sent()).sort()).toEqual(['anna reminder', 'boris come-back']);
  });

  test('is refused when it is none, and leaves nothing behind', async () => {
    tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
    await tropa.signal('SIGTERM');
    rmSync(tropa.data, { recursive: true });
    const file = join(folders.make(), 'note.txt');
    writeFileSync(file, 'no database at all, but long enough to look at'.repeat(100));
    for (let tries = 0; tries < 2; tries += 1) {
      const { status, stderr } = await tropa.cli('restore', file);
      expect([status, stderr]).toEqual([2, expect.stringContaining('is no backup of')]);
    }
    expect((await tropa.cli('restore', `${file}.gone`)).stderr).toContain('There is no backup at');
    expect((await tropa.cli('restore', file, '--expire')).stderr).toContain('Restore first');
  });
});

test('a backup made at full load is whole: nothing of it is lost, doubled or forgotten', async () => {
  tropa = await startTropa({ workspace: WORKSPACE });
  const batch = (from: number): Promise<Response> =>
    tropa.post('/v1/batch', {
      batch: Array.from({ length: 100 }, (_, n) => ({
        type: 'track',
        event: 'cart.updated',
        userId: `u${(from * 100 + n) % 2_000}`,
        messageId: `m${from}-${n}`,
        properties: { total: n },
      })),
    });
  let [sent, copied] = [0, false];
  const pouring = Array.from({ length: 4 }, async () => {
    while (!copied) {
      sent += 1;
      expect((await batch(sent)).status).toBe(200);
    }
  });
  await until(() => sent > 20);
  const acknowledged = (sent - 4) * 100;
  const copy = join(folders.make(), 'copy.db');
  const backup = await tropa.cli('backup', copy);
  copied = true;
  expect(backup.status).toBe(0);
  await Promise.all(pouring);
  await tropa.signal('SIGKILL');
  rmSync(tropa.data, { recursive: true });
  expect((await tropa.cli('restore', copy)).status).toBe(0);
  const [audit] = (await tropa.cli('audit', '--json')).stdout.split('\n').map((line) => JSON.parse(line || 'null'));
  expect(audit.findings).toEqual([]);
  expect(audit.events).toBeGreaterThanOrEqual(acknowledged);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 10));
}

test('a backup of release 0.1.0 restores, and its journeys go on', async () => {
  const fixture = new URL('../store/sqlite/fixtures/backup-0.1.0.db.gz', import.meta.url);
  const file = join(folders.make(), 'old.db');
  writeFileSync(file, gunzipSync(readFileSync(fixture)));
  tropa = await startTropa({ workspace: {}, clock: NOON });
  await tropa.signal('SIGTERM');
  rmSync(tropa.data, { recursive: true });
  expect((await tropa.cli('restore', file)).status).toBe(0);
  await tropa.start();
  const [figures] = await tropa.ask<JsonObject[]>('stats');
  expect(figures).toMatchObject({ entered: 3, inside: 2, converted: 1, value: { '': 1200 }, exits: { converted: 1 } });
  expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  await tropa.advance('2d');
  expect(await sent()).toHaveLength(3);
  await tropa.ask('release');
  await tropa.drain();
  expect((await sent()).filter((one) => one.endsWith('second')).sort()).toEqual(['anna second', 'boris second']);
  expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
});
