// P28 over real HTTP: every route of the API with every role, sessions and their ends, tries, proof of origin, the second
// factor, keys and the audit log.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { changeBook, type Role, type User } from '../../runtime/access/book.ts';
import { beginSession } from '../../runtime/access/sessions.ts';
import { codeOf, stepOf } from '../../runtime/access/totp.ts';
import { firstToken, useLink } from '../../runtime/access/users.ts';
import { type SmallHost, startSmallHost } from '../../testing/http-host.ts';
import { OWN_PAGE } from '../../testing/sign-in.ts';

const GOOD = 'a long sentence as password';
const RANK = ['nobody', 'viewer', 'author', 'admin'] as const;
type Who = (typeof RANK)[number];

/** A user of each role. */
interface Door {
  readonly small: SmallHost;
  readonly cookies: Readonly<Record<Who, string>>;
}

async function openDoor(): Promise<Door> {
  const small = await startSmallHost();
  const { host } = small;
  const token = (await firstToken(host)) ?? '';
  const admin = await useLink(host, { token, password: GOOD, email: 'admin@lumen.example' });
  // All have the same password: hashing it once is enough.
  const like = (role: Role) => ({ ...admin, id: role, email: `${role}@lumen.example`, role });
  const [viewer, author] = [like('viewer'), like('author')];
  await changeBook(host, (book) => ({ book: { ...book, users: [...book.users, viewer, author] }, result: undefined }));
  const cookieOf = async (user: User) => `tropa=${await beginSession(host, user)}`;
  const cookies = {
    nobody: '',
    viewer: await cookieOf(viewer),
    author: await cookieOf(author),
    admin: await cookieOf(admin),
  };
  return { small, cookies };
}

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
  readonly cookie: string;
  readonly headers: Headers;
}

