import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../language/values.ts';
import { runCli, startTropa, type Tropa } from '../testing/server.ts';
import { temporaryFolders } from '../testing/temporary-folders.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

/** Noon of a Monday, UTC. */
const NOON = Date.UTC(2026, 2, 2, 12);
const HOUR = 3_600_000;

const SETTINGS = `timezone: UTC
sources:
  shop: { type: segment, write_key: key }
segments:
  rich: profile.wealth >= 100
  buyers: count("order.placed", "30d") > 0
`;
const CART = `journey: cart
status: live
category: transactional
trigger:
  - event: cart.updated
  - api: true
exit:
  - { event: order.placed, as: converted }
steps:
  - wait: 1h
  - email: reminder
  - wait: 1d
  - email: again
`;
const WORKSPACE = {
  'tropa.yaml': SETTINGS,
  'cart/journey.yaml': CART,
  'cart/reminder.email.html':
    'subject: {{ trigger.items | size }} things\n---\n<p><a href="https://lumen.example/cart">{{ trigger.total }}</a></p>',
  'cart/again.email.html': 'subject: Again\n---\n<p>Once more</p>',
};

const objects = (text: string): JsonObject[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('commands beside a running engine', () => {
  let tropa: Tropa;
  beforeAll(async () => {
    tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
    await tropa.identify('anna', { email: 'anna@example.com', wealth: 200, timezone: 'Asia/Tokyo' });
    await tropa.identify('boris', { email: 'boris@example.com', wealth: 5 });
    await tropa.track('anna', 'cart.updated', { total: 120, items: [{ sku: 'a' }, { sku: 'b' }] });
    await tropa.advance('1h');
  });
  afterAll(() => tropa.close());

  test('ask it over a socket that only its owner may use', async () => {
    expect(statSync(join(tropa.data, 'tropa.sock')).mode & 0o777).toBe(0o600);
    const { status, stdout } = await tropa.cli('inbox', '--json');
    expect(status).toBe(0);
    const [message] = objects(stdout);
    expect(Object.keys(message ?? {})).toEqual(
      'id profile journey step template channel to at status reason'.split(' '),
    );
    expect(message).toMatchObject({
      profile: 'anna',
      journey: 'cart',
      step: '2',
      template: 'reminder',
      channel: 'email',
      to: 'anna@example.com',
      at: new Date(NOON + HOUR).toISOString(),
      status: 'delivered',
      reason: null,
    });
  });

  test('tell why, in the person’s own zone', async () => {
    const { stdout } = await tropa.cli('explain', 'anna@example.com');
    expect(stdout).toContain('anna, times in Asia/Tokyo');
    expect(stdout).toMatch(/is in cart at step 3, until 2026-03-03 22:00 at the latest/);
    expect(stdout).toMatch(/2026-03-02 22:00 {2}email "reminder" of cart step 2 may leave, and is handed over/);
    const nobody = await tropa.cli('explain', 'nobody');
    expect([nobody.status, nobody.stderr]).toEqual([2, expect.stringContaining('E_NO_SUCH_PROFILE')]);
    const nowhere = await tropa.cli('explain', 'anna', 'crat');
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining('Did you mean "cart"?')]);
  });

  test('do what a reader would, and the figures and the audit agree', async () => {
    const [message] = await tropa.inbox();
    const id = String(message?.id);
    expect((await tropa.cli('inbox', 'click', id)).status).toBe(0);
    expect((await tropa.cli('inbox', 'clik', id)).stderr).toContain('Did you mean "click"?');
    expect((await tropa.cli('inbox', 'open', 'nothing')).stderr).toContain('E_NO_SUCH_MESSAGE');
    await tropa.drain();
    const [figures] = objects((await tropa.cli('stats', 'cart', '--json')).stdout);
    expect(figures).toMatchObject({ journey: 'cart', version: 1, entered: 1, inside: 1, exits: {} });
    const step = (figures?.steps as JsonObject[] | undefined)?.find((one) => one.step === '2');
    expect(step).toMatchObject({ visited: 1, sent: 1, delivered: 1, clicked: 1, opened: 0 });
    const audit = await tropa.cli('audit');
    expect([audit.stdout, audit.status]).toEqual([expect.stringContaining('Everything agrees.'), 0]);
  });

  test('start people by name and by segment, and say beforehand who would not start and why', async () => {
    const dry = await tropa.cli('start', 'cart', '--segment', 'rich', '--dry-run', '--json');
    expect(objects(dry.stdout)[0]).toEqual({
      journey: 'cart',
      asked: 1,
      would_start: 0,
      refused: { already_inside: 1 },
    });
    const boris = await tropa.cli('start', 'cart', '--profile', 'boris', '--dry-run', '--json');
    expect(objects(boris.stdout)[0]).toMatchObject({ asked: 1, would_start: 1 });
    await tropa.drain();
    expect((await tropa.inbox()).filter((row) => row.profile === 'boris')).toEqual([]);

    expect((await tropa.cli('start', 'cart', '--profile', 'boris', '--trigger', '{"total":7}')).status).toBe(0);
    await tropa.drain();
    expect((await tropa.cli('explain', 'boris')).stdout).toContain('is in cart at step 1');
    const empty = await tropa.cli('start', 'cart', '--segment', 'buyers', '--json');
    expect(objects(empty.stdout)[0]).toEqual({ journey: 'cart', started: 0 });
    expect((await tropa.cli('start', 'cart')).status).toBe(2);
    expect((await tropa.cli('start', 'cart', '--segment', 'rihc')).stderr).toContain('Did you mean "rich"?');
    expect((await tropa.cli('start', 'cart', '--profile', 'nobody')).stderr).toContain('E_NO_SUCH_PROFILE');
  });

  test('send a test message, filled from the latest event, that no figure counts', async () => {
    const before = (await tropa.cli('stats', '--json')).stdout;
    const sent = objects((await tropa.cli('send', 'cart/reminder', '--to', 'anna', '--json')).stdout);
    expect(sent).toHaveLength(1);
    await tropa.drain();
    const row = (await tropa.inbox()).find((one) => one.id === sent[0]?.message);
    expect(row).toMatchObject({ step: '$test', status: 'delivered', to: 'anna@example.com' });
    expect(await headline(tropa, row?.id)).toBe('2 things');
    expect((await tropa.cli('stats', '--json')).stdout).toBe(before);
    expect(objects((await tropa.cli('send', 'cart', '--to', 'anna', '--json')).stdout)).toHaveLength(2);
    expect((await tropa.cli('send', 'remnider', '--to', 'anna')).stderr).toContain('Did you mean "reminder"?');
    await tropa.drain();
    expect((await tropa.cli('audit')).status).toBe(0);
  });

  test('pause and resume; with --expire whoever ran out meanwhile leaves, others stay', async () => {
    await tropa.identify('clara', { email: 'clara@example.com' });
    await tropa.track('clara', 'cart.updated', {});
    await tropa.advance('30m');
    await tropa.identify('doris', { email: 'doris@example.com' });
    expect((await tropa.cli('pause', 'cart')).status).toBe(0);
    await tropa.advance('20m');
    await tropa.track('doris', 'cart.updated', {});
    await tropa.advance('30m');
    expect((await tropa.inbox()).filter((row) => row.profile === 'clara')).toEqual([]);
    const { stdout } = await tropa.cli('resume', 'cart', '--expire', '--json');
    expect(objects(stdout)[0]).toMatchObject({ paused: false });
    await tropa.advance('2h');
    const rows = await tropa.inbox();
    expect(rows.filter((row) => row.profile === 'clara')).toEqual([]);
    expect(rows.filter((row) => row.profile === 'doris')).toHaveLength(1);
    expect((await tropa.cli('explain', 'clara')).stdout).toContain('leaves cart as expired');
    expect((await tropa.cli('audit')).status).toBe(0);
  });

  test('deploy the folder’s versions, and refuse all of them for one fault', async () => {
    const file = join(tropa.workspace, 'cart/journey.yaml');
    writeFileSync(file, CART.replace('wait: 1h', 'wait: 2h'));
    expect((await tropa.cli('deploy')).stdout).toContain('Deployed: cart');
    writeFileSync(file, CART.replace('email: reminder', 'emial: reminder'));
    const refused = await tropa.cli('deploy');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/journey\.yaml:\d+:\d+: /);
    expect(refused.stderr).toContain('E_CHECK');
    writeFileSync(file, CART);
  });

  test('archive a journey: nobody new enters', async () => {
    expect((await tropa.cli('archive', 'cart')).status).toBe(0);
    await tropa.identify('emil', { email: 'emil@example.com' });
    await tropa.track('emil', 'cart.updated', {});
    await tropa.advance('3h');
    expect((await tropa.inbox()).filter((row) => row.profile === 'emil')).toEqual([]);
  });

  test('find nothing wrong here', async () => {
    expect(await tropa.cli('doctor')).toMatchObject({ status: 0, stdout: expect.not.stringContaining('WRONG') });
    expect(await tropa.cli('faults')).toMatchObject({ status: 0, stdout: 'Nothing stands still.\n' });
  });
});

