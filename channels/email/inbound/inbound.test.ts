// Promises of mail that comes back, tried with a real SMTP client.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';
import type { Heard } from '../../../engine/ports/channel.ts';
import { createReturnAddresses } from './addresses.ts';
import { listenForMail } from './listen.ts';

const MESSAGE = 'f00df00df00df00df00df00df00df00d';
const NOON = Date.UTC(2026, 2, 2, 12);
const addresses = createReturnAddresses('a secret of this test', 'reply.lumen.example', 'https://t.lumen.example');
const [bounces, replies] = [addresses.bounces(MESSAGE)!, addresses.replies(MESSAGE)!];

describe('a return address', () => {
  test('names its message whatever case it comes back in, and fits before an @', () => {
    expect(addresses.read(bounces)).toEqual({ kind: 'bounce', message: MESSAGE });
    expect(addresses.read(replies.toUpperCase())).toEqual({ kind: 'reply', message: MESSAGE });
    expect(bounces.split('@')[0]?.length).toBeLessThanOrEqual(64);
  });

  test('P24 changed in any character it names nothing; nor does one of another secret, kind or domain', () => {
    for (let n = 0; n < bounces.length; n += 1)
      for (const other of ['a', 'b', '2', '=']) {
        const changed = bounces.slice(0, n) + other + bounces.slice(n + 1);
        if (changed !== bounces) expect(addresses.read(changed)).toBeNull();
      }
    expect(addresses.read(bounces.replace(/^b/, 'r'))).toBeNull();
    const other = createReturnAddresses('another secret', 'reply.lumen.example', 'x');
    expect(other.read(bounces)).toBeNull();
    expect(createReturnAddresses('x', null, 'x').bounces(MESSAGE)).toBeNull();
  });
});

describe('the listener', () => {
  let works = true;
  const got: Heard[] = [];
  afterEach(() => {
    got.length = 0;
    works = true;
  });

  async function bring(to: string, raw: string | Buffer): Promise<string> {
    const open = await listenForMail({
      port: 0,
      host: '127.0.0.1',
      addresses,
      now: () => NOON,
      heard: async (heard) => {
        if (!works) throw new Error('the store is full');
        got.push(...heard);
      },
    });
    const client = createTransport({ host: '127.0.0.1', port: open.port, tls: { rejectUnauthorized: false } });
    try {
      const info = await client.sendMail({ envelope: { from: '', to: [to] }, raw });
      return info.response;
    } catch (error) {
      return String((error as { response?: string }).response);
    } finally {
      client.close();
      await open.close();
    }
  }

  const reply = (text: string, more = '') =>
    `From: Ben <ben@example.com>\r\nMessage-ID: <m1@example.com>\r\nSubject: Re: x\r\n${more}\r\n${text}\r\n`;

  test('takes a returned mail as a bounce of its message, whatever it says about itself', async () => {
    const mail = readFileSync(new URL('../bounces/fixtures/lhost-amazonses-10.eml', import.meta.url));
    expect(await bring(bounces, mail)).toMatch(/^250/);
    expect(got).toEqual([
      {
        channel: 'email',
        message: MESSAGE,
        address: null,
        at: NOON,
        kind: 'bounced',
        reason: expect.stringMatching(/5\.1\.1/),
      },
    ]);
  });

  test('takes an answer with the person’s own words, and none of what they answered to', async () => {
    const text =
      'Yes, please!\r\nBen\r\n\r\nOn Mon, 2 Mar 2026 at 12:00, Lumen <hello@lumen.example> wrote:\r\n> Do you want it?';
    await bring(replies, reply(text));
    expect(got).toMatchObject([
      { kind: 'replied', message: MESSAGE, value: 'Yes, please!\nBen', id: '<m1@example.com>' },
    ]);
  });

  test('passes over programs that answer', async () => {
    expect(await bring(replies, reply('I am away', 'Auto-Submitted: auto-replied\r\n'))).toMatch(/^250/);
    expect(got).toEqual([]);
  });

  test('takes no mail for anybody else, and is no open relay', async () => {
    for (const to of ['postmaster@reply.lumen.example', 'eve@evil.example', `b+${'a'.repeat(42)}@reply.lumen.example`])
      expect(await bring(to, reply('x'))).toMatch(/^550/);
    expect(got).toEqual([]);
  });

  test('I2 says "later" where nothing could be stored, and refuses what is too large', async () => {
    works = false;
    expect(await bring(replies, reply('x'))).toMatch(/^451/);
    works = true;
    expect(await bring(replies, reply('x'.repeat(990).concat('\r\n').repeat(1_200)))).toMatch(/^552/);
    expect(got).toEqual([]);
  });
});
