// Days on which the machine, its folders or its clock go wrong: what was acknowledged stays, what cannot go on says so with
// a remedy, and ordinary events become messages again. Full and read-only disks have a file of their own.

import { renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import SQLite from 'better-sqlite3';
import { HELLO, Neighbours } from '../testing/neighbours.ts';
import { startTropa, type Tropa, type TropaOptions } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const LATER = {
  'later/journey.yaml': `journey: later
status: live
category: transactional
trigger: { event: begin }
steps:
  - wait: 2h
  - email: later
  - wait: 10d
  - email: later
    id: again
`,
  'later/later.email.html': 'subject: Later\n---\n<p>Later</p>\n',
};

const running: Tropa[] = [];
afterEach(async () => {
  for (const tropa of running.splice(0)) await tropa.close();
});

async function start(options: Partial<TropaOptions> = {}): Promise<{ tropa: Tropa; neighbours: Neighbours }> {
  const tropa = await startTropa({ workspace: { ...HELLO, ...LATER }, clock: NOON, ...options });
  running.push(tropa);
  return { tropa, neighbours: new Neighbours(tropa) };
}

const messagesOf = async (tropa: Tropa, id: string) => (await tropa.inbox()).filter((row) => row.profile === id);
const findings = async (tropa: Tropa) => (await tropa.ask('audit')).findings;
const begin = (tropa: Tropa, id: string) =>
  tropa.track(id, 'begin', {}, { messageId: `begin-${id}`, context: { traits: { email: `${id}@example.com` } } });

describe('a folder', () => {
  test('of journeys that vanishes while it is served and watched archives nothing, and is missed aloud at a start', async () => {
    const { tropa, neighbours } = await start({ flags: ['--watch'] });
    await begin(tropa, 'anna');
    await tropa.drain();
    const away = `${tropa.workspace}-away`;
    renameSync(tropa.workspace, away);
    await neighbours.goOn();
    await tropa.advance('3h');
    expect(await messagesOf(tropa, 'anna')).toHaveLength(1);
    const deploy = await tropa.cli('deploy');
    expect(deploy.status).not.toBe(0);
    expect(deploy.stderr).toMatch(/E_CONFIG There is no workspace folder .*tropa init/);
    await tropa.signal('SIGKILL');
    await tropa.start();
    expect(tropa.output).toContain('the versions in the store go on');
    await neighbours.goOn();
    renameSync(away, tropa.workspace);
    expect((await tropa.cli('deploy')).status).toBe(0);
    await neighbours.goOn();
    expect(await findings(tropa)).toEqual([]);
  }, 60_000);

  test('of data serves one engine: a second is refused with the remedy, and the first goes on', async () => {
    const { tropa, neighbours } = await start();
    const second = await tropa.cli('serve');
    expect(second.status).toBe(2);
    expect(second.stderr).toMatch(/E_STORE_LOCKED .*(another|stop)/i);
    await neighbours.goOn();
  }, 60_000);

  test('of data from a newer version, or with a file that is no database, is refused and left as it was', async () => {
    const { tropa, neighbours } = await start();
    await neighbours.goOn();
    await tropa.signal('SIGTERM');
    const file = join(tropa.data, 'tropa.db');
    const db = new SQLite(file);
    const version = db.pragma('user_version', { simple: true });
    db.pragma('user_version = 99');
    db.close();
    const newer = await tropa.cli('serve');
    expect([newer.status, newer.stderr]).toEqual([2, expect.stringMatching(/E_STORE_NEWER .*99/)]);
    const again = new SQLite(file);
    again.pragma(`user_version = ${version}`);
    again.close();
    await tropa.start();
    await neighbours.goOn();
    expect(await findings(tropa)).toEqual([]);
    await tropa.signal('SIGTERM');
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    writeFileSync(file, 'a letter, and no database. '.repeat(100));
    const letter = await tropa.cli('serve');
    expect([letter.status, letter.stderr]).toEqual([2, expect.stringMatching(/E_STORE_DAMAGED .*tropa restore/)]);
    expect(statSync(file).size).toBe(2_700);
  }, 60_000);
});

describe('a write-ahead log', () => {
  test.each([
    ['torn in its last frame', (size: number) => size - 100],
    ['emptied', () => 0],
  ])(
    '%s opens as the last whole commit; what is told again takes effect once',
    async (_how, cut) => {
      const { tropa, neighbours } = await start();
      for (let n = 0; n < 20; n += 1) await begin(tropa, `p${n}`);
      await tropa.drain();
      await tropa.signal('SIGKILL');
      const wal = join(tropa.data, 'tropa.db-wal');
      truncateSync(wal, cut(statSync(wal).size));
      await tropa.start();
      await tropa.set(NOON);
      expect((await tropa.cli('deploy')).status).toBe(0);
      expect(await findings(tropa)).toEqual([]);
      // A sender that was not answered, or remembers, tells again.
      for (let n = 0; n < 20; n += 1) await begin(tropa, `p${n}`);
      await tropa.advance('3h');
      for (let n = 0; n < 20; n += 1) expect(await messagesOf(tropa, `p${n}`)).toHaveLength(1);
      await neighbours.goOn();
      expect(await findings(tropa)).toEqual([]);
    },
    60_000,
  );

  test('with rubbish behind its end loses nothing', async () => {
    const { tropa, neighbours } = await start();
    for (let n = 0; n < 20; n += 1) await begin(tropa, `p${n}`);
    await tropa.signal('SIGKILL');
    writeFileSync(join(tropa.data, 'tropa.db-wal'), Buffer.alloc(10_000, 0xa5), { flag: 'a' });
    await tropa.start();
    await tropa.advance('3h');
    for (let n = 0; n < 20; n += 1) expect(await messagesOf(tropa, `p${n}`)).toHaveLength(1);
    await neighbours.goOn();
    expect(await findings(tropa)).toEqual([]);
  }, 60_000);
});

describe('a clock', () => {
  test('that jumps back an hour repeats nothing and holds nobody up; one a year ahead loses nothing', async () => {
    const { tropa, neighbours } = await start();
    await begin(tropa, 'anna');
    await tropa.advance('1h');
    await begin(tropa, 'ben');
    await tropa.drain();
    await tropa.set(NOON);
    await neighbours.goOn();
    await begin(tropa, 'cleo');
    await tropa.advance(NOON + 4 * HOUR);
    for (const id of ['anna', 'ben', 'cleo']) expect(await messagesOf(tropa, id)).toHaveLength(1);
    await tropa.set(NOON + 365 * DAY);
    await neighbours.goOn();
    await tropa.ask('keep').catch(() => undefined);
    for (const id of ['anna', 'ben', 'cleo']) expect(await messagesOf(tropa, id)).toHaveLength(2);
    // The year was a mistake, and is taken back.
    await tropa.set(NOON + 5 * HOUR);
    await neighbours.goOn();
    await begin(tropa, 'dora');
    await tropa.advance('3h');
    expect(await messagesOf(tropa, 'dora')).toHaveLength(1);
    for (const id of ['anna', 'ben', 'cleo']) expect(await messagesOf(tropa, id)).toHaveLength(2);
    expect(await findings(tropa)).toEqual([]);
  }, 60_000);
});

describe('one person', () => {
  test('with 100,000 events is as quick to answer as anybody, and holds nobody up', async () => {
    const { tropa, neighbours } = await start();
    for (let from = 0; from < 100_000; from += 2_500) {
      const batch = Array.from({ length: 2_500 }, (_, n) => ({
        type: 'track',
        userId: 'busy',
        event: from + n === 99_999 ? 'begin' : `seen.${n % 7}`,
        messageId: `${from + n}`,
        context: n === 0 ? { traits: { email: 'busy@example.com' } } : {},
      }));
      const response = await tropa.post('/v1/batch', { batch });
      expect(response.status).toBe(200);
    }
    await neighbours.goOn();
    await tropa.advance('3h');
    expect(await messagesOf(tropa, 'busy')).toHaveLength(1);
    const once = performance.now();
    await tropa.track('busy', 'go', { n: 1 });
    await tropa.drain();
    expect(await messagesOf(tropa, 'busy')).toHaveLength(2);
    expect(performance.now() - once).toBeLessThan(2_000);
    expect(await findings(tropa)).toEqual([]);
  }, 120_000);
});