describe('a process', () => {
  let tropa: Tropa | null = null;
  afterEach(async () => {
    await tropa?.close();
    tropa = null;
  });

  test('keeps the clock of a test over kills, and moves it back as well', async () => {
    tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
    await tropa.advance('90m');
    await tropa.signal('SIGKILL');
    await tropa.start();
    expect(await tropa.ask('drain')).toEqual({ now: NOON + 1.5 * HOUR });
    await tropa.set('2026-03-01T00:00:00Z');
    expect(await tropa.ask('drain')).toEqual({ now: Date.UTC(2026, 2, 1) });
  });

  test('on real time lets no command move its clock', async () => {
    tropa = await startTropa({ workspace: WORKSPACE });
    await expect(tropa.advance('1h')).rejects.toThrow(/TROPA_TEST_CLOCK/);
  });

  test('answers commands of a folder on which nobody runs, and loses nothing of what they did', async () => {
    tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
    await tropa.identify('anna', { email: 'anna@example.com' });
    await tropa.track('anna', 'cart.updated', { total: 5 });
    await tropa.advance('1h');
    await tropa.signal('SIGTERM');
    const [message] = objects((await tropa.cli('inbox', '--json')).stdout);
    expect((await tropa.cli('inbox', 'open', String(message?.id))).status).toBe(0);
    expect((await tropa.cli('pause', 'cart')).status).toBe(0);
    await tropa.start();
    await tropa.drain();
    expect((await tropa.inbox())[0]).toMatchObject({ status: 'opened' });
    await tropa.advance('3d');
    expect(await tropa.inbox()).toHaveLength(1);
    await tropa.cli('resume', 'cart');
    await tropa.drain();
    expect(await tropa.inbox()).toHaveLength(2);
  });

  test('settles an unknown message as sent, or sends it once more where the operator says so', async () => {
    tropa = await startTropa({ workspace: WORKSPACE, clock: NOON });
    for (const name of ['anna', 'boris']) {
      await tropa.identify(name, { email: `die-before-answer+${name}@example.com` });
      await tropa.track(name, 'cart.updated', { total: 5, items: [{}, {}, {}] });
      const ended = tropa.ended();
      await tropa.advance('1h').catch(() => undefined);
      await ended;
      await tropa.start();
      await tropa.drain();
    }
    const unknown = (await tropa.inbox()).filter((row) => row.status === 'unknown');
    expect(unknown.map((row) => row.profile)).toEqual(['anna', 'boris']);
    const [anna, boris] = unknown.map((row) => String(row.id));
    expect((await tropa.cli('doctor')).status).toBe(1);
    expect((await tropa.cli('resolve', anna ?? '', 'maybe')).status).toBe(2);
    expect((await tropa.cli('resolve', anna ?? '', 'sent')).status).toBe(0);
    await tropa.identify('boris', { email: 'boris@example.com' });
    // The journey is over by now: what the message is about is found again.
    await tropa.track('boris', 'order.placed', { order_id: 'o1' });
    expect((await tropa.cli('resolve', boris ?? '', 'resend')).status).toBe(0);
    await tropa.drain();
    expect(await headline(tropa, boris ?? null)).toBe('3 things');
    const rows = await tropa.inbox();
    expect(rows.find((row) => row.id === anna)).toMatchObject({ status: 'sent' });
    expect(rows.find((row) => row.id === boris)).toMatchObject({ status: 'delivered', to: 'boris@example.com' });
    expect((await tropa.cli('resolve', boris ?? '', 'sent')).stderr).toContain('nothing to settle');
    expect((await tropa.cli('audit')).stdout).toContain('Everything agrees.');
  });

  test('deploys on save while it is watched; a fault leaves the running version alone', async () => {
    tropa = await startTropa({ workspace: WORKSPACE, flags: ['--watch'] });
    const file = join(tropa.workspace, 'cart/journey.yaml');
    writeFileSync(file, CART.replace('wait: 1h', 'wait: 3h'));
    await until(() => tropa?.output.includes('Deployed: cart') === true);
    writeFileSync(file, CART.replace('wait: 1h', 'wiat: 3h'));
    await until(() => tropa?.output.includes('the versions in the store go on') === true);
    expect(tropa.output).toMatch(/cart\/journey\.yaml:\d+:\d+: .*wiat/);
    await tropa.identify('anna', { email: 'anna@example.com' });
    await tropa.track('anna', 'cart.updated', {});
    await until(async () => ((await tropa?.cli('explain', 'anna'))?.stdout ?? '').includes('is in cart at step 1'));
  });

  test('ends with 0 and without its socket at SIGTERM, and is refused a taken port', async () => {
    tropa = await startTropa({ workspace: WORKSPACE });
    const port = new URL(tropa.url).port;
    const other = await runCli(['serve', '--data', folders.make(), '--workspace', tropa.workspace], { PORT: port });
    expect([other.status, other.stderr]).toEqual([2, expect.stringMatching(/E_CONFIG Port \d+ .* is taken/)]);
    await tropa.signal('SIGTERM');
    expect(await tropa.ended()).toMatchObject({ code: 0 });
    expect(() => statSync(join(tropa?.data ?? '', 'tropa.sock'))).toThrow();
  });
});

