// Sentences of the language reference about several journeys, the control group, pauses and machines: a spec runs one
// journey alone and as if live, so these are held here, in the same laboratory.

import { expect, test } from '@jest/globals';
import { startTropa } from '../../testing/server.ts';
import { DAY, HOUR, MINUTE, type Rules, SmallWorld, START } from '../../testing/small-world.ts';

const journey = (id: string, rest: string) => `journey: ${id}\nstatus: live\n${rest}`;
const ONE_A_DAY: Rules = { settings: 'timezone: UTC\ncaps: [{ max: 1, per: day }]' };

async function reasons(world: SmallWorld, kind: string): Promise<(string | undefined)[]> {
  return (await world.store.journal({ limit: 1_000 })).filter((line) => line.kind === kind).map((line) => line.reason);
}

test('the higher goes first when a cap leaves room for one contact', async () => {
  const steps = (template: string) => `trigger: { event: go }\nsteps: [{ email: ${template} }]`;
  const journeys = [
    journey('a', `priority: 20\n${steps('low')}`),
    journey('b', steps('fifty')),
    journey('c', `priority: 80\n${steps('high')}`),
  ];
  const world = new SmallWorld(journeys, ONE_A_DAY);
  await world.meet('anna');
  await world.tell('anna', 'go', {});
  expect(await world.sent()).toEqual(['high']);
  expect(await world.skipped()).toEqual(['fifty: capped', 'low: capped']);
  const two = new SmallWorld(journeys, { settings: 'timezone: UTC\ncaps: [{ max: 2, per: day }]' });
  await two.meet('anna');
  await two.tell('anna', 'go', {});
  expect(await two.sent()).toEqual(['high', 'fifty']);
});

test('draft (default): checked and tested, nobody enters; test: only segment `testers`; live', async () => {
  const rest = (template: string) => `trigger: { event: go }\nsteps: [{ email: ${template} }]`;
  const journeys = [
    `journey: silent\n${rest('silent')}`,
    `journey: draft\nstatus: draft\n${rest('draft')}`,
    `journey: test\nstatus: test\n${rest('test')}`,
    journey('live', rest('live')),
  ];
  const world = new SmallWorld(journeys, {
    settings: 'timezone: UTC\nsegments: { testers: profile.email.endsWith("@lumen.example") }',
  });
  await world.meet('anna');
  await world.tell('anna', 'go', {});
  expect(await world.sent()).toEqual(['live']);
  await world.meet('tester', { email: 'tester@lumen.example' });
  await world.tell('tester', 'go', {});
  expect((await world.sent()).sort()).toEqual(['live', 'live', 'test']);
});

test('a goal counts once, within its time of entering, for the control group alike', async () => {
  const text = journey(
    'c',
    'trigger: { event: go }\ngoal: { event: bought, within: 5d, value: event.total, currency: event.currency }\nsteps: [{ email: hello }, { wait: 30d }]',
  );
  for (const holdout of [false, true]) {
    const world = new SmallWorld([text]);
    await world.tell('anna', 'tropa.begin', {
      traits: { email: 'anna@example.com' },
      consent: ['email'],
      kept: { pick: { holdout } },
    });
    await world.tell('anna', 'go', {});
    await world.pass(4 * DAY);
    await world.tell('anna', 'bought', { total: 12.5, currency: 'EUR' });
    await world.tell('anna', 'bought', { total: 99, currency: 'EUR' });
    const found = (await world.store.journal({ limit: 1_000 })).filter((line) => line.kind === 'converted');
    expect(found.map((line) => line.detail)).toEqual([{ holdout, value: 12.5, currency: 'EUR' }]);
    expect(await reasons(world, 'exited')).toEqual([]);
  }
  const late = new SmallWorld([text]);
  await late.meet('anna');
  await late.tell('anna', 'go', {});
  await late.pass(5 * DAY + MINUTE);
  await late.tell('anna', 'bought', { total: 1 });
  expect(await reasons(late, 'converted')).toEqual([]);
});

