import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const journey = (name: string, trigger: string) => `journey: ${name}
status: live
trigger: { ${trigger} }
steps:
  - email: letter
`;
const LETTER = 'subject: Hello\n---\n<p>Hello {{ profile.first_name }}</p>';
const WORKSPACE = {
  'tropa.yaml': `timezone: UTC
categories:
  marketing: { title: Offers }
  letters: { title: Letters, double_opt_in: confirm }
sources:
  shop: { type: segment, write_key: key }
`,
  'letters/journey.yaml': journey('letters', 'event: write, key: event.n').replace(
    'status',
    'category: letters\nstatus',
  ),
  'letters/letter.email.html': LETTER,
  'letters/confirm.email.html': 'subject: Please confirm\n---\n<p><a href="{{ message.url.confirm }}">Yes</a></p>',
  'welcome/journey.yaml': journey('welcome', 'event: consent.granted, if: event.channel == "email"'),
  'welcome/letter.email.html': LETTER,
  'changed/journey.yaml': journey('changed', 'event: profile.updated, idle: 1h'),
  'changed/letter.email.html': LETTER,
  'news/journey.yaml': journey('news', 'event: go, key: event.n'),
  'news/letter.email.html': LETTER,
};

let tropa: Tropa;
beforeAll(async () => {
  tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
});
afterAll(() => tropa.close());

function fileOf(name: string, text: string | Uint8Array): string {
  const path = join(tropa.workspace, name);
  writeFileSync(path, text);
  return path;
}
const reportOf = (path: string): string => readFileSync(path.replace(/\.csv$/, '.refused.csv'), 'utf8');
const imported = async (path: string, ...flags: string[]) => {
  const { status, stdout, stderr } = await tropa.cli('import', path, '--json', ...flags);
  const answer = JSON.parse(stdout || '{}') as JsonObject;
  return { status, stderr: `${stderr}${String(answer.message)}`, answer };
};
const person = async (name: string) =>
  JSON.parse((await tropa.cli('export', name, '--json')).stdout) as JsonObject & {
    consent: JsonObject[];
    traits: Record<string, JsonObject>;
    journeys: { past: JsonObject[]; inside: JsonObject[] };
  };
const lettersTo = async (name: string) => (await tropa.inbox()).filter(({ profile }) => profile === name);

