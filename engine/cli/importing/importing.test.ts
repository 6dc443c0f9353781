import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../reports/csv.ts';
import { temporaryFolders } from '../../testing/temporary-folders.ts';
import { headingOf, inspect, rowsOf } from './csv-text.ts';
import { mapColumns } from './mapping.ts';
import { momentOf, phoneOf, traitOf, truthOf } from './values.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

async function readAll(bytes: string | Uint8Array, told?: string) {
  const path = join(folders.make(), 'people.csv');
  writeFileSync(path, bytes);
  const file = await inspect(path, told);
  const rows: [number, string[]][] = [];
  for await (const { line, cells } of rowsOf(file)) rows.push([line, [...cells]]);
  return { encoding: file.encoding, delimiter: file.delimiter, heading: await headingOf(file), rows };
}

/** Windows-1251, as Excel in Russia writes it: Cyrillic from А at 0xC0, Ё at 0xA8 and ё at 0xB8. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from(
    [...text].map((letter) => {
      const code = letter.charCodeAt(0);
      if (letter === 'Ё' || letter === 'ё') return letter === 'Ё' ? 0xa8 : 0xb8;
      return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
    }),
  );
}

describe('a CSV file', () => {
  const TEXT = 'Имя;Почта\r\nАлёна;alena@example.com\r\n';
  const ROWS = [[2, ['Алёна', 'alena@example.com']]];

  test.each([
    ['utf-8', Buffer.from(TEXT)],
    ['utf-8', Buffer.from(`\ufeff${TEXT}`)],
    ['windows-1251', windows1251(TEXT)],
    ['utf-16le', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
    ['utf-8', Buffer.from(`sep=;\r\n${TEXT}`), 3],
  ])('is read in %s', async (encoding, bytes, line = 2) => {
    const rows = ROWS.map(([, cells]) => [line, cells]);
    expect(await readAll(bytes)).toEqual({ encoding, delimiter: ';', heading: ['Имя', 'Почта'], rows });
  });

  test('of Western Europe is not taken for Cyrillic, and any other encoding can be said', async () => {
    const latin = (text: string) => Buffer.from(text, 'latin1');
    const text = 'Name,E-mail\nJosé Müller,jose@x.example\nÅsa Østergård,asa@x.example\n';
    const names = [
      [2, ['José Müller', 'jose@x.example']],
      [3, ['Åsa Østergård', 'asa@x.example']],
    ];
    expect(await readAll(latin(text))).toMatchObject({ encoding: 'windows-1252', rows: names });
    // Windows-1257: 0xE2 is ā, 0xF0 is š.
    const baltic = await readAll(latin('Name\nJ\u00e2nis\n'), 'cp1257');
    expect(baltic).toMatchObject({ encoding: 'windows-1257', rows: [[2, ['Jānis']]] });
    await expect(readAll('a\n', 'klingon')).rejects.toThrow('no encoding "klingon"');
  });

  test('of Shopify’s customers names them as its webhooks do', async () => {
    const text = `Customer ID,First Name,Email,Default Address City,Default Address Country Code,Phone,Note\n'7041155907772,Jane,jane@x.example,Riga,LV,'+37120000001,'80s lamps\n`;
    const { heading, rows } = await readAll(text);
    expect(rows).toEqual([
      [2, ['7041155907772', 'Jane', 'jane@x.example', 'Riga', 'LV', '+37120000001', "'80s lamps"]],
    ]);
    const columns = mapColumns(
      heading,
      [],
      heading.map(() => 'text'),
    );
    expect(columns.map(({ target }) => ('name' in target ? target.name : ''))).toEqual([
      'id',
      'first_name',
      'email',
      'city',
      'country',
      'phone',
      'note',
    ]);
  });

  test.each([
    [',', 'a,"b;b;b",c\n1,2,3'],
    [';', '"a,a,a,a";b;c\n1;2;3'],
    ['\t', 'a\tb\tc, d\n1\t2\t3'],
  ])('is separated by %j where its heading is', async (delimiter, text) => {
    const read = await readAll(text);
    expect([read.delimiter, read.rows]).toEqual([delimiter, [[2, ['1', '2', '3']]]]);
  });

  test('its lines are counted as an editor counts them, whatever ends them and stands in quotes', async () => {
    const text = 'a,b\r\n1,"x\r\ny\nz"\n\n,\n2,\'+7 "quoted" \r3,"say ""hi"""\r\n';
    expect((await readAll(text)).rows).toEqual([
      [2, ['1', 'x\ny\nz']],
      [7, ['2', '+7 "quoted"']],
      [8, ['3', 'say "hi"']],
    ]);
  });

  test('that is none, or is not there, or is empty, is refused in words', async () => {
    await expect(readAll(Buffer.from([80, 75, 3, 4, 0, 0]))).rejects.toThrow('is no text');
    await expect(readAll('')).rejects.toThrow('is empty');
    await expect(inspect('/nowhere/at/all.csv')).rejects.toThrow('is not there');
  });
});

describe('what a column becomes', () => {
  const become = (headings: string) =>
    mapColumns(headings.split('|'), [], []).map(({ target }) =>
      target.as === 'identity' || target.as === 'trait'
        ? target.name
        : target.as === 'consent'
          ? `+${target.channel}`
          : target.as,
    );

  test.each([
    ['email|Phone Number|user_id|firstName', 'email phone id first_name'],
    ['E-Mail|consent.email|accepts_marketing|SMS consent', 'email +email accepts_marketing +sms'],
    ['Эл. почта|Телефон|Имя|Фамилия|Согласие на СМС|Дата согласия', 'email phone first_name last_name +sms consent_at'],
    ['ID клиента|Дата рождения|Часовой пояс|Язык', 'id birthday timezone locale'],
    ['email|Mail|Shoe Size (EU)|2nd|__proto__|last_seen_at|!', 'email mail shoe_size_eu _2nd proto nothing nothing'],
  ])('%s', (headings, expected) => {
    expect(become(headings).join(' ')).toBe(expected);
  });

  test('a column of numbers is numbers, unless its digits are a sign', () => {
    const kinds = mapColumns(['email', 'orders', 'loyalty card', 'vip'], [], ['text', 'number', 'number', 'boolean']);
    expect(kinds.map(({ target }) => (target.as === 'trait' ? target.kind : null))).toEqual([
      null,
      'number',
      'text',
      'boolean',
    ]);
  });
});

test('yes, no and neither; numbers with either comma; dates; telephone numbers without their plus', () => {
  expect(['да', 'YES', '1', 'TRUE', 'нет', 'No', '0', 'ЛОЖЬ', 'maybe', '2'].map(truthOf)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    null,
    null,
  ]);
  expect(['1 234,50', '-3', '1e5', 'x'].map((cell) => traitOf(cell, 'number'))).toEqual([
    1234.5,
    -3,
    undefined,
    undefined,
  ]);
  expect(traitOf('vip, new;', 'list')).toEqual(['vip', 'new']);
  expect(['31.12.2025', '2025-12-31', '2025-12-31 10:00', '2025-12-31T10:00+03:00', '31/12'].map(momentOf)).toEqual([
    Date.UTC(2025, 11, 31),
    Date.UTC(2025, 11, 31),
    Date.UTC(2025, 11, 31, 10),
    Date.UTC(2025, 11, 31, 7),
    undefined,
  ]);
  expect([phoneOf('79161234567', null), phoneOf('8 (916) 123-45-67', 'ru'), phoneOf('2600 0001', 'LV')]).toEqual([
    '+79161234567',
    '+79161234567',
    '+37126000001',
  ]);
  expect(phoneOf('12345', null)).toBe('12345');
});

test('P29 no cell of a report is a formula, and every cell is read back as it was', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '=HYPERLINK("http://x";"y")'),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), fc.constantFrom(',', ';', '\t'), (cells, delimiter) => {
      const [read = []] = parse(csvLine(cells, delimiter), { delimiter, record_delimiter: '\r\n' }) as string[][];
      expect(read.map((one) => one.replace(/^'(?=[=+\-@\t\r])/, ''))).toEqual(
        cells.map((one) => one.replace(/^'(?=[=+\-@\t\r])/, '')),
      );
      for (const one of read) expect(one).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});
