// P21 on a running server: after `tropa erase` no file of the data folder holds a byte of theirs, figures still recount,
// and an import does not bring them back.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
sources:
  shop: { type: segment, write_key: key }
  import: { type: bearer, token: import-token-of-this-test }
`,
  'news/journey.yaml': `journey: news
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: letter
  - wait: 10d
  - email: again
`,
  'news/letter.email.html':
    'subject: Hello {{ profile.first_name }}\n---\n<p><a href="https://shop.example/{{ trigger.note }}">{{ trigger.note }}</a></p>',
  'news/again.email.html': 'subject: Again\n---\n<p>Again</p>',
};

/** Texts that stand nowhere once their person is gone. */
const CANARIES = [
  'canary-user',
  'canary-mail',
  'canary-name',
  'canary-note',
  '37129998877',
  'canary-consent',
  'canary-answer',
];

const objects = (text: string): JsonObject[] =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Which of these texts are in which files of a folder. */
function foundIn(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isFile())
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      return texts.filter((text) => bytes.includes(text)).map((text) => `${text} in ${name}`);
    });
}

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON, env: { LOG_LEVEL: 'trace' } });
});
afterAll(() => tropa.close());

let told = 0;
async function letterTo(person: string): Promise<JsonObject[]> {
  told += 1;
  await tropa.track(person, 'go', { n: told, note: `note-${told}` });
  await tropa.drain();
  return (await tropa.inbox()).filter(({ profile }) => profile === person);
}

describe('tropa erase', () => {
  test('P21 leaves no byte of somebody in any file, while the server goes on', async () => {
    // Others before, beside and after, so that pages are split and shared.
    const crowd = async (from: number) => {
      const batch = Array.from({ length: 150 }, (_, n) => ({
        type: n % 2 === 0 ? 'identify' : 'track',
        userId: `other-${from + n}`,
        messageId: `crowd-${from + n}`,
        ...(n % 2 === 0
          ? { traits: { email: `other${from + n}@example.com`, about: 'x'.repeat((n * 37) % 900) } }
          : { event: 'go', properties: { n: from + n, note: 'y'.repeat((n * 91) % 700) } }),
      }));
      expect((await tropa.post('/v1/batch', { batch })).status).toBe(200);
      await tropa.drain();
    };
    await crowd(0);
    for (let n = 0; n < 8; n += 1) {
      await tropa.identify('canary-user', {
        email: 'canary-mail@example.com',
        phone: '+37129998877',
        first_name: `canary-name ${'z'.repeat(n * 120)}`,
      });
      await tropa.track('canary-user', 'go', { n: 10_000 + n, note: `canary-note-${n}` });
      await tropa.track('canary-user', 'consent.granted', { channel: 'email', source: 'form', text: 'canary-consent' });
      await crowd(1_000 + n * 200);
    }
    // A body that is refused, an answer to a message, and a message that waits in the second step.
    await tropa.post('/v1/track', { userId: 'canary-user', event: '', properties: { note: 'canary-note' } });
    const row = (await tropa.inbox()).find(({ profile }) => profile === 'canary-user');
    expect((await tropa.cli('inbox', 'reply', String(row?.id), 'canary-answer')).status).toBe(0);
    await tropa.drain();
    expect(foundIn(tropa.data, CANARIES).length).toBeGreaterThan(5);
    const before = objects((await tropa.cli('stats', 'news', '--json')).stdout)[0] as JsonObject;

    const refused = await tropa.cli('erase', 'canary-mail@example.com');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    const going = crowd(9_000);
    const { status, stdout } = await tropa.cli('erase', 'canary-mail@example.com', '--yes', '--json');
    await going;
    expect([status, objects(stdout)]).toMatchObject([0, [{ profile: 'canary-user', messages: 8, scrubbed: true }]]);
    expect(foundIn(tropa.data, CANARIES)).toEqual([]);
    // Nor do they come back with what the engine has in memory.
    await tropa.advance('11d');
    await tropa.signal('SIGTERM');
    expect(foundIn(tropa.data, CANARIES)).toEqual([]);
    expect(CANARIES.filter((text) => tropa.output.includes(text))).toEqual([]);
    await tropa.start();
    expect(foundIn(tropa.data, CANARIES)).toEqual([]);

    const after = objects((await tropa.cli('stats', 'news', '--json')).stdout)[0] as JsonObject;
    expect(after.exits).toMatchObject({ erased: 8 });
    expect(Number(after.entered)).toBeGreaterThanOrEqual(Number(before.entered));
    const audit = await tropa.cli('audit');
    expect([audit.stdout, audit.status]).toEqual([expect.stringContaining('Everything agrees.'), 0]);
    expect((await tropa.cli('explain', 'canary-user')).stderr).toContain('E_NO_SUCH_PROFILE');
    expect((await tropa.cli('erase', 'canary-user', '--yes')).stderr).toContain('E_NO_SUCH_PROFILE');
  }, 120_000);

  test('P21 an import does not bring somebody back into sending; they themselves do', async () => {
    await tropa.identify('vera', { email: 'vera@example.com' });
    expect(await letterTo('vera')).toMatchObject([{ status: 'delivered' }]);
    await tropa.advance('1s');
    expect((await tropa.cli('erase', 'vera', '--yes')).status).toBe(0);
    const listed = (await tropa.cli('suppress', '--list', '--json')).stdout;
    expect(listed).not.toContain('vera');

    const imported = await fetch(`${tropa.url}/hooks/import`, {
      method: 'POST',
      headers: { authorization: 'Bearer import-token-of-this-test', 'content-type': 'application/json' },
      body: JSON.stringify({
        event: 'consent.granted',
        id: 'i1',
        userId: 'vera',
        email: 'Vera@Example.com',
        data: { channel: 'email' },
      }),
    });
    expect([imported.status, await imported.text()]).toEqual([expect.any(Number), expect.any(String)]);
    await tropa.identify('vera', { email: 'vera@example.com' });
    expect((await letterTo('vera')).at(-1)).toMatchObject({ status: 'skipped', reason: 'suppressed' });
    // A bounce that comes late writes the address down nowhere.
    expect(foundIn(tropa.data, ['nowhere-canary'])).toEqual([]);

    await tropa.advance('1s');
    await tropa.track(
      'vera',
      'consent.granted',
      { channel: 'email' },
      { context: { traits: { email: 'vera@example.com' } } },
    );
    expect((await letterTo('vera')).filter(({ status }) => status === 'delivered')).toHaveLength(1);
  }, 60_000);
});
