import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type SmallHost, type SmallHostOptions, startSmallHost } from '../testing/http-host.ts';
import { messageRow } from '../testing/store-fixtures.ts';

const EVIL = '</b><script>alert(1)</script><img src=x onerror=alert(1)>"\'';
let small: SmallHost;
afterEach(() => small.close());

async function start(options: SmallHostOptions = {}): Promise<void> {
  small = await startSmallHost(options);
  const content = {
    headers: { subject: 'Your cart', from: 'Lumen <hello@lumen.example>' },
    actions: [],
    html: '<html><head></head><body><p>Hi</p></body></html>',
    text: 'Hi',
    urls: {},
  };
  await small.store.keepMail({
    id: 'm1',
    person: 'p',
    channel: 'email',
    to: 'anna@example.com',
    at: small.now,
    content,
  });
}
const page = async (path: string, headers: Record<string, string> = {}) =>
  (await fetch(small.url + path, { headers })).text();
const act = (action: string, value = '', headers: Record<string, string> = { origin: small.url }) =>
  fetch(`${small.url}/inbox/m1`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams({ action, value }),
  });

describe('the inbox', () => {
  test('lists messages, newest first, with what became of them', async () => {
    await start();
    await small.store.keepMail({
      id: 'm2',
      person: 'p',
      channel: 'sms',
      to: '+37120000000',
      at: small.now + 1000,
      content: { headers: {}, text: 'Last call' },
    });
    await small.store.fence([messageRow('m1', { status: 'opened' })]);
    const list = await page('/inbox');
    expect(list.indexOf('Last call')).toBeGreaterThan(0);
    expect(list.indexOf('Last call')).toBeLessThan(list.indexOf('Your cart'));
    expect(list).toContain('anna@example.com');
    expect(list).toContain('opened');
  });

  test('says what to do while it is empty', async () => {
    small = await startSmallHost();
    expect(await page('/inbox')).toContain('No messages yet.');
  });

  test('goes back page by page', async () => {
    await start();
    for (let n = 0; n < 60; n += 1) {
      await small.store.keepMail({
        id: `n${String(n).padStart(2, '0')}`,
        person: 'p',
        channel: 'sms',
        to: '+371',
        at: small.now + 1 + n,
        content: { text: `number ${n}.` },
      });
    }
    const first = await page('/inbox');
    const older = /href="(\/inbox\?before=[^"]+)"/.exec(first)?.[1] ?? '';
    expect(first).toContain('number 59.');
    expect(first).not.toContain('number 9.');
    const second = await page(older);
    expect(second).toContain('number 9.');
    expect(second).toContain('Your cart');
    expect(second).not.toContain('before=');
  });

  test('P27 shows whatever a customer or template wrote as text, and runs no script', async () => {
    await start();
    const content = {
      headers: { subject: EVIL, [EVIL]: EVIL },
      actions: [{ label: EVIL, url: 'javascript:alert(1)' }],
      html: null,
      text: EVIL,
    };
    await small.store.keepMail({ id: 'm2', person: 'p', channel: EVIL, to: EVIL, at: small.now, content });
    await small.store.fence([messageRow('m2', { reason: EVIL, journey: EVIL, status: 'bounced' })]);
    for (const path of ['/inbox', '/inbox/m2']) {
      const response = await fetch(small.url + path);
      const text = await response.text();
      expect(text).not.toMatch(/<script|<img|javascript:/);
      expect(text).toContain('&lt;script&gt;');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('script-src');
    }
  });

  test('P27 frames a mail so that it runs nothing, and is not opened by being looked at', async () => {
    await start();
    const html = `<script>alert(1)</script><img src="${small.host.links.open('m2')}"><a href="https://lumen.example">Shop</a>`;
    await small.store.keepMail({
      id: 'm2',
      person: 'p',
      channel: 'email',
      to: 'a@b.example',
      at: small.now,
      content: { headers: {}, html, text: '' },
    });
    const text = await page('/inbox/m2');
    expect(text).toContain('sandbox="allow-popups allow-popups-to-escape-sandbox"');
    expect(text).not.toContain('<script');
    expect(text).toContain('srcdoc="&lt;base target=&quot;_blank&quot;&gt;&lt;script&gt;');
    expect(text).not.toContain(small.host.links.open('m2'));
  });

  test('passes each button on to the sandbox, and shows the message again', async () => {
    await start();
    for (const action of ['open', 'bounce', 'unsubscribe']) {
      const response = await act(action);
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe('/inbox/m1');
    }
    await act('reply', 'Yes & no');
    await act('click', 'https://lumen.example');
    expect(small.acts).toEqual([
      { message: 'm1', action: 'open' },
      { message: 'm1', action: 'bounce' },
      { message: 'm1', action: 'unsubscribe' },
      { message: 'm1', action: 'reply', value: 'Yes & no' },
      { message: 'm1', action: 'click', value: 'https://lumen.example' },
    ]);
  });

  test('says on the page why a button did nothing', async () => {
    await start();
    const response = await act('click');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('holds no link to click');
  });

  test("P28 moves nothing without a browser's word that its own page asked", async () => {
    await start();
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: small.url, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      expect((await act('open', '', headers)).status).toBe(403);
    }
    expect(small.acts).toEqual([]);
    expect((await act('open', '', { 'sec-fetch-site': 'same-origin' })).status).toBe(303);
    expect((await act('dance')).status).toBe(400);
  });

  test('is for this machine alone: not through a proxy, nor under another name', async () => {
    await start();
    expect((await fetch(`${small.url}/inbox`, { headers: { 'x-forwarded-for': '203.0.113.7' } })).status).toBe(403);
    const named = await new Promise<number>((resolve, reject) => {
      httpRequest(`${small.url}/inbox`, { headers: { host: 'rebound.example' } }, (response) =>
        resolve(response.resume().statusCode ?? 0),
      )
        .on('error', reject)
        .end();
    });
    expect(named).toBe(403);
  });

  test('is not there on a server that listens beyond this machine', async () => {
    await start({ loopback: false, listen: '0.0.0.0' });
    expect((await fetch(`${small.url}/inbox`)).status).toBe(404);
    expect((await fetch(`${small.url}/inbox/m1`)).status).toBe(404);
  });

  test('knows no message that is not there', async () => {
    await start();
    expect((await fetch(`${small.url}/inbox/nowhere`)).status).toBe(404);
  });
});
