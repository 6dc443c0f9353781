// Promises of a running server that is edited, watched and asked from outside. Real process, real disk, time that is moved.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);

/** A journey of so many mails, an hour apart. */
const series = (mails: number): string =>
  `journey: series
status: live
category: transactional
trigger: { event: go }
steps:
${Array.from({ length: mails }, (_, n) => `  - email: mail\n    id: mail-${n + 1}\n  - wait: 1h\n    id: wait-${n + 1}`).join('\n')}
`;
const MAIL = { 'series/mail.email.html': 'subject: Mail\n---\n<p>Hello</p>\n' };

describe('P31 a live journey that is edited, paused, resumed and archived', () => {
  test('never moves or loses a person: everybody finishes the version they entered', async () => {
    const tropa = await startTropa({ workspace: { 'series/journey.yaml': series(3), ...MAIL }, clock: NOON });
    try {
      const expected = new Map<string, number>();
      let [mails, paused, seed] = [3, false, 7];
      const chance = (of: number) => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed % of;
      };
      for (let step = 0; step < 40; step += 1) {
        const what = chance(5);
        if (what === 0) {
          mails = 1 + chance(5);
          await writeFile(join(tropa.workspace, 'series/journey.yaml'), series(mails));
          expect((await tropa.cli('deploy')).status).toBe(0);
        } else if (what === 1) {
          await tropa.ask(paused ? 'resume' : 'pause', { journey: 'series' });
          paused = !paused;
        } else if (what === 2) await tropa.advance('47m');
        else {
          const id = `p${step}`;
          await tropa.identify(id, { email: `${id}@example.com` });
          await tropa.track(id, 'go');
          await tropa.drain();
          expected.set(id, mails);
        }
      }
      // A folder that vanishes archives nothing; an archived journey lets finish whoever is inside.
      await rm(tropa.workspace, { recursive: true, force: true });
      if (paused) await tropa.ask('resume', { journey: 'series' });
      await tropa.ask('archive', { journey: 'series' });
      await tropa.advance('2d');
      const inbox = await tropa.inbox();
      for (const [id, count] of expected)
        expect([id, inbox.filter((row) => row.profile === id).length]).toEqual([id, count]);
      expect(expected.size).toBeGreaterThan(8);
      expect((await tropa.ask('audit')).findings).toEqual([]);
    } finally {
      await tropa.close();
    }
  }, 120_000);
});

describe('P09 downtime and clocks', () => {
  test('timers fire after downtime, exactly once; a clock that jumps back repeats nothing', async () => {
    const tropa = await startTropa({ workspace: { 'series/journey.yaml': series(3), ...MAIL }, clock: NOON });
    try {
      await tropa.identify('anna', { email: 'anna@example.com' });
      await tropa.track('anna', 'go');
      await tropa.drain();
      await tropa.signal('SIGKILL');
      await tropa.start();
      // Not a second before the store's clock says so.
      await tropa.set(NOON + 3_599_000);
      await tropa.drain();
      expect(await tropa.inbox()).toHaveLength(1);
      await tropa.signal('SIGKILL');
      await tropa.start();
      await tropa.set(NOON + 10 * 3_600_000);
      await tropa.drain();
      expect(await tropa.inbox()).toHaveLength(2);
      await tropa.set(NOON + 9 * 3_600_000);
      await tropa.drain();
      await tropa.set(NOON + 10 * 3_600_000);
      await tropa.drain();
      expect(await tropa.inbox()).toHaveLength(2);
      await tropa.advance('5h');
      expect(await tropa.inbox()).toHaveLength(3);
    } finally {
      await tropa.close();
    }
  }, 60_000);
});

describe('P30 secrets and personal data', () => {
  const SECRET = 'canary-secret-0123456789';
  const EMAIL = 'canary.person@example.com';
  const PHONE = '+12025550187';
  let tropa: Tropa;
  beforeAll(async () => {
    tropa = await startTropa({
      workspace: {
        'tropa.yaml':
          'timezone: UTC\nsources:\n  shop: { type: segment, write_key: key-canary-987654 }\n  crm: { type: standard-webhooks, secret: whsec_Y2FuYXJ5LXdlYmhvb2stc2VjcmV0 }\n',
        'series/journey.yaml': series(1),
        ...MAIL,
      },
      clock: NOON,
      env: { LOG_LEVEL: 'trace', TROPA_SECRET: SECRET },
    });
  });
  afterAll(() => tropa.close());

  test('never appear in logs, errors or metrics', async () => {
    const auth = { authorization: `Basic ${Buffer.from('key-canary-987654:').toString('base64')}` };
    const said: string[] = [];
    const post = async (path: string, body: unknown, headers: Record<string, string> = auth) => {
      const response = await tropa.post(path, body as JsonObject, headers);
      said.push(await response.text());
    };
    await post('/v1/identify', { userId: 'canary', traits: { email: EMAIL, phone: PHONE } });
    await post('/v1/track', { userId: 'canary', event: 'go', properties: { note: EMAIL } });
    await post('/v1/track', { event: EMAIL, properties: {} });
    await post('/v1/track', { userId: EMAIL, event: EMAIL, properties: {} });
    await post('/v1/track', { userId: 'canary', event: `${EMAIL}${'x'.repeat(300)}`, properties: { note: PHONE } });
    await post('/v1/batch', {
      batch: [
        { type: EMAIL, userId: EMAIL },
        { type: 'track', event: PHONE },
      ],
    });
    await post('/v1/track', { userId: 'canary', event: 'x'.repeat(40_000), email: EMAIL });
    await post(
      '/v1/track',
      { userId: 'canary', event: 'go' },
      { authorization: `Basic ${Buffer.from('wrong-canary-key:').toString('base64')}` },
    );
    await post('/hooks/crm', { type: 'x', email: EMAIL }, {});
    await post('/v1/journeys/nothing/start', { profile: EMAIL });
    await tropa.drain();
    said.push(
      await (await fetch(`${tropa.url}/metrics`)).text(),
      await (await fetch(`${tropa.url}/u/${EMAIL}`)).text(),
    );
    expect(await tropa.inbox()).toHaveLength(1);
    for (const canary of [
      SECRET,
      EMAIL,
      PHONE,
      'key-canary-987654',
      'wrong-canary-key',
      'Y2FuYXJ5LXdlYmhvb2stc2VjcmV0',
    ]) {
      expect({ canary, logged: tropa.output.includes(canary) }).toEqual({ canary, logged: false });
      expect({ canary, answered: said.some((text) => text.includes(canary)) }).toEqual({ canary, answered: false });
    }
    expect(tropa.output).toContain('"level"');
  }, 60_000);
});