describe('a process that is told to stop', () => {
  test('waits for a request that is still arriving, and ends at once at a second signal', async () => {
    const tropa = await startTropa({ workspace: WORKSPACE });
    const { port } = new URL(tropa.url);
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('POST /v1/track HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
    await until(async () => (await fetch(`${tropa.url}/healthz`)).ok);
    process.kill(tropa.pid ?? 0, 'SIGTERM');
    await until(() => tropa.output.includes('Finishing what is under way'));
    const begun = performance.now();
    process.kill(tropa.pid ?? 0, 'SIGTERM');
    expect(await tropa.ended()).toMatchObject({ code: 1 });
    expect(performance.now() - begun).toBeLessThan(3_000);
    slow.destroy();
    await tropa.close();
  });
});

describe('a server is refused', () => {
  test.each([
    ['the demonstration’s write key beyond loopback', { HOST: '0.0.0.0' }, 'E_DEMO_KEY'],
    ['a moved clock in production', { TROPA_TEST_CLOCK: '1', NODE_ENV: 'production' }, 'E_TEST_CLOCK'],
    ['a database it does not have', { MONGODB_URL: 'mongodb://127.0.0.1' }, 'E_CONFIG'],
    ['a workspace that is not there', { TROPA_WORKSPACE: '/nowhere/at/all' }, 'E_CONFIG'],
  ])('%s', async (_what, env, code) => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = server.address();
    await new Promise((done) => server.close(done));
    const PORT = String(typeof address === 'object' ? address?.port : 0);
    const { status, stderr } = await runCli(['serve'], { TROPA_DATA: folders.make(), PORT, ...env });
    expect([status, stderr]).toEqual([2, expect.stringContaining(code)]);
  });

  test('a workspace with faults, when no earlier version can go on: all of them are told', async () => {
    const workspace = folders.make();
    writeFileSync(join(workspace, 'tropa.yaml'), 'timezone: Nowhere/At_All\n');
    const { status, stderr } = await runCli(['serve', '--workspace', workspace, '--data', folders.make()], {
      PORT: '7399',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/tropa\.yaml:1:\d+: /)]);
    expect(readFileSync(join(workspace, 'tropa.yaml'), 'utf8')).toContain('Nowhere');
  });
});

/** The subject of a message, as the sandbox's page shows it. */
async function headline(tropa: Tropa, message: Json | undefined): Promise<string | undefined> {
  const page = await (await fetch(`${tropa.url}/inbox/${String(message)}`)).text();
  return /<h1>(.*?)<\/h1>/.exec(page)?.[1];
}

/** Waits for another process's watcher, which nothing here can hurry. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('it did not come to that');
}
