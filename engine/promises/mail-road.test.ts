// The whole road of an email, with a real Tropa, a real SMTP server that takes its mail, and mail that comes back.

import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import type { JsonObject } from '../language/values.ts';
import { type MailServer, startMailServer } from '../testing/mail-server.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const JOURNEY = `journey: hello
status: live
trigger: { event: go, key: event.n }
steps:
  - reach:
      - { email: hello, for: 2d }
      - { sms: hello }
    until: opened
`;
const settings = (url: string, inbound: number) => `timezone: UTC
brand: { name: Lumen, url: "https://lumen.example" }
consent: { email: opt_out, sms: opt_out }
sources: { app: { type: segment, write_key: key, browser_key: page } }
senders: { email: { provider: smtp, name: post, url: "${url}", from: "Lumen <hello@lumen.example>" } }
inbound: { smtp: ${inbound}, domain: reply.lumen.example }
`;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

async function start(): Promise<{ tropa: Tropa; post: MailServer; inbound: number }> {
  const post = await startMailServer();
  const inbound = await freePort();
  const tropa = await startTropa({
    clock: NOON,
    workspace: {
      'tropa.yaml': settings(`smtp://127.0.0.1:${post.port}`, inbound),
      'hello/journey.yaml': JOURNEY,
      'hello/hello.email.html':
        'subject: Hello\n---\n<p><a href="https://lumen.example/lamp">Hello {{ profile.first_name | default: "you" }}</a> <a href="{{ message.url.browser }}">View online</a></p>\n',
      'hello/hello.sms.txt': 'Hello\n',
    },
  });
  closing.push(
    () => post.close(),
    () => tropa.close(),
  );
  return { tropa, post, inbound };
}

async function go(tropa: Tropa, id: string, email = `${id}@x.example`): Promise<void> {
  await tropa.track(id, 'go', { n: id }, { context: { traits: { email, phone: '+12025550123' } } });
  await tropa.drain();
}

const rowsOf = async (tropa: Tropa, id: string): Promise<JsonObject[]> =>
  (await tropa.inbox()).filter(({ profile }) => profile === id);

/** Brings a mail to one of Tropa's return addresses, as another mail server would. */
async function bring(port: number, to: string, raw: string): Promise<void> {
  const client = createTransport({ host: '127.0.0.1', port, tls: { rejectUnauthorized: false } });
  await client.sendMail({ envelope: { from: '', to: [to] }, raw });
  client.close();
}

