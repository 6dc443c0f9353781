import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const WORKSPACE = {
  'news/journey.yaml': `journey: news
status: live
trigger: { event: go, key: event.n }
steps:
  - email: letter
  - wait: 1d
  - email: letter
`,
  'news/letter.email.html': 'subject: News\n---\n<p>Hello {{ profile.first_name }}</p>',
};

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
  await tropa.identify('anna', { email: 'Anna@Example.com', first_name: 'Anna\u001b[31m' });
  await tropa.track('anna', 'consent.granted', {
    channel: 'email',
    category: 'marketing',
    source: 'checkout',
    text: 'Yes, write to me',
    version: '2026-01',
    ip: '192.0.2.7',
  });
  await tropa.track('anna', 'order.placed', { order_id: 'o1', total: 12.5, currency: 'EUR' });
  await tropa.advance('1m');
  await tropa.track('anna', 'go', { n: 1 });
  await tropa.drain();
});
afterAll(() => tropa.close());

const CONSENT = {
  channel: 'email',
  category: 'marketing',
  granted: true,
  at: '2026-03-02T12:00:00.000Z',
  source: 'checkout',
  text: 'Yes, write to me',
  version: '2026-01',
  ip: '192.0.2.7',
};

describe('tropa export', () => {
  test('P20 tells all about a person: what, since when, from where, and the consent each message stood on', async () => {
    const { status, stdout } = await tropa.cli('export', 'anna@example.com');
    expect(status).toBe(0);
    expect(stdout.split('\n').length).toBeGreaterThan(50);
    expect(stdout).not.toContain('\u001b');
    const all = JSON.parse(stdout) as JsonObject;
    expect(all).toMatchObject({
      profile: 'anna',
      identities: ['email:anna@example.com', 'user:anna'],
      traits: { email: { value: 'Anna@Example.com', since: '2026-03-02T12:00:00.000Z', source: 'shop' } },
      consent: [CONSENT],
      orders: [
        { order_id: 'o1', total: 12.5, currency: 'EUR', placed_at: '2026-03-02T12:00:00.000Z', cancelled: false },
      ],
      journeys: { inside: [{ journey: 'news', entered_at: '2026-03-02T12:01:00.000Z' }], past: [{ journey: 'news' }] },
      messages: [
        {
          to: 'anna@example.com',
          status: 'delivered',
          consent: CONSENT,
          content: { headers: { subject: 'News' } },
          times: { sent: '2026-03-02T12:01:00.000Z' },
        },
      ],
    });
    const names = (all.events as JsonObject[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['profile.updated', 'consent.granted', 'order.placed', 'go']));
    expect((all.journal as JsonObject[]).map(({ kind }) => kind)).toContain('begun');
  });

  test('writes into a new file for its owner alone, and over nothing', async () => {
    const file = join(tropa.workspace, 'anna.json');
    expect((await tropa.cli('export', 'anna', '--file', file)).status).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ profile: 'anna' });
    expect((await tropa.cli('export', 'anna', '--file', file)).stderr).toContain('E_CONFIG');
    expect((await tropa.cli('export', 'nobody')).stderr).toContain('E_NO_SUCH_PROFILE');
  });
});

test('P20 explain tells the consent a message stood on', async () => {
  const { stdout } = await tropa.cli('explain', 'anna');
  expect(stdout).toMatch(
    /may leave, and is handed over\n {6}stands on: email\/marketing granted 2026-03-02 12:00, source checkout, version 2026-01: "Yes, write to me"/,
  );
});
