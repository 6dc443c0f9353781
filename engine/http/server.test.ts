import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Analytics } from '@segment/analytics-node';
import Fastify from 'fastify';
import { BASIC, type SmallHost, startSmallHost } from '../testing/http-host.ts';
import { denyByDefault } from './access.ts';

let small: SmallHost;
beforeEach(async () => {
  small = await startSmallHost();
});
afterEach(() => small.close());
const problem = async (response: Response) => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const body = (await response.json()) as { code: string; status: number; title: string; type: string; detail: string };
  expect(body).toEqual({
    type: expect.any(String),
    title: expect.any(String),
    status: response.status,
    code: expect.any(String),
    detail: expect.any(String),
    remedy: expect.any(String),
  });
  return `${response.status} ${body.code}`;
};
const track = (more: object = {}) => ({ userId: 'anna', event: 'cart.updated', properties: { total: 4990 }, ...more });

describe("Segment's API", () => {
  test('takes an event and has it stored when it answers', async () => {
    const response = await small.post('/v1/track', track({ messageId: 'm1' }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ success: true });
    expect(await small.events()).toMatchObject([
      { name: 'cart.updated', source: 'app', data: { total: 4990 }, who: ['user:anna'] },
    ]);
  });

  test('takes the write key in the body', async () => {
    const response = await fetch(`${small.url}/v1/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(track({ writeKey: 'key-old' })),
    });
    expect(response.status).toBe(200);
  });

  test('refuses another write key, and stores nothing', async () => {
    const wrong = { authorization: `Basic ${Buffer.from('demo:').toString('base64')}` };
    expect(await problem(await small.post('/v1/track', track(), wrong))).toBe('401 E_UNAUTHORIZED');
    expect(await problem(await small.post('/v1/track', '{', { authorization: '' }))).toBe('401 E_UNAUTHORIZED');
    expect(await small.events()).toEqual([]);
    expect(await small.store.refused(10)).toEqual([]);
  });

  test('P02 takes the same event delivered 50 times at once for one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => small.post('/v1/track', track({ messageId: 'm1' }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(await small.events()).toHaveLength(1);
  });

  test.each<[string, string | object, Record<string, string>, string]>([
    ['JSON that is not', '{"event":', {}, '400 E_BAD_REQUEST'],
    ['nothing', '', {}, '400 E_BAD_REQUEST'],
    ['a list', '[]', {}, '400 E_BAD_REQUEST'],
    ['another content type', track(), { 'content-type': 'text/plain' }, '415 E_MEDIA_TYPE'],
    ['a compressed body', track(), { 'content-encoding': 'gzip' }, '415 E_MEDIA_TYPE'],
    ['an event without a name', { userId: 'anna' }, {}, '400 E_BAD_EVENT'],
    ['an event about nobody', { event: 'x' }, {}, '400 E_NO_IDENTITY'],
    ['an event about "undefined"', { event: 'x', userId: 'undefined' }, {}, '400 E_NO_IDENTITY'],
    ["a name of the engine's own", { userId: 'anna', event: 'message.opened' }, {}, '400 E_RESERVED_NAME'],
    ['__proto__', '{"userId":"anna","event":"x","properties":{"__proto__":{"a":1}}}', {}, '400 E_BAD_EVENT'],
    ['1e400', '{"userId":"anna","event":"x","properties":{"a":1e400}}', {}, '400 E_BAD_EVENT'],
    [
      'deep nesting',
      `{"userId":"anna","event":"x","properties":{"a":${'['.repeat(5000)}${']'.repeat(5000)}}}`,
      {},
      '400 E_BAD_EVENT',
    ],
    ['more than 32 KB', track({ properties: { text: 'x'.repeat(33_000) } }), {}, '413 E_TOO_LARGE'],
  ])('refuses %s, and makes nothing happen', async (_what, body, headers, expected) => {
    expect(await problem(await small.post('/v1/track', body, headers))).toBe(expected);
    expect(await small.events()).toEqual([]);
  });

  test('keeps what it refused for a look', async () => {
    await small.post('/v1/track', { userId: 'anna' });
    await small.post('/v1/batch', { batch: [track(), { type: 'dance' }] });
    expect(await small.store.refused(10)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ source: 'app', code: 'E_BAD_EVENT', body: '{"userId":"anna"}' }),
        expect.objectContaining({ code: 'E_BAD_EVENT', body: '{"type":"dance"}' }),
      ]),
    );
  });

  test('takes of a batch what is good, and answers which is not', async () => {
    const batch = [
      track({ type: 'track', messageId: '1' }),
      { type: 'track', userId: 'anna' },
      track({ type: 'track', userId: 'guest' }),
      track({ type: 'track', messageId: '4' }),
    ];
    const response = await small.post('/v1/batch', { batch });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      accepted: 2,
      refused: [
        { index: 1, code: 'E_BAD_EVENT', detail: expect.any(String) },
        { index: 2, code: 'E_NO_IDENTITY', detail: expect.any(String) },
      ],
    });
    expect(await small.events()).toHaveLength(2);
  });

  test('refuses batches beyond their limits whole', async () => {
    const many = Array(2501).fill({ type: 'track', userId: 'u', event: 'x' });
    expect(await problem(await small.post('/v1/batch', { batch: many }))).toBe('413 E_TOO_LARGE');
    const large = {
      batch: Array.from({ length: 17 }, () => ({
        type: 'track',
        userId: 'u',
        event: 'x',
        properties: { t: 'x'.repeat(31_000) },
      })),
    };
    expect(await problem(await small.post('/v1/import', large))).toBe('413 E_TOO_LARGE');
    expect(await small.events()).toEqual([]);
  });

  test('P12 answers 503 with Retry-After when the store takes no more, and goes on when it does', async () => {
    small.full = true;
    const refused = await small.post('/v1/batch', { batch: [track({ type: 'track', messageId: 'm' })] });
    expect(await problem(refused)).toBe('503 E_UNAVAILABLE');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${small.url}/readyz`)).status).toBe(503);
    small.full = false;
    expect((await small.post('/v1/batch', { batch: [track({ type: 'track', messageId: 'm' })] })).status).toBe(200);
    expect(await small.events()).toHaveLength(1);
  });

  test("understands Segment's own client", async () => {
    const client = new Analytics({ writeKey: 'key-1', host: small.url, flushAt: 20, maxRetries: 0 });
    const failures: unknown[] = [];
    client.on('error', (error) => failures.push(error));
    client.identify({ userId: 'anna', traits: { email: 'anna@example.com', firstName: 'Anna' } });
    client.track({ userId: 'anna', event: 'cart.updated', properties: { total: 4990, items: [{ sku: 'a' }] } });
    client.page({ anonymousId: 'a-1', name: 'Home', properties: { url: '/' } });
    client.screen({ userId: 'anna', name: 'Cart' });
    client.group({ userId: 'anna', groupId: 'g-1', traits: { name: 'Initech' } });
    client.alias({ userId: 'anna', previousId: 'a-1' });
    await client.closeAndFlush();
    expect(failures).toEqual([]);
    const events = await small.events();
    expect(events.map(({ name }) => name).sort()).toEqual([
      'cart.updated',
      'page.viewed',
      'profile.updated',
      'profile.updated',
      'screen.viewed',
      'tropa.alias',
    ]);
    // The client's clock is years from this server's; the events happened just before they were received.
    for (const event of events) expect(Math.abs(event.at - small.now)).toBeLessThan(10_000);
    expect(events.find(({ name }) => name === 'tropa.alias')?.links).toHaveLength(1);
  });
});

