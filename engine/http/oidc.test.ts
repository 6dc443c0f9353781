// Signing in by a provider: a small real one over HTTP, that checks PKCE and signs its tokens.

import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../config.ts';
import { addUser, firstToken, useLink } from '../runtime/access/users.ts';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Provider {
  readonly issuer: string;
  /** What the token will say beside what it has to. */
  claims: object;
  readonly server: Server;
}

async function startProvider(): Promise<Provider> {
  const codes = new Map<string, URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', provider.issuer);
    const json = (body: object, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname.endsWith('openid-configuration'))
      return json({
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        jwks_uri: `${provider.issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    if (url.pathname === '/keys')
      return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] });
    if (url.pathname === '/authorize') {
      const code = randomUUID();
      codes.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri') ?? '');
      back.search = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' }).toString();
      response.writeHead(302, { location: back.href });
      return response.end();
    }
    return void bodyOf(request).then((body) => {
      const asked = codes.get(body.get('code') ?? '');
      codes.delete(body.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(body.get('code_verifier') ?? '')
        .digest('base64url');
      if (asked === undefined || asked.get('code_challenge') !== challenge)
        return json({ error: 'invalid_grant' }, 400);
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: provider.issuer,
        aud: 'tropa',
        sub: '1',
        iat: now,
        exp: now + 60,
        nonce: asked.get('nonce'),
        ...provider.claims,
      };
      const text = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(claims)}`;
      const mark = sign('sha256', Buffer.from(text), privateKey).toString('base64url');
      return json({ access_token: 'a', token_type: 'Bearer', id_token: `${text}.${mark}` });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const provider: Provider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    claims: {},
    server,
  };
  return provider;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

describe('signing in by a provider', () => {
  let provider: Provider;
  let small: SmallHost;
  beforeEach(async () => {
    provider = await startProvider();
    const oidc = {
      issuer: provider.issuer,
      clientId: 'tropa',
      clientSecret: 's',
      role: 'author' as const,
      domains: ['lumen.example'],
    };
    small = await startSmallHost({ oidc });
  });
  afterEach(async () => {
    await small.close();
    provider.server.closeAllConnections();
    provider.server.close();
  });

  const get = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } });
  const cookieIn = (response: Response) => (response.headers.getSetCookie().at(-1) ?? '').split(';')[0] ?? '';

  /** To the provider and back, as a browser goes; the address it comes back with, and its cookie. */
  async function there() {
    const begun = await get(`${small.url}/login/oidc`);
    const asked = await get(begun.headers.get('location') ?? '');
    const back = new URL(asked.headers.get('location') ?? '');
    return { back: small.url + back.pathname + back.search, cookie: cookieIn(begun) };
  }
  async function walk(claims: object): Promise<Response> {
    provider.claims = claims;
    const { back, cookie } = await there();
    return await get(back, cookie);
  }
  const session = async (response: Response) =>
    (await (await get(`${small.url}/api/session`, cookieIn(response))).json()) as {
      user?: { email: string; role: string };
    };

  test('knows whoever was added, with their own role', async () => {
    const { host } = small;
    await useLink(host, {
      token: (await firstToken(host)) ?? '',
      password: 'a long sentence as password',
      email: 'a@lumen.example',
    });
    await addUser(host, 'bo@else.example', 'viewer');
    const came = await walk({ email: 'Bo@else.example', email_verified: true });
    expect([came.status, came.headers.get('location')]).toEqual([303, '/']);
    expect((await session(came)).user).toMatchObject({ email: 'bo@else.example', role: 'viewer' });
  }, 30_000);

  test('lets newcomers of its domains in, with the role of the settings, and nobody else', async () => {
    const came = await walk({ email: 'cy@lumen.example', email_verified: true });
    expect((await session(came)).user).toMatchObject({ email: 'cy@lumen.example', role: 'author' });
    for (const email of ['cy@evil.example', 'cy@lumen.example.evil.example', 'cy@sub.lumen.example'])
      expect((await walk({ email, email_verified: true })).status).toBe(403);
  });

  test.each([
    ['whose address is not vouched for', { email: 'cy@lumen.example', email_verified: false }],
    ['that says nothing of an address', {}],
    ['for somebody else', { email: 'cy@lumen.example', email_verified: true, aud: 'other' }],
    ['of somebody else', { email: 'cy@lumen.example', email_verified: true, iss: 'https://evil.example' }],
    ['with another nonce', { email: 'cy@lumen.example', email_verified: true, nonce: 'n' }],
    ['that is over', { email: 'cy@lumen.example', email_verified: true, exp: 1 }],
  ])('takes no token %s', async (_what, claims) => {
    const came = await walk(claims);
    expect([came.status, ((await came.json()) as { code: string }).code]).toEqual([403, 'E_OIDC']);
  });

  test('belongs to the browser that began it, once, and for ten minutes', async () => {
    provider.claims = { email: 'cy@lumen.example', email_verified: true };
    const [one, two] = [await there(), await there()];
    expect((await get(one.back)).status).toBe(403);
    expect((await get(one.back, two.cookie)).status).toBe(403);
    expect((await get(two.back, `${two.cookie.slice(0, -2)}xx`)).status).toBe(403);
    expect((await get(two.back, two.cookie)).status).toBe(303);
    expect((await get(two.back, two.cookie)).status).toBe(403);
    const late = await there();
    small.now += 10 * 60_000;
    expect((await get(late.back, late.cookie)).status).toBe(403);
  });

  test('is offered at the way in', async () => {
    expect(await (await get(`${small.url}/login`)).text()).toContain('href="/login/oidc"');
  });
});

test.each([
  [{ OIDC_ISSUER: 'https://login.example' }, 'OIDC_CLIENT_ID'],
  [
    { OIDC_ISSUER: 'https://l.example', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b', OIDC_ROLE: 'author' },
    'OIDC_DOMAINS',
  ],
  [{ OIDC_ROLE: 'author', OIDC_DOMAINS: 'lumen.example' }, 'OIDC_ISSUER'],
])('settings of half a provider are refused: %j', (env, names) => {
  expect(() => readConfig(env)).toThrow(names);
});