describe('an email', () => {
  test('leaves, is answered, and its answer is the person’s', async () => {
    const { tropa, post, inbound } = await start();
    await go(tropa, 'anna');
    expect(await rowsOf(tropa, 'anna')).toMatchObject([{ channel: 'email', status: 'sent', to: 'anna@x.example' }]);
    const mail = await simpleParser(post.taken[0]?.raw ?? '');
    const answer = mail.replyTo?.value[0]?.address ?? '';
    expect(answer).toMatch(/^r\+[a-z2-7]{42}@reply\.lumen\.example$/);
    await bring(inbound, answer, 'From: anna@x.example\r\nMessage-ID: <m1@x>\r\n\r\nYes please\r\n');
    await tropa.drain();
    expect(await rowsOf(tropa, 'anna')).toMatchObject([{ status: 'replied' }]);
    expect((await tropa.ask('audit')).findings).toEqual([]);
  }, 60_000);

  test('can be read in a browser, as it left, by whoever has its link', async () => {
    const { tropa, post } = await start();
    await go(tropa, 'vera');
    const { html } = await simpleParser(post.taken[0]?.raw ?? '');
    const link = /href="([^"]+\/b\/[^"]+)"/.exec(String(html))?.[1] ?? '';
    const page = await fetch(link);
    expect(page.headers.get('content-security-policy')).toContain('sandbox');
    expect((await page.text()).trim()).toBe(String(html).trim());
    expect((await fetch(`${link}x`)).status).toBe(404);
    expect((await tropa.cli('erase', 'vera', '--yes')).status).toBe(0);
    expect((await fetch(link)).status).toBe(404);
  }, 60_000);

  test('P24 of a stranger shows nothing of the customer they claim to be, and changes nothing of theirs but a stop', async () => {
    const { tropa, post } = await start();
    const page = (type: string, body: JsonObject) =>
      fetch(`${tropa.url}/v1/${type}`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: JSON.stringify({ writeKey: 'page', anonymousId: 'eve', ...body }),
      });
    await page('i', { traits: { email: 'eve@evil.example' } });
    await page('t', { event: 'go', properties: { n: 'eve' } });
    await tropa.drain();
    const raw = post.taken[0]?.raw ?? '';
    const { html } = await simpleParser(raw);
    const link = (path: string): string =>
      new RegExp(`https?://[^"<>\\s]+/${path}/[\\w-]+`).exec(String(html) + raw)?.[0] ?? '';
    expect(await (await fetch(link('b'))).text()).toContain('Hello you');
    await tropa.identify('anna', { email: 'anna@x.example', first_name: 'Annabella' });
    await page('i', { traits: { email: 'anna@x.example' } });
    await tropa.drain();
    const opened = await fetch(link('b'));
    expect([opened.status, await opened.text()]).toEqual([404, expect.not.stringContaining('Annabella')]);
    const centre = link('u');
    expect(await (await fetch(centre)).text()).not.toContain('checkbox');
    const ticked = 'scope=choices&shown=sms/marketing&box=sms/marketing&shown=email/marketing&box=email/marketing';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(centre, { method: 'POST', headers, body: ticked });
    await tropa.drain();
    const anna = JSON.parse((await tropa.cli('export', 'anna')).stdout) as JsonObject;
    expect(anna).toMatchObject({ consent: [], identities: expect.arrayContaining(['email:eve@evil.example']) });
  }, 60_000);

  test('of a test really leaves only for somebody who says so', async () => {
    const { tropa, post } = await start();
    await tropa.identify('olga', { email: 'olga@x.example', phone: '+12025550123' });
    await tropa.drain();
    const asked = await tropa.cli('send', 'hello/hello', '--to', 'olga');
    expect([asked.status, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    await tropa.drain();
    expect(post.taken).toEqual([]);
    expect((await tropa.cli('send', 'hello/hello', '--to', 'olga', '--yes')).status).toBe(0);
    await tropa.drain();
    expect(post.taken).toMatchObject([{ to: ['olga@x.example'] }]);
  }, 60_000);

  test('that bounces suppresses its address and lets the journey go on by the next rung', async () => {
    const { tropa, post, inbound } = await start();
    await go(tropa, 'ben');
    const from = post.taken[0]?.from ?? '';
    expect(from).toMatch(/^b\+[a-z2-7]{42}@reply\.lumen\.example$/);
    const report = [
      'From: MAILER-DAEMON@mx.example',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; ben@x.example',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '--b--',
      '',
    ];
    await bring(inbound, from, report.join('\r\n'));
    await tropa.drain();
    expect((await rowsOf(tropa, 'ben')).map(({ channel, status }) => `${channel} ${status}`).sort()).toEqual([
      'email bounced',
      'sms delivered',
    ]);
    await go(tropa, 'ben2', 'ben@x.example');
    expect(post.taken).toHaveLength(1);
  }, 60_000);

  test('P06 whose server hangs up after the last dot is unknown, is shown, and is never sent again by itself', async () => {
    const { tropa, post } = await start();
    await go(tropa, 'cleo', 'hangup-end@x.example');
    await tropa.advance('1d');
    expect(post.taken).toHaveLength(1);
    expect(await rowsOf(tropa, 'cleo')).toMatchObject([{ channel: 'email', status: 'unknown' }]);
  }, 60_000);

  test('to a server that puts it off is tried later and arrives once', async () => {
    const { tropa, post } = await start();
    await go(tropa, 'dora', 'grey-dora@x.example');
    expect(await rowsOf(tropa, 'dora')).toMatchObject([{ status: 'held' }]);
    await tropa.advance('10m');
    expect(await rowsOf(tropa, 'dora')).toMatchObject([{ status: 'sent' }]);
    expect(post.taken).toHaveLength(1);
  }, 60_000);

  test('that comes back softly five times in a month puts its address to rest; an operator lists it and lifts it', async () => {
    const { tropa, post, inbound } = await start();
    const full =
      'From: MAILER-DAEMON\r\nSubject: failure notice\r\n\r\n<emil@x.example>:\r\n552 5.2.2 mailbox full\r\n';
    for (let n = 0; n < 5; n += 1) {
      await tropa.track('emil', 'go', { n: `${n}` }, { context: { traits: { email: 'emil@x.example' } } });
      await tropa.drain();
      await bring(inbound, post.taken[n]?.from ?? '', full);
      await tropa.drain();
    }
    await go(tropa, 'emil');
    expect(post.taken).toHaveLength(5);
    expect((await tropa.cli('suppress', '--list', '--json')).stdout).toMatch(
      /"email:emil@x.example","reason":"sunset"/,
    );
    expect((await tropa.cli('suppress', '--lift', 'Emil@x.example')).stdout).toContain('may be written to again');
    expect((await tropa.cli('suppress', 'no address')).status).toBe(2);
    expect((await tropa.cli('suppress', 'ben@x.example')).stdout).toContain('any more');
    await go(tropa, 'ben');
    expect(post.taken).toHaveLength(5);
  }, 60_000);

  test('whose soft bounce is told again and again has bounced once; those of one report count each', async () => {
    const { tropa, post, inbound } = await start();
    const full = (n: number) =>
      `From: MAILER-DAEMON\r\nMessage-ID: <bounce-${n}@x>\r\nSubject: failure notice\r\n\r\n<emil@x.example>:\r\n552 5.2.2 mailbox full\r\n`;
    await go(tropa, 'emil');
    const back = post.taken[0]?.from ?? '';
    for (let n = 0; n < 6; n += 1) {
      await bring(inbound, back, full(0));
      await tropa.advance('1m');
    }
    expect((await tropa.cli('suppress', '--list')).stdout).toContain('Nobody');
    for (let n = 1; n < 5; n += 1) await bring(inbound, back, full(n));
    expect((await tropa.cli('suppress', '--list')).stdout).toMatch(/email:emil@x.example +sunset/);
  }, 60_000);

  test('of a paused sender waits, and leaves when it goes on', async () => {
    const { tropa, post } = await start();
    expect((await tropa.cli('sender', 'pause', 'post')).stdout).toContain('takes nothing more');
    await go(tropa, 'emil');
    await tropa.advance('1d');
    expect(post.taken).toHaveLength(0);
    expect((await tropa.cli('doctor')).stdout).toMatch(/sender post.*paused since.*tropa sender resume post/s);
    expect((await tropa.cli('sender', 'resume', 'post')).status).toBe(0);
    await tropa.drain();
    expect(post.taken).toHaveLength(1);
    expect((await tropa.cli('sender', 'pause', 'pots')).stderr).toMatch(/E_NOT_FOUND .*Did you mean "post"/);
  }, 60_000);
});