async function call(
  { small }: Door,
  method: string,
  path: string,
  { cookie = '', body, headers = OWN_PAGE }: { cookie?: string; body?: unknown; headers?: object } = {},
): Promise<Answer> {
  const response = await fetch(small.url + path, {
    method,
    headers: { ...headers, ...(cookie !== '' && { cookie }) },
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : {};
  const given = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { status: response.status, code: json.code, body: json, cookie: given, headers: response.headers };
}

describe('P28 every route of the API, with every role', () => {
  let door: Door;
  let routes: { method: string; url: string; role: Role | 'anyone' }[];
  beforeAll(async () => {
    door = await openDoor();
    const { body } = await call(door, 'GET', '/api/openapi.json', { cookie: door.cookies.viewer });
    routes = Object.entries(body.paths as Record<string, Record<string, { 'x-role': Role | 'anyone' }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          url: path.replace(/\{\w+\}/g, 'none'),
          role: operation['x-role'],
        })),
    );
  }, 60_000);
  afterAll(() => door.small.close());

  test('is refused to whoever has less than the role it names, before its body is looked at', async () => {
    expect(routes.length).toBeGreaterThan(30);
    const wrong: unknown[] = [];
    for (const { method, url, role } of routes)
      for (const who of RANK) {
        // Signing out would end what the next ones ask with.
        if (role === 'anyone' || (method === 'DELETE' && url === '/api/session' && who !== 'nobody')) continue;
        if (RANK.indexOf(who) >= RANK.indexOf(role)) continue;
        const { status, code } = await call(door, method, url, { cookie: door.cookies[who] });
        const expected = who === 'nobody' ? '401 E_SIGN_IN' : '403 E_ROLE';
        if (`${status} ${code}` !== expected) wrong.push([method, url, who, status, code]);
      }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('lets in whoever has it', async () => {
    const wrong: unknown[] = [];
    for (const { method, url, role } of routes) {
      if (role === 'anyone' || method === 'DELETE' || url.includes('live')) continue;
      const { status, code } = await call(door, method, url, {
        cookie: door.cookies[role],
        body: method === 'POST' ? 0 : undefined,
      });
      if (status === 401 || code === 'E_ROLE' || code === 'E_FORBIDDEN') wrong.push([method, url, status, code]);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('changes nothing without proof that a page of this server asked', async () => {
    const wrong: unknown[] = [];
    const proofs = [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const { method, url } of routes.filter((one) => one.method !== 'GET'))
      for (const proof of proofs) {
        const headers = { 'content-type': 'application/json', ...proof };
        const { status, code } = await call(door, method, url, { cookie: door.cookies.admin, headers });
        if (`${status} ${code}` !== '403 E_FORBIDDEN') wrong.push([method, url, proof, status, code]);
      }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('is closed to what is nearly a session or a key', async () => {
    const token = door.cookies.admin.slice('tropa='.length);
    const nearly = [
      { cookie: `tropa=${token.slice(0, -1)}` },
      { cookie: `tropa=${token.toUpperCase()}` },
      { cookie: `__Host-tropa=${token}` },
      { cookie: `x-tropa=${token}` },
      { authorization: `Bearer ${token}` },
      { authorization: 'Basic YWRtaW46YWRtaW4=', cookie: door.cookies.admin },
      { authorization: 'Bearer tropa_', cookie: door.cookies.admin },
    ];
    for (const headers of nearly) expect((await call(door, 'GET', '/api/session', { headers })).status).toBe(401);
  });

  test('takes JSON that fits its schema alone', async () => {
    const send = (headers: object, body: unknown) =>
      call(door, 'POST', '/api/users', { cookie: door.cookies.admin, headers: { ...OWN_PAGE, ...headers }, body });
    expect((await send({ 'content-type': 'text/plain' }, {})).code).toBe('E_MEDIA_TYPE');
    expect((await send({}, { email: 'x@lumen.example', role: 'owner' })).code).toBe('E_BAD_REQUEST');
    expect((await send({}, { email: 'x@lumen.example', role: 'viewer', admin: true })).code).toBe('E_BAD_REQUEST');
    const query = await call(door, 'GET', '/api/audit?page=-1', { cookie: door.cookies.admin });
    expect(query.code).toBe('E_BAD_REQUEST');
  });
});

describe('at the door', () => {
  let door: Door;
  beforeEach(async () => {
    door = await openDoor();
  }, 60_000);
  afterEach(() => door.small.close());
  const session = async (cookie: string) => (await call(door, 'GET', '/api/session', { cookie })).status;
  const signIn = (more: object = {}) =>
    call(door, 'POST', '/api/session', { body: { email: 'author@lumen.example', password: GOOD, ...more } });

  test('one signs in and out, by a cookie that no script reads', async () => {
    const { status, headers, cookie } = await signIn();
    expect([status, headers.get('set-cookie')]).toEqual([
      200,
      expect.stringMatching(/^tropa=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(await session(cookie)).toBe(200);
    await call(door, 'DELETE', '/api/session', { cookie });
    expect(await session(cookie)).toBe(401);
    const secure = await call(door, 'POST', '/api/session', {
      headers: { ...OWN_PAGE, 'x-forwarded-proto': 'https' },
      body: { email: 'author@lumen.example', password: GOOD },
    });
    expect(secure.headers.get('set-cookie')).toMatch(/^__Host-tropa=.*; Secure$/);
  });

  test('a wrong password and an unknown address look alike, and no browser asks for a password by itself', async () => {
    const [wrong, unknown] = [await signIn({ password: 'x' }), await signIn({ email: 'nobody@lumen.example' })];
    expect([wrong.status, wrong.body]).toEqual([unknown.status, unknown.body]);
    expect([wrong.status, wrong.code, wrong.headers.get('www-authenticate')]).toEqual([401, 'E_LOGIN', null]);
  });

  test('too many tries are told to wait', async () => {
    for (let n = 0; n < 5; n += 1) expect((await signIn({ password: 'x' })).status).toBe(401);
    const { status, code, headers } = await signIn();
    expect([status, code, headers.get('retry-after')]).toEqual([429, 'E_TOO_MANY', '900']);
  }, 30_000);

  test('sessions end when the password changes, but for the one that changed it', async () => {
    const { cookie } = await signIn();
    const body = { old: GOOD, password: 'another long sentence' };
    const changed = await call(door, 'POST', '/api/me/password', { cookie, body });
    expect([await session(cookie), await session(door.cookies.author), await session(changed.cookie)]).toEqual([
      401, 401, 200,
    ]);
    expect(await session(door.cookies.viewer)).toBe(200);
  }, 30_000);

  test('sessions end when the role changes and when the user goes', async () => {
    const { body } = await call(door, 'GET', '/api/users', { cookie: door.cookies.admin });
    const idOf = (role: string) => (body.users as { id: string; role: string }[]).find((one) => one.role === role)?.id;
    const cookie = door.cookies.admin;
    await call(door, 'POST', `/api/users/${idOf('author')}/role`, { cookie, body: { role: 'viewer' } });
    await call(door, 'DELETE', `/api/users/${idOf('viewer')}`, { cookie });
    expect([await session(door.cookies.author), await session(door.cookies.viewer)]).toEqual([401, 401]);
    const { lines } = (await call(door, 'GET', '/api/audit', { cookie })).body as unknown as {
      lines: { who: string; what: string }[];
    };
    expect(lines.map(({ who, what }) => `${who}: ${what}`)).toEqual([
      'admin@lumen.example: DELETE /api/users/:id',
      'admin@lumen.example: POST /api/users/:id/role',
    ]);
  });

  test('a second factor is asked for once confirmed; recovery codes work once', async () => {
    const cookie = door.cookies.author;
    const enrolled = await call(door, 'POST', '/api/me/second-factor', { cookie, body: {} });
    const { secret, uri } = enrolled.body as unknown as { secret: string; uri: string };
    expect(uri).toBe(`otpauth://totp/Tropa:author%40lumen.example?secret=${secret}&issuer=Tropa`);
    expect((await signIn()).status).toBe(200);
    const code = () => codeOf(secret, stepOf(door.small.now));
    const confirmed = await call(door, 'POST', '/api/me/second-factor/confirm', { cookie, body: { code: code() } });
    const { codes } = confirmed.body as unknown as { codes: string[] };
    expect([new Set(codes).size, await session(cookie), await session(confirmed.cookie)]).toEqual([10, 401, 200]);
    expect((await signIn()).code).toBe('E_CODE_NEEDED');
    // The code that confirmed was used.
    expect((await signIn({ code: code() })).code).toBe('E_LOGIN');
    door.small.now += 30_000;
    expect((await signIn({ code: code() })).status).toBe(200);
    expect((await signIn({ code: code() })).code).toBe('E_LOGIN');
    expect((await signIn({ code: codes[0] })).status).toBe(200);
    expect((await signIn({ code: codes[0] })).code).toBe('E_LOGIN');
    door.small.now += 30_000;
    const off = await call(door, 'POST', '/api/me/second-factor/disable', {
      cookie: confirmed.cookie,
      body: { code: code() },
    });
    expect([off.status, (await signIn()).status]).toEqual([200, 200]);
  }, 60_000);

  test('a key is told once, acts with its role without a page, and is gone when it is revoked', async () => {
    const cookie = door.cookies.admin;
    const made = await call(door, 'POST', '/api/keys', { cookie, body: { name: 'reports', role: 'author' } });
    const { id, key } = made.body as unknown as { id: string; key: string };
    expect(key).toMatch(/^tropa_[\w-]{43}$/);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    expect((await call(door, 'GET', '/api/session', { headers })).body).toMatchObject({
      user: { email: 'reports', role: 'author', key: true },
    });
    expect((await call(door, 'GET', '/api/users', { headers })).code).toBe('E_ROLE');
    // A key changes nobody's password.
    expect((await call(door, 'POST', '/api/me/second-factor', { headers, body: {} })).code).toBe('E_ROLE');
    const list = JSON.stringify((await call(door, 'GET', '/api/keys', { cookie })).body);
    expect(list).toContain(`"usedAt":${door.small.now}`);
    expect(list + (await door.small.store.meta('access'))).not.toContain(key);
    await call(door, 'DELETE', `/api/keys/${id}`, { cookie });
    expect((await call(door, 'GET', '/api/session', { headers })).status).toBe(401);
  });

  test('neither passwords nor codes nor tokens are logged (P30)', async () => {
    await signIn({ password: 'canary-password-17' });
    await call(door, 'POST', '/api/session/password', {
      body: { token: 'canary-token', password: 'canary-password-17' },
    });
    await fetch(`${door.small.url}/login/canary-token`);
    expect(door.small.log.join('')).not.toMatch(/canary/);
  });
});
