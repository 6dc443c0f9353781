import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCli } from '../testing/server.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const COMMANDS =
  'push sender suppress import erase export scrub bounce init check test schema machine simulate serve worker move deploy pause resume archive start send resolve retry backup restore explain stats audit faults doctor inbox'.split(
    ' ',
  );
const LATER = 'pull prove replay diff migrate'.split(' ');
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the command line', () => {
  test('tells every command in its help, and every command has help, --json, --data and --workspace of its own', async () => {
    const all = await runCli(['--help']);
    expect(all.status).toBe(0);
    for (const name of COMMANDS) {
      expect(all.stdout).toContain(`  ${name} `);
      const { status, stdout } = await runCli([name, '--help']);
      expect([name, status]).toEqual([name, 0]);
      for (const flag of ['--json', '--data', '--workspace']) expect(stdout).toContain(flag);
    }
  });

  test('knows its own version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect((await runCli(['--version'])).stdout.trim()).toBe(version);
  });

  test('exits 2 for what it does not know, with the nearest word', async () => {
    const command = await runCli(['chekc']);
    expect([command.status, command.stderr]).toEqual([2, expect.stringContaining('Did you mean check?')]);
    const flag = await runCli(['check', '--strcit']);
    expect([flag.status, flag.stderr]).toEqual([2, expect.stringContaining('Did you mean --strict?')]);
    const missing = await runCli(['machine']);
    expect(missing.status).toBe(2);
  });

  test.each(LATER)('says of `%s` that it is not in this version, and exits 2', async (name) => {
    const { status, stderr } = await runCli([name, 'something', '--whatever']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining(`\`tropa ${name}\` is not available in this version`),
    ]);
  });

  test('tells an error as one JSON object with --json', async () => {
    const { status, stdout } = await runCli(['check', '/nowhere/at/all', '--json']);
    expect([status, JSON.parse(stdout).code]).toEqual([2, 'E_CONFIG']);
  });
});

describe('an author', () => {
  const folder = join(folders.make(), 'shop');

  test('begins with a workspace that checks and tests without a fault', async () => {
    expect(await runCli(['init', folder])).toMatchObject({ status: 0 });
    expect(await runCli(['check', folder, '--strict'])).toMatchObject({
      stdout: expect.stringContaining('no faults'),
      status: 0,
    });
    const { status, stdout } = await runCli(['test', folder, '--json']);
    const results = lines(stdout);
    expect(results.at(-1)).toEqual({ passed: results.length - 1, failed: 0 });
    expect(status).toBe(0);
  });

  test('loses no file to a second `init`', async () => {
    writeFileSync(join(folder, 'welcome/journey.spec.yaml'), 'mine');
    expect((await runCli(['init', folder])).status).toBe(2);
    expect(readFileSync(join(folder, 'welcome/journey.spec.yaml'), 'utf8')).toBe('mine');
  });

  test('sees a compiled machine, as text, as JSON, and as a drawing', async () => {
    const text = await runCli(['machine', 'welcome', '--workspace', folder]);
    expect(text.stdout).toContain('(send)');
    const states = lines((await runCli(['machine', 'welcome', '--workspace', folder, '--json'])).stdout);
    expect(states.map((state) => state.state)).toContain('1');
    const drawing = await runCli(['machine', 'welcome', '--mermaid', '--workspace', folder]);
    expect(drawing.stdout).toMatch(/^stateDiagram-v2\n[\s\S]*\[\*\] --> s\d/);
    expect((await runCli(['machine', 'welcom', '--workspace', folder])).status).toBe(2);
  });

  test('simulates a crowd and one profile', async () => {
    const crowd = await runCli([
      'simulate',
      'welcome',
      '--people',
      '20',
      '--days',
      '7',
      '--workspace',
      folder,
      '--json',
    ]);
    expect(JSON.parse(crowd.stdout)).toMatchObject({ people: 20, entered: 20 });
    const profile = join(folders.make(), 'anna.yaml');
    writeFileSync(profile, 'id: anna\nconsent: [email]\n');
    const story = await runCli(['simulate', 'welcome', '--profile', profile, '--workspace', folder]);
    expect([story.status, story.stdout]).toEqual([0, expect.stringContaining('entered')]);
    expect((await runCli(['simulate', 'welcome', '--days', 'many', '--workspace', folder])).status).toBe(2);
  });

  test('prints schemas for editors', async () => {
    for (const kind of ['journey', 'settings', 'spec'])
      expect(JSON.parse((await runCli(['schema', kind])).stdout)).toHaveProperty('$schema');
    expect((await runCli(['schema', 'nothing'])).status).toBe(2);
  });

  test('gets 1 for findings, every fault with its place, and for a warning only when strict', async () => {
    const wrong = folders.make();
    mkdirSync(join(wrong, 'a'));
    writeFileSync(join(wrong, 'tropa.yaml'), 'timezone: UTC\nsources:\n  shop: { type: segment, write_key: k }\n');
    writeFileSync(
      join(wrong, 'a/journey.yaml'),
      'journey: a\ntrigger: { event: x }\nsteps:\n  - wiat: 2h\n  - sms: gone\n',
    );
    const found = await runCli(['check', wrong, '--json']);
    expect(found.status).toBe(1);
    expect(lines(found.stdout).filter((fault) => fault.severity === 'error').length).toBeGreaterThan(1);
    expect(lines(found.stdout)[0]).toMatchObject({ file: expect.stringContaining('a/journey.yaml'), line: 4 });
    writeFileSync(join(wrong, 'a/journey.yaml'), 'journey: a\ntrigger: { event: x }\nsteps:\n  - wait: 2h\n');
    writeFileSync(join(wrong, 'a/unused.sms.txt'), 'Hello');
    expect((await runCli(['check', wrong])).status).toBe(0);
    expect((await runCli(['check', wrong, '--strict'])).status).toBe(1);
  });

  test('sees a failing case with expected, actual and why, and gets 1', async () => {
    const failing = folders.make();
    mkdirSync(join(failing, 'a'));
    writeFileSync(join(failing, 'tropa.yaml'), 'timezone: UTC\nsources:\n  shop: { type: segment, write_key: k }\n');
    writeFileSync(
      join(failing, 'a/journey.yaml'),
      'journey: a\nstatus: live\ntrigger: { event: x }\nsteps:\n  - sms: hi\n',
    );
    writeFileSync(join(failing, 'a/hi.sms.txt'), 'Hello');
    writeFileSync(
      join(failing, 'a/journey.spec.yaml'),
      'journey: a\nprofile: { id: anna, consent: [] }\ncases:\n  - name: hears\n    start: 2026-03-02T12:00:00Z\n    script:\n      - event: x\n    expect:\n      messages: [{ channel: sms, template: hi }]\n',
    );
    const { status, stdout } = await runCli(['test', join(failing, 'a')]);
    expect(status).toBe(1);
    for (const words of ['✗ a: hears', 'expected', 'sms hi', 'no_', '0 passed, 1 failed'])
      expect(stdout).toContain(words);
    const [result, sum] = lines((await runCli(['test', failing, '--json'])).stdout);
    expect([result.ok, sum]).toEqual([false, { passed: 0, failed: 1 }]);
  });
});