describe('the start of a journey by call', () => {
  test('becomes an event about the profile', async () => {
    const response = await small.post('/v1/journeys/welcome/start', { profile: 'anna', data: { plan: 'pro' }, key: 7 });
    expect(response.status).toBe(202);
    const [event] = await small.events();
    expect(event).toMatchObject({
      name: 'tropa.start',
      who: ['user:anna'],
      data: { journey: 'welcome', data: { plan: 'pro' }, key: '7' },
    });
    expect(await response.json()).toEqual({ event: event?.id, profile: event?.person, outcome: 'stored' });
  });

  test('names a profile by any identity, or by the id Tropa gave it', async () => {
    await small.post('/v1/journeys/welcome/start', { profile: { email: 'Anna@example.com', anonymousId: 'a-1' } });
    const [first] = await small.events();
    expect(first?.who).toEqual(['email:anna@example.com', 'anonymous:a-1']);
    expect(first?.data).toEqual({ journey: 'welcome', data: {}, key: null });
    await small.post('/v1/journeys/welcome/start', { profile: first?.person });
    expect((await small.events()).map(({ person }) => person)).toEqual([first?.person, first?.person]);
    expect((await small.store.counts()).people).toBe(1);
  });

  test('told twice under one idempotency key is one start', async () => {
    for (const _ of [1, 2])
      expect(
        (await small.post('/v1/journeys/welcome/start', { profile: 'anna' }, { 'idempotency-key': 'k' })).status,
      ).toBe(202);
    expect(await small.events()).toHaveLength(1);
  });

  test('is refused without the key, for a journey there is not, and for nobody', async () => {
    expect(
      await problem(
        await small.post('/v1/journeys/welcome/start', { profile: 'anna' }, { authorization: 'Basic eA==' }),
      ),
    ).toBe('401 E_UNAUTHORIZED');
    expect(await problem(await small.post('/v1/journeys/nowhere/start', { profile: 'anna' }))).toMatch(/^404 /);
    expect(await problem(await small.post('/v1/journeys/welcome/start', { profile: 'null' }))).toBe(
      '400 E_NO_IDENTITY',
    );
    expect(await problem(await small.post('/v1/journeys/welcome/start', { profile: 'anna', data: [] }))).toBe(
      '400 E_BAD_EVENT',
    );
    expect(await small.events()).toEqual([]);
  });
});

