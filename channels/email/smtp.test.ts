// Promises of email over SMTP, tried with real servers in every mood.

import { createPublicKey, createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import type { JsonObject, Outgoing, SendOutcome } from '../../engine/ports/channel.ts';
import { type MailServer, type MailServerOptions, startMailServer } from '../../engine/testing/mail-server.ts';
import { outgoing } from '../channel.contract.ts';
import { createSmtp } from './smtp.ts';

const PATIENCE = { connect: 1_000, silence: 700, idle: 5_000 };
const ADDRESSES = {
  publicUrl: 'https://t.lumen.example',
  bounces: (id: string) => `b+${id}@reply.lumen.example`,
  replies: (id: string) => `r+${id}@reply.lumen.example`,
};
const closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

async function start(options: JsonObject = {}, server: MailServerOptions = {}) {
  const mailServer = await startMailServer(server);
  const url = `smtp://${String(options.login ?? '')}127.0.0.1:${mailServer.port}`;
  const channel = createSmtp(
    { name: 'email', options: { url, from: 'Lumen <hello@lumen.example>', ...options }, patience: PATIENCE },
    { brand: 'Lumen', addresses: ADDRESSES },
  );
  closing.push(mailServer, channel);
  const send = async (to: string, more: Partial<Outgoing> = {}, id = 'a1'): Promise<SendOutcome> => {
    const [outcome] = await channel.send([{ ...outgoing('email', id, to), ...more }]);
    return outcome!;
  };
  return { mailServer, channel, send };
}

const last = ({ taken }: MailServer) => taken.at(-1)!.raw;

describe('an outcome says how far a mail came', () => {
  test('what is surely not taken is tried again, and what the server may have is unknown', async () => {
    const { mailServer, send } = await start();
    expect(await send('grey@x.example')).toMatchObject({ result: 'retry', after: 300_000 });
    expect(await send('grey@x.example')).toMatchObject({ result: 'accepted' });
    expect(await send('busy@x.example')).toMatchObject({ result: 'retry' });
    expect(await send('late@x.example')).toMatchObject({ result: 'retry' });
    expect(await send('gone421@x.example')).toMatchObject({ result: 'retry', down: true });
    expect(await send('hangup-rcpt@x.example')).toMatchObject({ result: 'retry', down: true });
    expect(mailServer.taken.map(({ to }) => to)).toEqual([['grey@x.example']]);
  });

  test('P06 a server that closes or falls silent after the last dot leaves the message unknown, never sent again', async () => {
    const { mailServer, send } = await start();
    expect(await send('hangup-end@x.example')).toMatchObject({ result: 'unknown' });
    expect(await send('silent@x.example')).toMatchObject({ result: 'unknown' });
    expect(mailServer.taken).toHaveLength(2);
  });

  test('a connection that breaks amid a mail larger than the network holds is tried again', async () => {
    const { send } = await start();
    const text = 'x'.repeat(70).concat('\n').repeat(200_000);
    expect(await send('hangup-data@x.example', { html: null, text })).toMatchObject({ result: 'unknown' });
  });

  test('an address nobody has is suppressed; a full one, a policy and a refused content are not', async () => {
    const { send } = await start();
    expect(await send('nobody@x.example')).toMatchObject({
      result: 'refused',
      why: { kind: 'address', suppress: true, detail: 'the recipient was refused (550 5.1.1)' },
    });
    for (const [to, kind] of [
      ['full@x.example', 'address'],
      ['spam@x.example', 'provider'],
      ['content@x.example', 'content'],
    ]) {
      const outcome = await send(to!);
      expect(outcome).toMatchObject({ result: 'refused', why: { kind } });
      expect(outcome.result === 'refused' && outcome.why.suppress).toBeFalsy();
    }
  });

  test('nobody there, a login that is refused, no encryption and a bad certificate are told apart', async () => {
    const { send, mailServer } = await start({ login: 'tropa:wrong@' }, { allowInsecureAuth: true });
    expect(await send('anna@x.example')).toEqual({ result: 'halted', why: 'the server refuses the login (535 5.7.8)' });
    const plain = await start({ tls: 'required' }, { disabledCommands: ['STARTTLS'] });
    expect(await plain.send('anna@x.example')).toMatchObject({ result: 'halted', why: expect.stringContaining('tls') });
    const selfSigned = await start({ tls: 'required' });
    expect(await selfSigned.send('anna@x.example')).toMatchObject({ result: 'retry', down: true });
    await mailServer.close();
    expect(await send('anna@x.example')).toMatchObject({ result: 'retry', down: true });
  });

  test('a server that greets nobody holds nothing up for longer than its patience', async () => {
    const sockets = new Set<Socket>();
    const mute: Server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
    const { port } = mute.address() as { port: number };
    const channel = createSmtp(
      { name: 'email', options: { url: `smtp://127.0.0.1:${port}`, from: 'a@lumen.example' }, patience: PATIENCE },
      { brand: 'Lumen', addresses: ADDRESSES },
    );
    const [outcome] = await channel.send([outgoing('email', 'a1', 'anna@x.example')]);
    expect(outcome).toMatchObject({ result: 'retry', down: true });
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => mute.close(done));
  });
});

