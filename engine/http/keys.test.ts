import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';

const SHOP = 'https://lumen.example';
let small: SmallHost;
beforeAll(async () => {
  small = await startSmallHost({
    sources: [
      { name: 'web', type: 'segment', options: { write_key: 'server', browser_key: 'page', origins: [`${SHOP}/`] } },
      { name: 'app', type: 'segment', options: { write_key: 'other' } },
    ],
  });
});
afterAll(() => small.close());

const BODY = {
  track: { anonymousId: 'a', event: 'cart.updated' },
  identify: { anonymousId: 'a', traits: { name: 'Anna' } },
  page: { anonymousId: 'a' },
  screen: { anonymousId: 'a' },
  group: { anonymousId: 'a', groupId: 'g' },
  alias: { userId: 'u', previousId: 'a' },
  batch: { batch: [] },
  import: { batch: [] },
  start: { profile: 'u' },
  subscribe: {
    anonymousId: 'a',
    text: 'Yes, please',
    subscription: {
      endpoint: 'https://push.example/1',
      keys: { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: Buffer.alloc(16).toString('base64url') },
    },
  },
  unsubscribe: { anonymousId: 'a', endpoint: 'https://push.example/1' },
};
type Call = keyof typeof BODY;

/** Every route that a key opens (of `/v1`, unless it says otherwise), what is sent there, and what each key is answered; `null`: no key at all. */
const ROUTES: readonly (readonly [route: string, call: Call, server: number, page: number])[] = [
  ['track', 'track', 200, 200],
  ['identify', 'identify', 200, 200],
  ['page', 'page', 200, 200],
  ['screen', 'screen', 200, 200],
  ['group', 'group', 200, 403],
  ['alias', 'alias', 200, 403],
  ['batch', 'batch', 200, 200],
  ['import', 'import', 200, 403],
  ['journeys/welcome/start', 'start', 202, 403],
  ['t', 'track', 200, 200],
  ['i', 'identify', 200, 200],
  ['p', 'page', 200, 200],
  ['s', 'screen', 200, 200],
  ['g', 'group', 200, 403],
  ['a', 'alias', 200, 403],
  ['b', 'batch', 200, 200],
  ['/push/subscribe', 'subscribe', 200, 200],
  ['/push/unsubscribe', 'unsubscribe', 200, 200],
];
const KEYS = ['server', 'page', 'wrong', null] as const;
const VERBS = ['POST', 'GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'] as const;

const call = (route: string, verb: string, key: string | null, body: object, headers: Record<string, string> = {}) =>
  fetch(`${small.url}${route.startsWith('/') ? '' : '/v1/'}${route}`, {
    method: verb,
    headers: {
      'content-type': 'application/json',
      ...(key !== null && { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
      ...headers,
    },
    ...(verb !== 'GET' && verb !== 'HEAD' && { body: JSON.stringify(body) }),
  });

describe('P28 what a key may do', () => {
  test.each(
    ROUTES.flatMap(([route, what, server, page]) =>
      KEYS.flatMap((key) => {
        const expected = { server, page, wrong: 401, none: 401 }[key ?? 'none'];
        return VERBS.map((verb) => [key, verb, route, what, verb === 'POST' ? expected : 404] as const);
      }),
    ),
  )('%s %s %s', async (key, verb, route, what, expected) => {
    const before = (await small.events()).length;
    const answer = await call(route, verb, key, BODY[what]);
    expect(answer.status).toBe(expected);
    if (expected >= 400) expect((await small.events()).length).toBe(before);
  });

  test.each(['order.placed', 'order.paid', 'order.refunded', 'Order Completed', 'product.updated', 'stock.changed'])(
    'a page cannot say %s, and it is counted',
    async (event) => {
      const answer = await call('track', 'POST', 'page', { anonymousId: 'a', event });
      expect(answer.status).toBe(403);
      expect((await answer.json()) as object).toMatchObject({ code: 'E_FORBIDDEN' });
      const figures = await (await fetch(`${small.url}/metrics`)).text();
      expect(figures).toMatch(/tropa_refused_total\{code="E_FORBIDDEN",source="web"\} [1-9]/);
    },
  );

  test('the events of pages are kept under a name of their own, and cannot take the id of a server’s', async () => {
    const body = { anonymousId: 'b', event: 'x', messageId: 'm-1' };
    await call('track', 'POST', 'page', body);
    await call('track', 'POST', 'server', body);
    const told = (await small.events()).filter(({ name }) => name === 'x');
    expect(told.map(({ source }) => source).sort()).toEqual(['web', 'web#browser']);
  });
});

describe('pages of other origins', () => {
  const from = (origin: string, key: string, type = 'text/plain;charset=UTF-8') =>
    call('t', 'POST', key, BODY.track, { origin, 'content-type': type });
  test('a shop that is listed is heard, and may read the answer', async () => {
    const answer = await from(SHOP, 'page');
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, SHOP]);
    expect(answer.headers.get('vary')).toContain('Origin');
  });
  test.each(['https://evil.example', 'http://lumen.example', 'https://lumen.example:8443', 'null'])(
    '%s is refused',
    async (origin) => {
      const answer = await from(origin, 'page');
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      // Whoever runs the shop finds in the log which page it was.
      expect(small.log.at(-2) ?? '').toContain(`"origin":"${origin}"`);
    },
  );
  test('a server’s key opens nothing to pages', async () => {
    expect((await from(SHOP, 'server', 'application/json')).headers.get('access-control-allow-origin')).toBeNull();
    expect((await from(SHOP, 'server')).status).toBe(415);
  });
  test.each([
    [SHOP, SHOP],
    ['https://evil.example', null],
  ])('a browser that asks first for %s is told %s', async (origin, expected) => {
    const answer = await fetch(`${small.url}/v1/t`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(expected);
    expect(answer.headers.get('access-control-allow-headers')).toBe(
      expected && 'authorization, content-type, x-retry-count',
    );
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

test('a wrong key is told as such in the log, and the key itself nowhere', async () => {
  expect((await call('track', 'POST', 'canary-key', BODY.track)).status).toBe(401);
  const log = small.log.join('');
  expect(log).toMatch(/"source":"segment","why":"another write key","msg":"a call was not authentic"/);
  expect(log).not.toContain('canary-key');
});

describe('the settings of the library', () => {
  const settings = (key: string) => fetch(`${small.url}/v1/projects/${key}/settings`, { headers: { origin: SHOP } });
  test('lead it here', async () => {
    const answer = await settings('page');
    expect(answer.headers.get('access-control-allow-origin')).toBe(SHOP);
    expect(await answer.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: 'page', apiHost: 't.lumen.example/v1', protocol: 'https' } },
    });
  });
  test.each(['server', 'other', 'x'])('are not told for %s', async (key) => {
    expect((await settings(key)).status).toBe(404);
  });
});
