import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { flatten } from './flatten.ts';

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '.', '=', ' ', '\t', '--', 'x'.repeat(90), 'Ёлка '.repeat(30)),
);
const body = fc
  .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, newline]) => lines.join(newline));

/** Where quoted-printable breaks a long line is nobody's affair (RFC 2045 section 6.7), as long as it is short then. */
const unbroken = (mail: string): string => mail.replaceAll('=\r\n', '');

describe('a mail made in one go', () => {
  test('says byte for byte what nodemailer writes of it', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.option(body), line, async (text, html, subject) => {
        const composed = () =>
          new MailComposer({
            from: { name: 'Lumen', address: 'hello@lumen.example' },
            to: { name: '', address: 'anna@example.com' },
            subject,
            text,
            ...(html !== null && { html }),
            messageId: '<m1@lumen.example>',
            date: new Date(0),
            baseBoundary: 'fixed',
            headers: { 'List-Id': { prepared: true, value: '<marketing.lumen.example>' } },
          }).compile();
        const mail = flatten(composed()).toString();
        expect(unbroken(mail)).toBe(unbroken((await composed().build()).toString()));
        expect(mail.split(/[\r\n]+/).filter((one) => one.length > 76 && one.includes('='))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
