import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SmallHost, startSmallHost } from '../testing/http-host.ts';
import { messageRow, personNamed } from '../testing/store-fixtures.ts';

const ID = '0123456789abcdef0123456789abcdef';
const SHOP = 'https://lumen.example/cart?c=1';
let small: SmallHost;
beforeEach(async () => {
  small = await startSmallHost();
  const person = await personNamed(small.store, 'anna');
  await small.store.fence([messageRow(ID, { person })]);
});
afterEach(() => small.close());

const clicks = async () => (await small.events()).filter(({ name }) => name === 'tropa.click');
const here = (link: string) => link.replace('https://t.lumen.example', small.url);
const follow = (link: string, init: RequestInit = {}) => fetch(here(link), { redirect: 'manual', ...init });

/** A request with headers that fetch would not let a program set. */
function asBrowser(link: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(here(link), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('the open pixel', () => {
  test('is a picture that is asked for anew each time, and tells of the open', async () => {
    const response = await follow(small.host.links.open(ID));
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a');
    expect(small.receipts).toEqual([{ message: ID, kind: 'opened', at: small.now }]);
  });
  test('P24 tells nothing under a tampered token', async () => {
    expect((await follow(`${small.host.links.open(ID)}A`)).status).toBe(404);
    expect((await follow(small.host.links.browser(ID).replace('/b/', '/o/'))).status).toBe(404);
    expect(small.receipts).toEqual([]);
  });
  test("is no human's when only its head is asked for, or when it is fetched ahead", async () => {
    await follow(small.host.links.open(ID), { method: 'HEAD' });
    await asBrowser(small.host.links.open(ID), { purpose: 'prefetch' });
    expect(small.receipts.map(({ kind }) => kind)).toEqual(['machine_opened', 'machine_opened']);
  });
});

describe('a click', () => {
  test('leads on to where the message pointed, and says nothing of where it comes from', async () => {
    const response = await follow(small.host.links.click(ID, SHOP));
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(SHOP);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await clicks()).toMatchObject([{ at: small.now, data: { message: ID, channel: 'email', url: SHOP } }]);
    expect(small.receipts).toEqual([]);
  });
  test('counts each time, but not impatience', async () => {
    for (const _ of [1, 2]) await follow(small.host.links.click(ID, SHOP));
    small.now += 5_000;
    await follow(small.host.links.click(ID, SHOP));
    expect(await clicks()).toHaveLength(2);
  });
  test('P24 redirects nowhere once it is tampered with', async () => {
    const link = small.host.links.click(ID, SHOP);
    const token = link.split('/').at(-1) ?? '';
    for (let place = 0; place < token.length; place += 7) {
      const response = await follow(
        link.replace(token, token.slice(0, place) + (token[place] === 'x' ? 'y' : 'x') + token.slice(place + 1)),
      );
      expect(response.status).toBe(404);
      expect(response.headers.get('location')).toBeNull();
    }
    expect(small.receipts).toEqual([]);
  });
  test("is a machine's when it was a HEAD, or fetched ahead", async () => {
    expect((await follow(small.host.links.click(ID, SHOP), { method: 'HEAD' })).status).toBe(302);
    expect(await asBrowser(small.host.links.click(ID, SHOP), { 'sec-purpose': 'prefetch;prerender' })).toBe(302);
    expect(small.receipts).toMatchObject([
      { kind: 'machine_opened', reason: 'head', value: SHOP },
      { kind: 'machine_opened', reason: 'prefetch', value: SHOP },
    ]);
    expect(await clicks()).toEqual([]);
  });
  test('of a message that is gone, or of nobody any more, leads on and tells nothing', async () => {
    await small.store.fence([messageRow('nobodys', { person: '' })]);
    for (const id of ['gone', 'nobodys']) {
      expect((await follow(small.host.links.click(id, SHOP))).headers.get('location')).toBe(SHOP);
      expect((await follow(small.host.links.open(id))).status).toBe(200);
    }
    expect([await clicks(), small.receipts]).toEqual([[], []]);
  });
  test('leads on even when the store takes nothing more', async () => {
    small.full = true;
    expect((await follow(small.host.links.click(ID, SHOP))).headers.get('location')).toBe(SHOP);
    expect((await follow(small.host.links.open(ID))).status).toBe(200);
  });
});

describe('the message in a browser', () => {
  test('P27 is shown as sent, and runs nothing', async () => {
    const html = '<!doctype html><p>Hello</p><script>alert(1)</script>';
    await small.store.keepMail({
      id: ID,
      person: 'p',
      channel: 'email',
      to: 'a@b.example',
      at: small.now,
      content: { html, text: 'Hello' },
    });
    const response = await follow(small.host.links.browser(ID));
    expect(await response.text()).toBe(html);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/(^|; )sandbox( |;)/);
    expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
  test('is text where it was text', async () => {
    await small.store.keepMail({
      id: ID,
      person: 'p',
      channel: 'sms',
      to: '+371',
      at: small.now,
      content: { html: null, text: '<b>Hi</b>' },
    });
    const response = await follow(small.host.links.browser(ID));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe('<b>Hi</b>');
  });
  test('is not there for a token of another kind, or a message that is gone', async () => {
    expect((await follow(small.host.links.open(ID).replace('/o/', '/b/'))).status).toBe(404);
    expect((await follow(small.host.links.browser(ID))).status).toBe(404);
  });
});

test('P24 forged links never reach the store: not one question is asked of it', async () => {
  const asked: string[] = [];
  const { store } = small;
  for (const [name, method] of Object.entries(store) as [string, unknown][])
    if (typeof method === 'function')
      Object.assign(store, {
        [name]: (...args: unknown[]) => {
          asked.push(name);
          return (method as (...args: unknown[]) => unknown).apply(store, args);
        },
      });
  for (let n = 0; n < 600; n += 1) {
    const token = randomBytes(8 + (n % 90)).toString('base64url');
    const answer = await fetch(`${small.url}/${'ocsbuy'[n % 6]}/${token}`, { method: n % 7 === 0 ? 'HEAD' : 'GET' });
    expect(answer.status).toBe(404);
  }
  expect(asked).toEqual([]);
  await small.store.message('x');
  expect(asked).toEqual(['message']);
});