test('pausing a journey holds timers and sending; events, entries, exits and receipts still count; timers that ran out fire on resume', async () => {
  const text = journey(
    'c',
    'trigger: { event: go, key: event.k }\nexit: { event: stop, if: event.k == trigger.k }\nsteps: [{ email: first }, { wait: 1h }, { email: second, if: message("first").opened }]',
  );
  const files = {
    'c/journey.yaml': text,
    'c/first.email.txt': 'subject: x\n---\nx',
    'c/second.email.txt': 'subject: x\n---\nx',
  };
  const tropa = await startTropa({ workspace: files, clock: START });
  const left = async () =>
    (await tropa.inbox())
      .filter((row) => row.status !== 'held')
      .map((row) => row.template)
      .sort();
  const told = async (event: string, k: string) => {
    await tropa.track('anna', event, { k }, { timestamp: new Date(START).toISOString() });
    await tropa.drain();
  };
  try {
    await tropa.post('/v1/identify', {
      userId: 'anna',
      traits: { email: 'anna@example.com' },
      consent: { email: true },
    });
    await told('go', 'before');
    await tropa.ask('pause', { journey: 'c' });
    await told('go', 'meanwhile');
    await told('go', 'stopped');
    await told('stop', 'stopped');
    const [first] = (await tropa.inbox()).filter((row) => row.status !== 'held' && row.status !== 'skipped');
    await tropa.ask('act', { message: String(first?.id), action: 'open' });
    await tropa.advance('3h');
    expect(await left()).toEqual(['first', 'first']);
    expect((await tropa.inbox()).find((row) => row.status === 'skipped')?.reason).toBe('exited');
    await tropa.ask('resume', { journey: 'c' });
    await tropa.drain();
    await tropa.advance('1m');
    expect(await left()).toEqual(['first', 'first', 'first', 'second']);
  } finally {
    await tropa.close();
  }
});

test('opens by machines are kept as `machine_opened` and never move a journey', async () => {
  const text = journey(
    'c',
    'trigger: { event: go }\nsteps: [{ email: hello }, { wait_for: { opened: hello }, within: 1d, do: [{ exit: opened }] }, { if: message("hello").machine_opened && !message("hello").opened, do: [{ exit: machine }] }]',
  );
  const world = new SmallWorld([text]);
  await world.meet('anna');
  await world.tell('anna', 'go', {});
  const [row] = await world.messages();
  await world.engine.receipts([{ message: row?.id ?? '', kind: 'machine_opened', at: world.clock.now() }]);
  await world.engine.drain();
  await world.pass(HOUR);
  expect(await reasons(world, 'exited')).toEqual([]);
  await world.pass(DAY);
  expect(await reasons(world, 'exited')).toEqual(['machine']);
});

test('what a journey emits starts others, and `journey("…")` tells of them', async () => {
  const world = new SmallWorld([
    journey('first', 'trigger: { event: go }\nsteps: [{ emit: onward, data: { n: 1 } }, { wait: 1d }, { exit: done }]'),
    journey(
      'second',
      'trigger: { event: onward }\nsteps: [{ email: active, if: journey("first").active && trigger.n == 1 }, { wait: 2d }, { email: ended, if: journey("first").outcome == "done" }]',
    ),
  ]);
  await world.meet('anna');
  await world.tell('anna', 'go', {});
  await world.pass(3 * DAY);
  expect(await world.sent()).toEqual(['active', 'ended']);
});

test('`paused` is the person’s own pause; it ends when they said, and does not concern what they ordered', async () => {
  const world = new SmallWorld([
    journey('c', 'trigger: { event: go }\nsteps: [{ email: offer }]'),
    journey('receipt', 'category: transactional\ntrigger: { event: go }\nsteps: [{ email: receipt }]'),
  ]);
  await world.meet('anna');
  await world.tell('anna', 'tropa.pause', { until: world.clock.now() + 7 * DAY });
  await world.tell('anna', 'go', {});
  expect(await world.sent()).toEqual(['receipt']);
  expect(await world.skipped()).toEqual(['offer: paused']);
  await world.pass(7 * DAY);
  await world.tell('anna', 'go', {});
  expect((await world.sent()).sort()).toEqual(['offer', 'receipt', 'receipt']);
});
