// The dashboard's own files over real HTTP: what a browser may run, and which addresses are whose.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';
import { firstAdmin } from '../testing/sign-in.ts';

let tropa: Tropa;
let cookie = '';
beforeAll(async () => {
  tropa = await startTropa({ workspace: {} });
  cookie = await firstAdmin(/http:\S+\/login\/[\w-]+/.exec(tropa.output)?.[0] ?? '');
});
afterAll(() => tropa.close());
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${tropa.url}${path}`, { headers: { cookie, ...headers }, redirect: 'manual' });

describe('the dashboard', () => {
  test('begins at / and at every address of its own, under a policy that runs its own files alone', async () => {
    for (const path of ['/', '/journeys', '/journeys/abandoned-cart/edit', '/people/x%2Fy', '/settings/keys']) {
      const response = await get(path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        'text/html; charset=utf-8',
      ]);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  test('leads whoever is not signed in to the way in', async () => {
    for (const path of ['/', '/people/x']) {
      const response = await get(path, { cookie: '' });
      expect([response.status, response.headers.get('location')]).toEqual([303, '/login']);
    }
  });

  test('has no script in its page, and nothing from elsewhere', async () => {
    const page = await (await get('/')).text();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/);
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test('hands its files out packed, to be kept for ever', async () => {
    const page = await (await get('/')).text();
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(page) ?? [];
    const response = await get(script, { 'accept-encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test('shadows nobody: other addresses stay what they were', async () => {
    expect((await get('/inbox')).status).toBe(200);
    expect(await (await get('/inbox')).text()).toContain('sandbox');
    for (const path of ['/nothing', '/v1/nothing', '/c/forged', '/assets/none.js', '/healthz/x'])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });
});
