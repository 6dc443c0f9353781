// What storefronts, attackers and broken networks send: refused with a code and a remedy, nothing of it kept as an event,
// and whoever comes next is served as if nothing had been. One real process takes all of it.

import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { BAD_DAY_SETTINGS, badRequests, sendBad, signed } from '../testing/bad-requests.ts';
import { HELLO, Neighbours } from '../testing/neighbours.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
let tropa: Tropa;
let neighbours: Neighbours;
beforeAll(async () => {
  tropa = await startTropa({ workspace: { 'tropa.yaml': BAD_DAY_SETTINGS, ...HELLO }, clock: NOON });
  neighbours = new Neighbours(tropa);
});
afterAll(() => tropa.close());

/** After whatever came in: the next ordinary event becomes its one message. */
afterEach(() => neighbours.goOn());

const messagesOf = async (id: string): Promise<JsonObject[]> =>
  (await tropa.inbox()).filter((row) => row.profile === id);

describe('a bad request', () => {
  test.each(badRequests(NOON))('$what is refused with $answer', async (request) => {
    const answer = await sendBad(tropa.url, request);
    expect(answer.said).toBe(request.answer);
    expect(answer.detail.length).toBeGreaterThan(10);
    expect(answer.remedy.length).toBeGreaterThan(10);
    await tropa.drain();
    expect(await messagesOf('mallory')).toEqual([]);
  });

  test('of a batch leaves the others of the batch alone, and is named by its place', async () => {
    const good = (id: string) =>
      `{"type":"track","userId":"${id}","event":"go","properties":{"n":1},"context":{"traits":{"email":"${id}@example.com"}}}`;
    const bad = [
      '{"type":"track","event":"go"}',
      '{"type":"track","userId":"x","event":"go","properties":{"a":1e400}}',
    ];
    const body = `{"batch":[${[good('ann'), ...bad, 'null', '7', good('ben')].join(',')}]}`;
    const response = await fetch(`${tropa.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('key:').toString('base64')}`, 'content-type': 'application/json' },
      body,
    });
    const answer = (await response.json()) as { accepted: number; refused: JsonObject[] };
    expect(answer.accepted).toBe(2);
    expect(answer.refused.map(({ index, code }) => [index, code])).toEqual([
      [1, 'E_NO_IDENTITY'],
      [2, 'E_BAD_EVENT'],
      [3, 'E_BAD_EVENT'],
      [4, 'E_BAD_EVENT'],
    ]);
    await tropa.drain();
    for (const id of ['ann', 'ben']) expect(await messagesOf(id)).toHaveLength(1);
  });
});

describe('what is told twice or at an odd time', () => {
  test('a replayed webhook is taken again and does nothing again', async () => {
    const body = JSON.stringify({ type: 'go', userId: 'replay', email: 'replay@example.com', data: { n: 1 } });
    const headers = signed(body, NOON / 1000, 'delivery-1');
    for (let again = 0; again < 5; again += 1) {
      const response = await fetch(`${tropa.url}/hooks/crm`, { method: 'POST', headers, body });
      expect(response.status).toBe(200);
      await tropa.drain();
    }
    expect(await messagesOf('replay')).toHaveLength(1);
    expect((await tropa.ask('audit')).findings).toEqual([]);
  });

  test.each([
    ['2099', '2099-01-01T00:00:00Z'],
    ['the year 9999', '9999-12-31T23:59:59.999Z'],
    ['1970', '1970-01-01T00:00:00Z'],
  ])('an event dated %s is taken, and freezes nothing for its own person either', async (year, timestamp) => {
    const id = `dated-${year.replaceAll(' ', '-')}`;
    const context = { traits: { email: `${id}@example.com` } };
    await tropa.track(id, 'go', { n: 1 }, { timestamp, context });
    await tropa.drain();
    await tropa.track(id, 'go', { n: 2 }, { context });
    await tropa.drain();
    await tropa.advance('10m');
    const rows = await messagesOf(id);
    expect(rows.length).toBeGreaterThanOrEqual(1);
    expect(rows.every((row) => row.status === 'delivered')).toBe(true);
  });

  test('10,000 names of events are taken, and /metrics is as long as it was', async () => {
    const lengthOf = async () => (await (await fetch(`${tropa.url}/metrics`)).text()).split('\n').length;
    const before = await lengthOf();
    for (let from = 0; from < 10_000; from += 2_500) {
      const batch = Array.from({ length: 2_500 }, (_, n) => ({
        type: 'track',
        userId: 'talker',
        event: `name.${from + n}`,
      }));
      const response = await tropa.post('/v1/batch', { batch });
      expect(await response.json()).toEqual({ accepted: 2_500, refused: [] });
    }
    await tropa.drain();
    expect((await lengthOf()) - before).toBeLessThanOrEqual(2);
  });
});

/** Opens a connection, says something, and may hang up. Answers what it is told until the other side ends it. */
function say(text: string, hangUp: boolean): Promise<string> {
  const socket = connect(Number(new URL(tropa.url).port), '127.0.0.1');
  return new Promise((resolve) => {
    let told = '';
    socket.on('data', (chunk) => (told += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(told));
    socket.write(text);
    if (hangUp) socket.end();
  });
}

describe('a connection', () => {
  const head = `POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: Basic a2V5Og==\r\ncontent-type: application/json\r\n`;

  test('that ends before its request does leaves nothing behind', async () => {
    const body = '{"userId":"mallory","event":"go"}';
    const answer = await say(`${head}content-length: ${body.length + 10}\r\n\r\n${body}`, true);
    expect(answer).toMatch(/^(HTTP\/1\.1 400 |$)/);
    await tropa.drain();
    expect(await messagesOf('mallory')).toEqual([]);
  });

  test.each([
    ['two lengths', 'content-length: 5\r\ncontent-length: 6\r\n\r\n{"a":'],
    ['a length and chunks', 'content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a length below nothing', 'content-length: -1\r\n\r\n{}'],
    ['a head of 100 KB', `x: ${'y'.repeat(100_000)}\r\n\r\n`],
  ])('that brings %s is answered and closed', async (_what, rest) => {
    const answer = await say(`${head}${rest}`, false);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).toContain('"remedy"');
  });
});