describe('a mail', () => {
  test('has what mailbox providers ask for, and comes back by addresses that name its message', async () => {
    const { mailServer, send } = await start();
    await send('anna@x.example', { headers: { subject: 'Корзина ждёт', preheader: 'x' } }, 'f00d');
    const mail = await simpleParser(last(mailServer));
    expect(mailServer.taken[0]).toMatchObject({ from: 'b+f00d@reply.lumen.example', to: ['anna@x.example'] });
    expect(mail.subject).toBe('Корзина ждёт');
    expect(mail.from?.text).toBe('"Lumen" <hello@lumen.example>');
    expect(mail.replyTo?.text).toBe('r+f00d@reply.lumen.example');
    expect(mail.messageId).toBe('<f00d@lumen.example>');
    expect(mail.text).toContain('Back to the cart');
    expect(mail.html).toContain('<a href=');
    expect(mail.attachments).toEqual([]);
    const raw = last(mailServer);
    expect(raw).toMatch(/^List-Id: "Lumen" <marketing\.lumen\.example>/im);
    expect(raw).toMatch(/^Feedback-ID: abandoned-cart:reminder:marketing:lumen-example/m);
    expect(raw.replace(/\r\n\s+/g, ' ')).toMatch(/^List-Unsubscribe: <https:\/\/lumen\.example\/u\/token>/m);
    expect(raw).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click/m);
  });

  test('that people must get has no list to leave; a template may name its own sender and answer address', async () => {
    const { mailServer, send } = await start();
    const headers = { subject: 'x', from: 'Shop <shop@lumen.example>', reply_to: 'help@lumen.example' };
    await send('anna@x.example', { transactional: true, headers });
    const mail = await simpleParser(last(mailServer));
    expect([mail.from?.text, mail.replyTo?.text]).toEqual(['"Shop" <shop@lumen.example>', 'help@lumen.example']);
    expect(last(mailServer)).not.toMatch(/List-Unsubscribe/i);
  });

  test('tells each service which message it is', async () => {
    for (const [service, header] of [
      ['ses', /^X-SES-MESSAGE-TAGS: tropa=a1/im],
      ['sendgrid', /^X-SMTPAPI: .*"tropa": ?"a1"/im],
      ['mailgun', /^X-Mailgun-Variables: .*"tropa": ?"a1"/im],
      ['postmark', /^X-PM-Metadata-tropa: a1/im],
    ] as const) {
      const { mailServer, send } = await start({ service });
      await send('anna@x.example');
      expect(last(mailServer)).toMatch(header);
    }
  });

  test('P19 carries List-Unsubscribe and List-Unsubscribe-Post inside a DKIM signature that holds', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replace(/\n/g, '\\n');
    const { mailServer, send } = await start({ dkim: { domain: 'lumen.example', selector: 'tropa', key } });
    await send('anna@x.example');
    const { names, holds } = verifyDkim(last(mailServer), publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(holds).toBe(true);
    expect(names).toEqual(expect.arrayContaining(['from', 'subject', 'list-unsubscribe', 'list-unsubscribe-post']));
    const changed = last(mailServer).replace('One-Click', 'One-Clack');
    expect(verifyDkim(changed, publicKey.export({ type: 'spki', format: 'pem' }).toString()).holds).toBe(false);
  });

  test('P25 whatever stands in a contact field, there is one recipient, one sender, and no header more', async () => {
    const { mailServer, send } = await start();
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        'a@b.example\r\nBcc: eve@evil.example',
        'anna@x.example, eve@evil.example',
        '"anna, eve@evil.example" <x@y.example>',
        'Anna <a@b.example>, Eve <eve@evil.example>',
        'group: a@b.example, c@d.example;',
        'ann\u2028a@x.example',
        '=?utf-8?q?eve=40evil=2Eexample=2C?= <a@b.example>',
      ),
    );
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, nasty, async (to, from, replyTo, subject) => {
        const before = mailServer.taken.length;
        await send(to, { headers: { subject, from, reply_to: replyTo } });
        await send('anna@x.example', { headers: { subject, from: `${from} <a@lumen.example>`, reply_to: replyTo } });
        await send('anna@x.example', { headers: { subject } });
        for (const { to: recipients, raw } of mailServer.taken.slice(before)) {
          expect(recipients).toHaveLength(1);
          const head = raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n[ \t]+/g, ' ');
          const names = head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
          for (const name of ['from', 'to', 'message-id']) expect(names.filter((n) => n === name)).toHaveLength(1);
          expect(names.filter((n) => n === 'subject').length).toBeLessThanOrEqual(1);
          expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
          const mail = await simpleParser(raw);
          expect(mail.from?.value).toHaveLength(1);
          expect(mail.bcc).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

const KNOWN = new Set(
  'from to reply-to subject message-id date list-id feedback-id list-unsubscribe list-unsubscribe-post mime-version content-type content-transfer-encoding'.split(
    ' ',
  ),
);

describe('many mails', () => {
  test('go over a few connections that are kept', async () => {
    const { mailServer, channel } = await start({ connections: '3' }, { slow: 5 });
    const outcomes = await channel.send(
      Array.from({ length: 60 }, (_, n) => outgoing('email', `m${n}`, `p${n}@x.example`)),
    );
    expect(outcomes.every(({ result }) => result === 'accepted')).toBe(true);
    expect(new Set(mailServer.taken.map(({ to }) => to[0])).size).toBe(60);
    expect(mailServer.connections).toBe(3);
    expect(mailServer.crowd).toBeLessThanOrEqual(3);
  });

  test('of one domain go so many at once as its lane allows, and other domains pass by', async () => {
    const { mailServer, channel } = await start({ connections: '5', per_domain: '1' }, { slow: 50 });
    const to = (n: number) => (n < 8 ? `p${n}@slow.example` : 'anna@other.example');
    await channel.send(Array.from({ length: 9 }, (_, n) => outgoing('email', `m${n}`, to(n))));
    expect(mailServer.crowdOf('slow.example')).toBe(1);
    // Seven of the slow lane wait for one another; the other domain waits for none of them.
    expect(mailServer.taken.findIndex(({ to: [one] }) => one === 'anna@other.example')).toBeLessThan(7);
  });

  test('a connection the server closed meanwhile costs nothing: the next mail takes another', async () => {
    const { mailServer, send } = await start({ connections: '1' }, { socketTimeout: 1_000 });
    await send('anna@x.example');
    await new Promise((done) => setTimeout(done, 1_500));
    expect(await send('ben@x.example')).toMatchObject({ result: 'accepted' });
    expect(mailServer.taken).toHaveLength(2);
    expect(mailServer.connections).toBe(2);
  });
});

describe('settings', () => {
  const host = { brand: 'Lumen', addresses: ADDRESSES };
  test.each([
    [{ from: 'a@b.example' }, /"url" is an address such as smtp/],
    [{ url: 'https://x.example', from: 'a@b.example' }, /"url"/],
    [{ url: 'smtp://u:hunter2@x.example', from: 'a@b.example, c@d.example' }, /"from" is one mailbox/],
    [{ url: 'smtp://x.example', dkim: { domain: 'a.example', selector: 's' } }, /"dkim" needs/],
    [{ url: 'smtp://x.example', dkim: { domain: 'a.example', selector: 's', key: 'no key' } }, /private key/],
    [{ url: 'smtp://x.example', tls: 'no' }, /"tls" is required or optional/],
    [{ url: 'smtp://x.example', connections: '0' }, /"connections" is a whole number/],
    [{ url: 'smtp://x.example', service: 'pigeon' }, /"service" is one of ses/],
  ])('that cannot be used are refused with what is wanted, and no secret: %j', (options, what) => {
    const open = () => createSmtp({ name: 'email', options: options as JsonObject }, host);
    expect(open).toThrow(expect.objectContaining({ code: 'E_SETTINGS', message: expect.stringMatching(what) }));
    expect(open).toThrow(expect.not.objectContaining({ message: expect.stringContaining('hunter2') }));
  });
});

describe('doctor', () => {
  test('says in plain words what is wrong with login and records', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const p = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const mailServer = await startMailServer();
    closing.push(mailServer);
    const records: Record<string, readonly string[]> = {};
    const channel = createSmtp(
      {
        name: 'email',
        options: {
          url: `smtp://127.0.0.1:${mailServer.port}`,
          from: 'hello@lumen.example',
          dkim: { domain: 'lumen.example', selector: 'tropa', key },
        },
        patience: PATIENCE,
        resolve: async (name) => records[name] ?? Promise.reject(new Error('ENOTFOUND')),
      },
      { brand: 'Lumen', addresses: ADDRESSES },
    );
    const told = async () => (await channel.check!()).map(({ what, ok }) => `${what} ${ok ? 'fine' : 'wrong'}`);
    expect(await told()).toEqual(['login fine', 'SPF wrong', 'DKIM wrong', 'DMARC wrong']);
    records['lumen.example'] = ['some other text', 'v=spf1 include:x.example ~all'];
    records['_dmarc.lumen.example'] = ['v=DMARC1; p=none'];
    records['tropa._domainkey.lumen.example'] = [`v=DKIM1; k=rsa; p=${p}`];
    expect(await told()).toEqual(['login fine', 'SPF fine', 'DKIM fine', 'DMARC fine']);
    records['lumen.example'] = ['v=spf1 +all'];
    records['_dmarc.lumen.example'] = ['v=DMARC1'];
    records['tropa._domainkey.lumen.example'] = ['v=DKIM1; k=rsa; p=AAAA'];
    await mailServer.close();
    expect(await told()).toEqual(['login wrong', 'SPF wrong', 'DKIM wrong', 'DMARC wrong']);
  });
});

/** RFC 6376 written a second time: relaxed/relaxed, rsa-sha256. The body hash is left to the signature's own field. */
function verifyDkim(raw: string, pem: string): { names: string[]; holds: boolean } {
  const [head = ''] = raw.split('\r\n\r\n');
  const fields = head.replace(/\r\n([ \t])/g, '$1').split('\r\n');
  const field = (name: string) => fields.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '';
  const signature = field('dkim-signature');
  const tag = (name: string) =>
    new RegExp(`(?:^|[;:\\s])${name}=([^;]*)`).exec(signature.slice(signature.indexOf(':') + 1))?.[1] ?? '';
  const names = tag('h').replace(/\s/g, '').toLowerCase().split(':');
  const relaxed = (line: string) => {
    const colon = line.indexOf(':');
    return `${line.slice(0, colon).toLowerCase().trim()}:${line
      .slice(colon + 1)
      .replace(/[ \t]+/g, ' ')
      .trim()}`;
  };
  const b = tag('b').replace(/\s/g, '');
  const unsigned = relaxed(signature).replace(/([;:]\s*b=)[^;]*$/, '$1');
  const text = [
    ...names
      .map((name) => field(name))
      .filter((line) => line !== '')
      .map(relaxed),
    unsigned,
  ].join('\r\n');
  const holds = createVerify('RSA-SHA256').update(text, 'latin1').verify(createPublicKey(pem), b, 'base64');
  return { names, holds };
}
