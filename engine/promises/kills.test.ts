// Promises that only real processes can keep or break: everything here is killed with SIGKILL, on a real disk.

import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { startTropa, type Tropa, type TropaOptions } from '../testing/server.ts';

const HELLO = {
  'hello/journey.yaml': `journey: hello
status: live
category: transactional
trigger: { event: go, key: event.n }
steps:
  - email: hello
  - wait_for: { clicked: hello }
    within: 30d
`,
  'hello/hello.email.html': 'subject: Hello\n---\n<p>Hello <a href="https://shop.example">there</a></p>\n',
};

const running: Tropa[] = [];
afterEach(async () => {
  for (const tropa of running.splice(0)) await tropa.close();
});

async function start(options: Partial<TropaOptions> = {}): Promise<Tropa> {
  const tropa = await startTropa({ workspace: HELLO, ...options });
  running.push(tropa);
  return tropa;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Waits until something holds, as long as a slow machine may need. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await holds()) return;
    await pause(100);
  }
  throw new Error('it did not come true within 30 seconds');
}

/** Tells an event to a server that may die meanwhile; whether it was acknowledged. */
async function tell(tropa: Tropa, id: string, email = `${id}@example.com`): Promise<boolean> {
  const body: JsonObject = {
    userId: id,
    event: 'go',
    messageId: `m-${id}`,
    properties: { n: 1 },
    context: { traits: { email } },
  };
  try {
    return (await tropa.post('/v1/track', body)).status === 200;
  } catch {
    return false;
  }
}

const mailsOf = (inbox: readonly JsonObject[], id: string) => inbox.filter((row) => row.profile === id);

async function audited(tropa: Tropa): Promise<unknown> {
  return (await tropa.ask('audit')).findings;
}

/** How many kills the storm has; continuous integration asks for more. */
const KILLS = Number(process.env.KILLS ?? 10);

describe('a process that is killed', () => {
  test(
    'P01 P08 an acknowledged event survives every kill, takes effect once, and no message is doubled',
    async () => {
      const tropa = await start();
      const acknowledged: string[] = [];
      let told = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        let alive = true;
        const storm = Array.from({ length: 4 }, async () => {
          while (alive) {
            told += 1;
            const id = `p${told}`;
            if (await tell(tropa, id)) acknowledged.push(id);
          }
        });
        // Points spread over the first third of a second of a storm, other ones each time.
        await pause(40 + ((kill * 73) % 263));
        await tropa.signal('SIGKILL');
        alive = false;
        await Promise.all(storm);
        await tropa.start();
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS * 4);
      await until(async () => {
        const inbox = await tropa.inbox();
        const reached = new Set(inbox.map((row) => row.profile));
        return acknowledged.every((id) => reached.has(id)) && inbox.every((row) => row.status !== 'held');
      });
      const inbox = await tropa.inbox();
      for (const id of acknowledged) expect(mailsOf(inbox, id)).toHaveLength(1);
      await until(async () => (await audited(tropa))?.toString() === '');
      expect(await audited(tropa)).toEqual([]);
    },
    60_000 + KILLS * 10_000,
  );

  test.each([
    ['deliver:before-commit', 'sent once'],
    ['deliver:before-copy', 'sent once'],
    ['hand-over:before-fence', 'sent once'],
    ['hand-over:before-send', 'unknown'],
    ['hand-over:before-outcome', 'unknown'],
  ])(
    'killed at %s, its message is %s afterwards',
    async (place, end) => {
      const tropa = await start({ env: { TROPA_FAILPOINT: place } });
      await tell(tropa, 'anna');
      await tropa.ended();
      await tropa.start({ TROPA_FAILPOINT: '' });
      const wanted = end === 'unknown' ? ['unknown'] : ['sent', 'delivered'];
      await until(async () => mailsOf(await tropa.inbox(), 'anna').some((row) => wanted.includes(String(row.status))));
      expect(mailsOf(await tropa.inbox(), 'anna')).toHaveLength(1);
      expect(await audited(tropa)).toEqual([]);
    },
    60_000,
  );

  test('P06 killed between hand-over and record the message is unknown, shown, and never silently resent', async () => {
    const tropa = await start();
    await tell(tropa, 'anna', 'die-after-taking@example.com');
    await tropa.ended();
    for (let again = 0; again < 2; again += 1) {
      await tropa.start();
      await until(async () => mailsOf(await tropa.inbox(), 'anna').some((row) => row.status === 'unknown'));
      await tropa.signal('SIGKILL');
    }
    await tropa.start();
    const [row] = mailsOf(await tropa.inbox(), 'anna');
    expect(row?.status).toBe('unknown');
    expect((await tropa.cli('resolve', String(row?.id), 'sent')).status).toBe(0);
    await until(async () => mailsOf(await tropa.inbox(), 'anna').some((one) => one.status === 'sent'));
    expect(mailsOf(await tropa.inbox(), 'anna')).toHaveLength(1);
  }, 60_000);

  test('an input that kills the process three times is set aside alone, shown, and brought back by retry', async () => {
    const tropa = await start({ env: { TROPA_FAILPOINT: 'deliver:before-fold=poison' } });
    const tellPoison = tropa
      .post('/v1/track', { userId: 'eve', event: 'poison', messageId: 'x', properties: {} })
      .catch(() => undefined);
    await Promise.all([tellPoison, ...Array.from({ length: 20 }, (_, n) => tell(tropa, `n${n}`))]);
    let starts = 0;
    for (; starts < 12; starts += 1) {
      const lived = await Promise.race([tropa.ended().then(() => false), pause(3_000).then(() => true)]);
      if (lived) break;
      await tropa.start().catch(() => undefined);
    }
    expect(starts).toBeLessThan(12);
    for (let n = 0; n < 20; n += 1) await tell(tropa, `n${n}`);
    await until(async () => (await tropa.ask<JsonObject[]>('faults')).some((fault) => fault.kind === 'input'));
    await until(async () => new Set((await tropa.inbox()).map((row) => row.profile)).size === 20);
    expect(await tropa.inbox()).toHaveLength(20);
    await tropa.signal('SIGTERM');
    await tropa.start({ TROPA_FAILPOINT: '' });
    await tropa.ask('retry', { target: 'eve' });
    await until(async () => (await tropa.ask<JsonObject[]>('faults')).length === 0);
  }, 120_000);

  test('SIGTERM ends it with 0, and what it was doing goes on at the next start', async () => {
    const tropa = await start();
    await tell(tropa, 'anna');
    await tropa.signal('SIGTERM');
    expect(await tropa.ended()).toEqual({ code: 0, signal: null });
    await tropa.start();
    await until(async () => mailsOf(await tropa.inbox(), 'anna').length === 1);
  }, 60_000);
});

describe('P05 acknowledging', () => {
  test('goes on within a second while delivery is frozen', async () => {
    // A test clock that is not moved: nothing is delivered at all.
    const tropa = await start({ clock: Date.UTC(2026, 2, 2, 12) });
    const times: number[] = [];
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const from = performance.now();
          expect(await tell(tropa, `p${batch}-${n}`)).toBe(true);
          times.push(performance.now() - from);
        }),
      );
    }
    expect(await tropa.inbox()).toHaveLength(0);
    times.sort((a, b) => a - b);
    expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(1_000);
  }, 60_000);
});