describe('the server', () => {
  test('answers what it does not know with a problem', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['GET', '/v1/track'],
      ['DELETE', '/v1/track'],
      ['POST', '/v1/dance'],
      ['GET', '/inbox/../etc/passwd'],
      ['POST', '/hooks'],
    ] as const) {
      expect(await problem(await fetch(small.url + path, { method, headers: BASIC }))).toBe('404 E_NOT_FOUND');
    }
    expect(await problem(await fetch(`${small.url}/c/%zz`))).toBe('400 E_BAD_REQUEST');
  });

  test('P28 cannot be given a route that does not say who may use it', async () => {
    const app = Fastify();
    denyByDefault(app, small.host);
    expect(() => app.get('/secret', () => 'told')).toThrow(/does not say who may use it/);
    await app.close();
  });

  test.each([
    ['head', 'POST /v1/track HTTP/1.1\r\nhost: localhost\r\n', 'x: y\r\n', { head: 200, whole: 60_000, look: 50 }],
    [
      'body',
      'POST /v1/track HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\n\r\n',
      ' ',
      { head: 200, whole: 400, look: 50 },
    ],
  ])('drops a request whose %s arrives drop by drop', async (_part, start, drop, patience) => {
    const slow = await startSmallHost({ patience });
    const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
    socket.write(start);
    const drip = setInterval(() => socket.write(drop), 20);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await slow.events()).toEqual([]);
    await slow.close();
  });

  test('answers bytes that are no HTTP with 400, and lives on', async () => {
    const socket = connect(Number(new URL(small.url).port), '127.0.0.1');
    const answer = await new Promise<string>((resolve) => {
      socket.on('data', (chunk) => resolve(chunk.toString()));
      socket.write('\u0016\u0003\u0001 hello\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${small.url}/healthz`)).status).toBe(200);
  });

  test('P30 logs and counts nothing that customers or operators would not want read', async () => {
    const canaries = ['canary-user', 'canary@example.com', 'canary-value', 'canary-key', 'canary-reason'];
    await small.post('/v1/track', {
      userId: 'canary-user',
      event: 'cart.updated',
      properties: { email: 'canary@example.com', text: 'canary-value' },
    });
    await small.post('/v1/track', { userId: 'canary-user', properties: 'canary-value' });
    await small.post('/v1/track', '{"canary-value', {});
    await small.post('/v1/track', {}, { authorization: `Basic ${Buffer.from('canary-key:').toString('base64')}` });
    await fetch(`${small.url}/c/canary-value?email=canary@example.com`);
    small.host.store.message = () => Promise.reject(new Error('canary-reason canary@example.com'));
    const page = await fetch(small.host.links.unsubscribe('m1').replace('https://t.lumen.example', small.url));
    expect(page.status).toBe(500);
    expect(await page.text()).not.toContain('canary');
    const metrics = await (await fetch(`${small.url}/metrics`)).text();
    expect(small.log.length).toBeGreaterThan(4);
    for (const canary of canaries) {
      expect(small.log.join('')).not.toContain(canary);
      expect(metrics).not.toContain(canary);
    }
  });
});
