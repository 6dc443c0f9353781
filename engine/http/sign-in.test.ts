// The way in as a person walks it: the built program, the link it prints, forms, and what `tropa user` does.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTropa, type Tropa } from '../testing/server.ts';
import { OWN_PAGE } from '../testing/sign-in.ts';

const GOOD = 'a long sentence as password';
let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: {} });
});
afterAll(() => tropa.close());

const linkIn = (text: string): string => /http:\S+\/login\/[\w-]+/.exec(text)?.[0] ?? 'no link';
const get = (url: string, headers: Record<string, string> = {}) => fetch(url, { headers, redirect: 'manual' });
const form = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
const cookieIn = (response: Response): string => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
const session = async (cookie: string) => (await get(`${tropa.url}/api/session`, { cookie })).status;

describe('the way in', () => {
  test('begins with the printed link: an address, a password, and the dashboard', async () => {
    const link = linkIn(tropa.output);
    expect(tropa.output).toContain(`Set up the dashboard's first admin (works once, within a day): ${link}`);
    const page = await get(link);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('name="email"')]);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const short = await form(link, { email: 'anna@lumen.example', password: 'short' });
    expect([short.status, await short.text()]).toEqual([422, expect.stringContaining('role="alert"')]);
    const done = await form(link, { email: 'anna@lumen.example', password: GOOD });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/']);
    expect(await session(cookieIn(done))).toBe(200);
    expect((await get(link)).status).toBe(410);
    expect((await form(link, { email: 'eve@lumen.example', password: GOOD })).status).toBe(410);
  }, 30_000);

  test('goes on with a password; a wrong one is told, and what was typed stays text (P27)', async () => {
    const wrong = await form(`${tropa.url}/login`, { email: '"><script>x</script>', password: 'x' });
    const page = await wrong.text();
    expect([wrong.status, page]).toEqual([401, expect.stringContaining('&quot;&gt;&lt;script&gt;')]);
    expect(page).not.toContain('<script');
    const right = await form(`${tropa.url}/login`, { email: ' ANNA@lumen.example', password: GOOD });
    expect([right.status, await session(cookieIn(right))]).toEqual([303, 200]);
    const russian = await get(`${tropa.url}/login`, { 'accept-language': 'ru-RU,ru;q=0.9' });
    expect(await russian.text()).toMatch(/<html lang="ru">[\s\S]*Пароль/);
  }, 30_000);

  test("is no other site's to walk", async () => {
    const asked = { email: 'anna@lumen.example', password: GOOD };
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await form(`${tropa.url}/login`, asked, { 'sec-fetch-site': site })).status).toBe(403);
  });

  test('is opened to others by `tropa user`, whose link works once', async () => {
    const added = await tropa.cli('user', 'add', 'bo@lumen.example', '--role', 'viewer');
    expect([added.status, added.stdout]).toEqual([0, expect.stringContaining('works once')]);
    const set = await form(linkIn(added.stdout), { password: GOOD });
    const cookie = cookieIn(set);
    expect((await get(`${tropa.url}/api/users`, { cookie })).status).toBe(403);
    const reset = await tropa.cli('user', 'reset', 'bo@lumen.example', '--role', 'admin');
    expect(reset.status).toBe(0);
    // The role changed, so the session is over; the old password stands until the link is used.
    expect(await session(cookie)).toBe(401);
    const again = await fetch(`${tropa.url}/api/session`, {
      method: 'POST',
      headers: OWN_PAGE,
      body: JSON.stringify({ email: 'bo@lumen.example', password: GOOD }),
    });
    expect(again.status).toBe(200);
    const { lines } = (await (await get(`${tropa.url}/api/audit`, { cookie: cookieIn(again) })).json()) as {
      lines: { who: string; what: string; target: string | null }[];
    };
    expect(lines).toContainEqual(
      expect.objectContaining({ who: 'command line', what: 'added a user as viewer', target: 'bo@lumen.example' }),
    );
  }, 30_000);

  test.each([
    [['add', 'bo@lumen.example', '--role', 'viewer'], 'E_USER_EXISTS'],
    [['add', 'cy@lumen.example'], 'E_BAD_REQUEST'],
    [['add', 'cy@lumen.example', '--role', 'owner'], 'E_BAD_REQUEST'],
    [['add', 'no address', '--role', 'viewer'], 'E_BAD_REQUEST'],
    [['reset', 'cy@lumen.example'], 'E_NO_SUCH_USER'],
    [['remove', 'bo@lumen.example'], 'E_BAD_REQUEST'],
  ])('`tropa user %j` is refused', async (args, code) => {
    const { status, stderr } = await tropa.cli('user', ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(code)]);
  });

  test('needs no running engine to be opened', async () => {
    await tropa.signal('SIGTERM');
    const { status, stdout } = await tropa.cli('user', 'reset', 'anna@lumen.example');
    await tropa.start();
    // Of the same data folder, on whatever port it listens now.
    const done = await form(`${tropa.url}${new URL(linkIn(stdout)).pathname}`, { password: 'another long sentence' });
    expect([status, done.status, await session(cookieIn(done))]).toEqual([0, 303, 200]);
    expect(tropa.output.split('Set up the dashboard')).toHaveLength(2);
  }, 30_000);
});
