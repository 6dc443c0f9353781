// Promises of reading returned mail, against a corpus of real ones and against whatever bytes there are.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BounceClass } from './bounce.ts';
import { readReturnedMail } from './read.ts';

const FOLDER = fileURLToPath(new URL('./fixtures/', import.meta.url));
const mailOf = (name: string): Uint8Array => readFileSync(`${FOLDER}${name}`);
const all = readdirSync(FOLDER).filter((name) => name.endsWith('.eml'));

/** Class of each recipient, by mail. */
function expectations(): Map<string, string[]> {
  const told = new Map<string, string[]>();
  const [, ...lines] = readFileSync(`${FOLDER}expected.tsv`, 'utf8').trim().split('\n');
  for (const line of lines) {
    const [mail = '', what = ''] = line.split('\t');
    told.set(mail, [...(told.get(mail) ?? []), what]);
  }
  return told;
}

function score() {
  let [right, total, live, hardWrongly] = [0, 0, 0, 0];
  const wrong: string[] = [];
  for (const [mail, wanted] of expectations()) {
    const left: BounceClass[] = readReturnedMail(mailOf(mail)).bounces.map((bounce) => bounce.class);
    for (const want of wanted) {
      const at = left.indexOf(want as BounceClass);
      total += 1;
      live += Number(want !== 'hard');
      right += Number(at >= 0);
      if (at >= 0) left.splice(at, 1);
      else wrong.push(`${mail}: ${want}, and not ${left.join(', ')}`);
      hardWrongly += Number(at < 0 && want !== 'hard' && left.includes('hard'));
    }
  }
  return { right, total, live, hardWrongly, wrong };
}

test('P34 at least 97 % of the corpus’s recipients get their class, and live addresses are not called hard', () => {
  const { right, total, live, hardWrongly, wrong } = score();
  expect(total).toBe(200);
  expect({ share: right / total >= 0.97, wrong: wrong.length > 6 ? wrong : [] }).toEqual({ share: true, wrong: [] });
  expect(hardWrongly / live).toBeLessThanOrEqual(0.01);
});

test('P34 nothing that is no bounce is called one', () => {
  for (const name of readdirSync(`${FOLDER}not-bounces`)) {
    const classes = readReturnedMail(mailOf(`not-bounces/${name}`)).bounces.map((bounce) => bounce.class);
    expect(classes.filter((one) => one !== 'none' && one !== 'auto-reply')).toEqual([]);
  }
});

test('P34 no bytes crash it or hold it up: cut off, turned over, repeated', () => {
  const pieces = fc.record({
    name: fc.constantFrom(...all),
    from: fc.nat(4_000),
    length: fc.nat(20_000),
    noise: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(pieces, ({ name, from, length, noise }) => {
      const bytes = Buffer.concat([mailOf(name).subarray(from, from + length), noise, mailOf(name)]);
      expect(readReturnedMail(bytes).bounces.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
  const begun = performance.now();
  for (const one of ['a', ' ', '<', '@', 'user ', '-', '=?', '\n', '--x\n', 'not accept '])
    readReturnedMail(Buffer.from(`From: mailer-daemon\nSubject: undeliverable\n\n${one.repeat(400_000 / one.length)}`));
  expect(performance.now() - begun).toBeLessThan(10_000);
});

describe('what is told besides the class', () => {
  const mail = (lines: readonly string[]) => Buffer.from(lines.join('\r\n'));
  const dsn = (status: string, diagnosis: string, action = 'failed') =>
    mail([
      'From: MAILER-DAEMON@mx.example',
      'Subject: Undelivered Mail Returned to Sender',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'Sorry.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; Anna@Example.com',
      `Action: ${action}`,
      `Status: ${status}`,
      `Diagnostic-Code: smtp; ${diagnosis}`,
      '--b',
      'Content-Type: message/rfc822',
      '',
      'Message-ID: <f00d@lumen.example>',
      'To: anna@example.com',
      '',
      'Hello',
      '--b--',
      '',
    ]);

  test('whom it is about, which mail came back, and why in plain words', () => {
    expect(readReturnedMail(dsn('5.1.1', '550 5.1.1 <anna@example.com>: no such mailbox'))).toEqual({
      bounces: [{ class: 'hard', reason: 'unknown user (5.1.1)', recipient: 'Anna@Example.com' }],
      about: 'f00d@lumen.example',
    });
  });

  test.each<[string, string, string, BounceClass]>([
    ['5.2.2', '552 5.2.2 mailbox full', 'failed', 'soft'],
    ['5.1.1', '550 5.1.1 mailbox is full', 'failed', 'soft'],
    ['5.7.1', '550 5.7.1 blocked using zen.spamhaus.org', 'failed', 'soft'],
    ['5.1.2', 'Host or domain name not found', 'failed', 'hard'],
    ['5.1.10', '550 5.1.10 Recipient address has a null MX', 'failed', 'hard'],
    ['4.4.7', 'delivery time expired', 'failed', 'soft'],
    ['4.1.1', '450 4.1.1 user unknown', 'failed', 'soft'],
    ['5.1.1', '550 5.1.1 user unknown', 'delayed', 'soft'],
    ['2.0.0', '250 2.0.0 ok', 'delivered', 'delivered'],
    ['5.0.0', '550 unknown user (in reply to end of DATA command)', 'failed', 'soft'],
    ['5.0.0', '550 unknown user (in reply to RCPT TO command)', 'failed', 'hard'],
  ])('%s %s %s is %s', (status, diagnosis, action, what) => {
    expect(readReturnedMail(dsn(status, diagnosis, action)).bounces[0]?.class).toBe(what);
  });

  test('an answer by a program is no answer, and one by a human is no bounce', () => {
    const from = ['From: Ben <ben@example.com>', 'In-Reply-To: <f00d@lumen.example>'];
    const read = (...lines: string[]) => readReturnedMail(mail([...from, ...lines, '', 'I am away.', '']));
    expect(read('Subject: Re: Hello').bounces[0]?.class).toBe('none');
    for (const sign of [
      'Auto-Submitted: auto-replied',
      'X-Autoreply: yes',
      'Precedence: auto_reply',
      'Subject: Out of office: Hello',
    ])
      expect(read(sign)).toMatchObject({ about: 'f00d@lumen.example', bounces: [{ class: 'auto-reply' }] });
  });
});