describe('tropa import', () => {
  test('takes people with traits and consent, starts no journey, and says what was not taken', async () => {
    const path = fileOf(
      'shop.csv',
      [
        'Customer ID;First name;E-mail;Phone;Accepts Marketing;sms_consent;Orders;Postcode;created_at',
        'i1;Anna;anna@example.com;+371 2600 0001;yes;no;3;0123;2020-01-01',
        'i2;"Boris\r\nthe second";boris@;;;;7;0124;',
        ';nobody;;;yes;;1;;',
        'i3;=cmd|calc;"vera@example.com";;maybe;;2;;',
        'i4;Gleb;gleb@example.com;;;;1;;;one too many',
        ';;;;;;;;',
      ].join('\n'),
    );
    const { status, answer, stderr } = await imported(path);
    expect([status, answer]).toMatchObject([1, { rows: 5, taken: 3, refused: 2, partly: 2 }]);
    expect(stderr).toMatch(/Orders +profile\.orders \(number\)/);
    expect(stderr).toMatch(/Postcode +profile\.postcode\n/);
    expect(stderr).toMatch(/created_at +nothing: Tropa keeps that itself/);
    await tropa.drain();
    const anna = await person('i1');
    expect(anna.identities).toEqual(['email:anna@example.com', 'phone:+37126000001', 'user:i1']);
    expect(anna.traits).toMatchObject({
      orders: { value: 3 },
      postcode: { value: '0123' },
      phone: { value: '+37126000001' },
    });
    expect(anna.consent).toHaveLength(2);
    expect(anna.consent).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'email', granted: true, source: 'import' }),
        expect.objectContaining({ channel: 'sms', granted: false }),
      ]),
    );
    await tropa.advance('2h');
    expect((await person('i1')).journeys).toMatchObject({ inside: [], past: [], waiting: [] });
    expect(await tropa.inbox()).toEqual([]);
    expect(reportOf(path).split('\r\n')).toEqual([
      '\ufeffline;reason;Customer ID;First name;E-mail;Phone;Accepts Marketing;sms_consent;Orders;Postcode;created_at',
      expect.stringMatching(/^3;"""E-mail"" is not taken: no email address";i2;"Boris\nthe second";boris@;;;;7;0124;$/),
      expect.stringMatching(/^5;nothing says whom it is about;;nobody/),
      expect.stringContaining(`i3;"'=cmd|calc";vera@example.com`),
      expect.stringMatching(/^7;"10 cells, but the heading names 9 columns";i4/),
      '',
    ]);
    expect(statSync(path.replace('.csv', '.refused.csv')).mode & 0o077).toBe(0);
  });

  test('the same file again does nothing; --again reads it once more', async () => {
    const path = fileOf('twice.csv', 'email,size\nnina@example.com,1\n');
    expect((await imported(path)).answer).toMatchObject({ taken: 1, known: 0, report: null });
    await tropa.drain();
    await tropa.advance('1m');
    await tropa.post('/v1/identify', { anonymousId: 'n', traits: { email: 'nina@example.com', size: 2 } });
    expect((await imported(path)).answer).toMatchObject({ nothing_done: true });
    await tropa.drain();
    expect((await person('nina@example.com')).traits).toMatchObject({ size: { value: 2 } });
    await tropa.advance('1m');
    expect((await imported(path, '--again')).answer).toMatchObject({ taken: 1, known: 0 });
    await tropa.drain();
    expect((await person('nina@example.com')).traits).toMatchObject({ size: { value: 1 } });
  });

  test('with --start journeys may start; a dry run stores nothing', async () => {
    const path = fileOf('start.csv', 'id,email,email_consent,first_name\ns1,s1@example.com,да,Sofia\n');
    expect((await imported(path, '--start', '--dry-run')).answer).toMatchObject({ taken: 1, dry_run: true });
    await tropa.drain();
    expect((await tropa.cli('explain', 's1')).stderr).toContain('E_NO_SUCH_PROFILE');
    await imported(path, '--start', '--source', 'fair in Riga');
    await tropa.drain();
    const sent = (await lettersTo('s1')).map(({ template }) => template).sort();
    expect(sent).toEqual(['confirm', 'letter']);
    expect((await person('s1')).consent).toMatchObject([{ source: 'fair in Riga' }]);
  });

  test('a yes on a list undoes no no, of before or of later, applied or not', async () => {
    await tropa.identify('w1', { email: 'w1@example.com' });
    await tropa.track('w1', 'consent.withdrawn', { channel: 'email' });
    await tropa.drain();
    const path = fileOf('noes.csv', 'email,newsletter\nw1@example.com,1\nw2@example.com,0\nW2@example.com,1\n');
    expect(await imported(path)).toMatchObject({ status: 1, answer: { taken: 3, refused: 0, partly: 2 } });
    expect(reportOf(path)).toContain(
      '2,the yes to email is not taken: it was withdrawn on 2026-03-02,w1@example.com,1',
    );
    expect(reportOf(path)).toContain('4,the yes to email is not taken: a row above says no,W2@example.com,1');
    await tropa.drain();
    for (const name of ['w1@example.com', 'w2@example.com'])
      expect((await person(name)).consent).toMatchObject([{ channel: 'email', granted: false }]);
  });

  test('nobody is asked to confirm a yes on a list, nor written to without; --confirmed says they did', async () => {
    const lines = (name: string) => `id,email,email_consent\n${name},${name}@example.com,yes\n`;
    await imported(fileOf('asked.csv', lines('d1')));
    await imported(fileOf('sure.csv', lines('d2')), '--confirmed');
    await tropa.drain();
    for (const name of ['d1', 'd2']) {
      expect(await lettersTo(name)).toEqual([]);
      await tropa.track(name, 'write', { n: 1 });
    }
    await tropa.drain();
    expect(await lettersTo('d1')).toMatchObject([{ status: 'skipped', reason: 'no_consent' }]);
    expect(await lettersTo('d2')).toMatchObject([{ status: 'delivered' }]);
  });

  test('suppressed addresses stay suppressed; P21 an erased person is not made again', async () => {
    await tropa.cli('suppress', 'quiet@example.com');
    await tropa.identify('gone', { email: 'gone@example.com' });
    await tropa.drain();
    await tropa.advance('1m');
    expect((await tropa.cli('erase', 'gone', '--yes')).status).toBe(0);
    const path = fileOf(
      'gone.csv',
      'id,email,email_consent\nq1,quiet@example.com,yes\ngone,other@example.com,yes\ng2,gone@example.com,yes\ng3,other@example.com,yes\n',
    );
    const { answer } = await imported(path);
    expect(answer).toMatchObject({ taken: 1, refused: 3, suppressed: 1 });
    expect(reportOf(path).match(/this person was erased/g)).toHaveLength(3);
    await tropa.drain();
    await tropa.track('q1', 'go', { n: 1 });
    await tropa.drain();
    expect(await lettersTo('q1')).toMatchObject([{ status: 'skipped', reason: 'suppressed' }]);
    for (const name of ['gone@example.com', 'g2', 'g3', 'gone'])
      expect((await tropa.cli('explain', name)).stderr).toContain('E_NO_SUCH_PROFILE');
  });

  test('--map says what a column is, and clearly what it cannot be', async () => {
    const path = fileOf('map.csv', 'Contact\tShoe size\tNote\nmap@example.com\t38\tx\n');
    expect((await imported(path)).stderr).toContain('No column says whom a row is about');
    const wrong = await imported(path, '--map', 'Contct=email');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('Did you mean "Contact"?')]);
    expect((await imported(path, '--map', 'Contact=consent.emial')).stderr).toContain('Did you mean "consent.email"?');
    expect((await imported(path, '--map', 'Contact=email,Note=email')).stderr).toContain('cannot both be email');
    expect((await imported(path, '--map', 'contact=email', '--map', '#2=size:text,Note=-')).status).toBe(0);
    await tropa.drain();
    const { traits } = await person('map@example.com');
    expect(traits.size).toMatchObject({ value: '38' });
    expect(Object.keys(traits).sort()).toEqual(['email', 'size']);
  });

  test('a file that cannot be read to its end stores nothing', async () => {
    const path = fileOf(
      'broken.csv',
      `email,name\nfirst@example.com,A\nsecond@example.com,"never closed\n${'x,y\n'.repeat(50)}`,
    );
    const { status, stderr } = await imported(path);
    expect([status, stderr]).toEqual([2, expect.stringContaining('broken.csv:3: a quote is opened and never closed')]);
    await tropa.drain();
    expect((await tropa.cli('explain', 'first@example.com')).stderr).toContain('E_NO_SUCH_PROFILE');
  });

  test('killed in the middle, the same command goes on where it stopped: each row once, each refusal told once', async () => {
    const rows = 12_000;
    const lines = Array.from({ length: rows }, (_, n) => `k${n},${n % 100 === 0 ? 'nowhere' : `k${n}@example.com`}`);
    const path = fileOf('many.csv', `id,email\n${lines.join('\n')}\n`);
    const notes = () => readdirSync(join(tropa.data, 'imports')).filter((name) => name.endsWith('.json'));
    const before = new Set(notes());
    const noted = (): { row: number; done: string | null } => {
      const note = notes().find((name) => !before.has(name));
      return note === undefined
        ? { row: 0, done: null }
        : (JSON.parse(readFileSync(join(tropa.data, 'imports', note), 'utf8')) as { row: number; done: string | null });
    };
    for (const until of [1_500, 6_000]) {
      const child = spawn(process.execPath, ['bin/tropa.js', 'import', path, '--data', tropa.data], {
        stdio: 'ignore',
      });
      const ended = new Promise((done) => child.once('exit', done));
      while (noted().row < until) await pause(2);
      child.kill('SIGKILL');
      await ended;
      expect(noted()).toMatchObject({ done: null });
    }
    const { status, stderr, answer } = await imported(path);
    expect([status, answer]).toMatchObject([1, { rows, taken: rows, refused: 0, partly: rows / 100 }]);
    expect(Number(/goes on after row (\d+)/.exec(stderr)?.[1])).toBeGreaterThanOrEqual(6_000);
    await tropa.drain();
    const report = reportOf(path).trim().split('\r\n').slice(1);
    expect(report.map((line) => Number(line.split(',')[0]))).toEqual(
      Array.from({ length: rows / 100 }, (_, n) => n * 100 + 2),
    );
    const { events } = (await person('k777')) as unknown as { events: JsonObject[] };
    expect(events).toHaveLength(1);
  }, 120_000);
});

test('with no engine running the folder is opened, and the same comes of it', async () => {
  await tropa.signal('SIGTERM');
  const path = fileOf('alone.csv', 'id,email,accepts_marketing\na1,a1@example.com,TRUE\n');
  const { status, stdout } = await tropa.cli('import', path);
  expect([status, stdout]).toEqual([0, expect.stringContaining('No engine runs on this folder')]);
  await tropa.start();
  await tropa.drain();
  expect((await person('a1')).consent).toMatchObject([{ channel: 'email', granted: true }]);
}, 30_000);
