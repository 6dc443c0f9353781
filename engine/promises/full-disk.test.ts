// A disk that fills up, and one that may only be read, under a running server: asked over HTTP, in one process that is
// never restarted. Where no small disk may be mounted, a file system quota cannot be had either, and the store's own
// test (`store/sqlite/durability.test.ts`) stands alone.

import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const HELLO = {
  'hello/journey.yaml': `journey: hello
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: hello
`,
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello</p>\n',
};

const folders = temporaryFolders();
const mounted: string[] = [];
afterAll(() => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  folders.remove();
});

const mount = (folder: string, ...options: string[]): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(','), 'tmpfs', folder]).status === 0;

function smallDisk(): string | null {
  const folder = folders.make();
  if (!mount(folder, 'size=6m')) return null;
  mounted.push(folder);
  return folder;
}

/** Takes what room there is left. */
function fill(path: string): void {
  try {
    for (;;) appendFileSync(path, Buffer.alloc(64 * 1024));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}

let told = 0;
/** Tells events until `enough` says so; answers the ids that were acknowledged. What is refused is refused honestly. */
async function storm(tropa: Tropa, enough: (refused: number, sent: number) => boolean): Promise<string[]> {
  const acknowledged: string[] = [];
  let refused = 0;
  for (let sent = 0; !enough(refused, sent); sent += 1) {
    told += 1;
    const id = `p${told}`;
    const response = await tropa.post('/v1/track', {
      userId: id,
      event: 'go',
      messageId: id,
      properties: { n: 1, note: 'x'.repeat(4_000) },
      context: { traits: { email: `${id}@example.com` } },
    });
    const body = (await response.json()) as JsonObject;
    if (response.status === 200) acknowledged.push(id);
    else {
      refused += 1;
      expect({ status: response.status, code: body.code }).toEqual({ status: 503, code: 'E_UNAVAILABLE' });
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  }
  return acknowledged;
}

const statusOf = async (tropa: Tropa, path: string) => (await fetch(`${tropa.url}${path}`)).status;

/** What the full disk cut off is tried again within seconds; what could not be, when a minute has passed. */
const PATIENCE = 100_000;

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < PATIENCE / 100; tries += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('it did not come true within 100 seconds');
}

/** The one message of everybody: who got theirs, and of whom nobody knows, because it was under way when the disk was full. */
async function written(tropa: Tropa): Promise<{ delivered: string[]; unknown: string[] }> {
  const inbox = await tropa.inbox();
  const of = (status: string) => inbox.filter((row) => row.status === status).map((row) => String(row.profile));
  return { delivered: of('delivered'), unknown: of('unknown') };
}

/** Everybody who was acknowledged gets their message, once; whoever was told of `surely` surely gets it. */
async function allWritten(tropa: Tropa, acknowledged: readonly string[], surely: readonly string[]): Promise<void> {
  await until(async () => {
    const { delivered, unknown } = await written(tropa);
    return new Set([...delivered, ...unknown]).size >= acknowledged.length;
  });
  const { delivered, unknown } = await written(tropa);
  expect([...delivered, ...unknown].sort()).toEqual([...acknowledged].sort());
  expect(surely.filter((id) => !delivered.includes(id))).toEqual([]);
}

const disk = smallDisk();
(disk === null ? test.skip : test)(
  'P12 a full disk and one that may only be read are answered with 503, and work goes on when there is room again',
  async () => {
    const tropa = await startTropa({ workspace: HELLO, data: disk! });
    try {
      const acknowledged = await storm(tropa, (_, sent) => sent === 20);
      fill(join(disk!, 'ballast'));
      acknowledged.push(...(await storm(tropa, (refused) => refused >= 5)));
      expect(await statusOf(tropa, '/healthz')).toBe(200);

      rmSync(join(disk!, 'ballast'));
      expect(mount(disk!, 'remount', 'size=64m')).toBe(true);
      await until(async () => (await statusOf(tropa, '/readyz')) === 200);
      const after = await storm(tropa, (_, sent) => sent === 20);
      expect(after).toHaveLength(20);
      acknowledged.push(...after);
      await allWritten(tropa, acknowledged, after);

      expect(mount(disk!, 'remount', 'size=64m', 'ro') || true).toBe(true);
      const readOnly = spawnSync('touch', [join(disk!, 'may-i')]).status !== 0;
      if (readOnly) {
        expect(await statusOf(tropa, '/readyz')).toBe(503);
        expect(await storm(tropa, (refused) => refused >= 5)).toEqual([]);
        expect(mount(disk!, 'remount', 'size=64m', 'rw')).toBe(true);
      }
      const last = await storm(tropa, (_, sent) => sent === 5);
      acknowledged.push(...last);
      await allWritten(tropa, acknowledged, [...after, ...last]);
      expect((await tropa.ask('audit')).findings).toEqual([]);
    } finally {
      await tropa.close();
    }
  },
  300_000,
);
