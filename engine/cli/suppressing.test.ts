import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'news/journey.yaml': `journey: news
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: letter
`,
  'news/letter.email.html': 'subject: News\n---\n<p>Hello</p>',
};

const objects = (text: string): JsonObject[] =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

let letters = 0;
const seen = new Set<string>();
async function letterTo(person: string): Promise<JsonObject | undefined> {
  letters += 1;
  await tropa.track(person, 'go', { n: letters });
  await tropa.drain();
  const latest = (await tropa.inbox()).find(({ id }) => !seen.has(String(id)));
  seen.add(String(latest?.id));
  return latest;
}

describe('tropa suppress', () => {
  test('keeps everything from an address, however it is spelt, until it is lifted', async () => {
    await tropa.identify('anna', { email: 'Anna@Example.com' });
    expect(await letterTo('anna')).toMatchObject({ status: 'delivered' });
    const { status, stdout } = await tropa.cli('suppress', 'ANNA@example.com', '--reason', 'asked by phone');
    expect([status, stdout]).toEqual([0, expect.stringContaining('any more')]);
    expect(await letterTo('anna')).toMatchObject({ status: 'skipped', reason: 'suppressed' });

    const again = await tropa.cli('suppress', 'anna@example.com', '--json');
    expect(objects(again.stdout)).toEqual([{ suppressed: 0, known: 1 }]);
    const lifted = await tropa.cli('suppress', '--lift', 'anna@EXAMPLE.com');
    expect(lifted.stdout).toContain('It was suppressed as "asked by phone" since 2026-03-02T12:00:00');
    expect(await letterTo('anna')).toMatchObject({ status: 'delivered' });
    const nothing = await tropa.cli('suppress', '--lift', 'anna@example.com');
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringContaining('is not suppressed')]);
  });

  test('takes a file of addresses, its heading apart, and names what is none by its line alone', async () => {
    const file = join(tropa.workspace, 'gone.csv');
    const lines = Array.from({ length: 2_500 }, (_, n) => `gone${n}@example.com,x`);
    writeFileSync(
      file,
      `\ufeffemail;reason\n${lines.join('\n')}\n\nsecret words\n+371 20 000 000\n"gone1@example.com"\n`,
    );
    const { status, stdout, stderr } = await tropa.cli('suppress', '--file', file, '--reason', 'old list', '--json');
    expect(objects(stdout)).toEqual([{ suppressed: 2_501, known: 1, refused: 1 }]);
    expect(status).toBe(1);
    expect(stderr).toContain('gone.csv:2503: this is no address.');
    expect(stderr).toContain('1000');
    expect(stderr).not.toContain('secret words');
  });

  test('lists all of them, page after page, or those of one channel', async () => {
    const all = objects((await tropa.cli('suppress', '--list', '--json')).stdout);
    expect(all).toHaveLength(2_501);
    expect(new Set(all.map(({ address }) => address)).size).toBe(2_501);
    const sms = objects((await tropa.cli('suppress', '--list', '--channel', 'sms', '--json')).stdout);
    expect(sms).toEqual([{ address: 'sms:+37120000000', reason: 'old list', since: new Date(NOON).toISOString() }]);
  });

  test.each([
    [['suppress']],
    [['suppress', 'a@example.com', '--list']],
    [['suppress', 'nobody']],
    [['suppress', 'a@example.com', '--channel', 'fax']],
    [['suppress', '--file', 'nowhere.csv']],
  ])('cannot do %j, and says so', async (args) => {
    const { status, stderr } = await tropa.cli(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining('E_BAD_REQUEST')]);
  });
});
