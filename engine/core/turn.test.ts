import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SmallWorld, START, workshopOf } from '../testing/small-world.ts';
import type { TurnEvent } from './events.ts';
import { NO_FACTS } from './facts.ts';
import { newPerson } from './person.ts';
import { profileOf } from './profile.ts';
import { fold } from './turn.ts';

const LADDER = `
journey: cart
status: live
trigger: { event: cart.updated, idle: 30m, key: event.cart_id }
exit:
  - { event: order.placed, as: converted }
steps:
  - reach:
      - push: nudge
        for: 2h
      - email: reminder
        for: 20h
      - sms: last-call
`;

const happened = (name: string, data: Record<string, string | number>, at: number, id: string): TurnEvent => ({
  id,
  source: 't',
  name,
  at,
  received: START,
  data,
  who: ['user:anna'],
  links: [],
  hops: 0,
});

describe('the turn', () => {
  test('P03 any order of the same events gives the same profile', () => {
    const definitions = workshopOf([]);
    const one = fc.record({
      name: fc.constantFrom(
        'profile.updated',
        'order.placed',
        'order.paid',
        'order.cancelled',
        'order.refunded',
        'consent.granted',
        'consent.withdrawn',
      ),
      at: fc.integer({ min: START - 10, max: START }),
      value: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.integer(), (specs, seed) => {
        const events = specs.map(({ name, at, value }, n) =>
          happened(
            name,
            {
              city: `city ${value}`,
              order_id: `o${value % 2}`,
              total: value,
              amount: 1,
              refund_id: `r${value}`,
              channel: 'email',
            },
            at,
            `e${n}`,
          ),
        );
        const shuffled = [...events].sort(
          (a, b) =>
            ((Number.parseInt(a.id.slice(1), 10) * 7919 + seed) % 13) -
            ((Number.parseInt(b.id.slice(1), 10) * 7919 + seed) % 13),
        );
        const ends = [events, shuffled, [...events].reverse()].map((order) => {
          let person = newPerson('p', START);
          for (const event of order) {
            const result = fold(person, { events: [event], absorb: [], more: false }, NO_FACTS, definitions, START);
            if ('person' in result) person = result.person;
          }
          return { profile: profileOf(person, definitions.settings), consent: person.consent, orders: person.orders };
        });
        expect(ends[1]).toEqual(ends[0]);
        expect(ends[2]).toEqual(ends[0]);
      }),
      { numRuns: 300 },
    );
  });

  test('is pure: what was loaded is left as it was, and deciding twice decides the same (I3)', () => {
    const definitions = workshopOf([LADDER]);
    const person = newPerson('p', START);
    const before = JSON.stringify(person);
    const inputs = { events: [happened('cart.updated', { cart_id: 'c' }, START, 'e1')], absorb: [], more: false };
    const facts = { history: new Map([['order.placed', { since: null, events: [] }]]), suppressed: new Map() };
    const [first, second] = [
      fold(person, inputs, facts, definitions, START),
      fold(person, inputs, facts, definitions, START),
    ];
    expect(first).toEqual(second);
    expect(JSON.stringify(person)).toBe(before);
  });

  test('an order dated after the cart keeps its reminder away, in whichever order the two arrive', async () => {
    for (const orderFirst of [true, false]) {
      const world = new SmallWorld([LADDER]);
      await world.meet('anna');
      await world.pass(HOUR);
      if (orderFirst) await world.tell('anna', 'order.placed', { total: 1 });
      await world.tell('anna', 'cart.updated', { cart_id: 'c' }, { dated: orderFirst ? -MINUTE : 0 });
      if (!orderFirst) await world.tell('anna', 'order.placed', { total: 1 });
      await world.pass(2 * DAY);
      expect(await world.sent()).toEqual([]);
    }
  });

  test('a phone whose clock shows 2099 freezes nothing: its events run as of now', async () => {
    const world = new SmallWorld([LADDER]);
    await world.meet('anna');
    await world.tell('anna', 'cart.updated', { cart_id: 'c' }, { dated: 70 * 365 * DAY });
    await world.pass(12 * HOUR);
    expect(await world.sent()).toEqual(['nudge', 'reminder']);
  });

  test('P32 a loop visited twice sends twice; a timer of an earlier visit does nothing', async () => {
    const world = new SmallWorld([
      `
journey: loop
status: live
trigger: { event: go }
steps:
  - repeat: { times: 2, every: 1d }
    do:
      - email: hello
      - wait_for: { opened: hello }
        within: 12h
`,
    ]);
    await world.meet('anna');
    await world.tell('anna', 'go', {});
    const [first] = await world.messages();
    await world.sandbox.desk.act(first?.id ?? '', 'open');
    await world.engine.drain();
    await world.pass(3 * DAY);
    expect(await world.sent()).toEqual(['hello', 'hello']);
    const journal = await world.store.journal({ limit: 1000 });
    expect(journal.filter((line) => line.kind === 'exited')).toHaveLength(1);
  });

  test('P33 a split is sticky for life, and even', async () => {
    const journey = `
journey: ab
status: live
trigger: { event: go, key: event.n }
steps:
  - split:
      - { name: a, weight: 45%, do: [ { set: { got: a } } ] }
      - { name: b, weight: 55%, do: [ { set: { got: b } } ] }
    id: test
  - if: vars.got == "a"
    do: [ { email: a } ]
    else: [ { email: b } ]
`;
    const world = new SmallWorld([journey]);
    for (let n = 0; n < 400; n += 1) {
      await world.meet(`p${n}`);
      await world.tell(`p${n}`, 'go', { n: 1 });
      if (n < 30) await world.tell(`p${n}`, 'go', { n: 2 });
    }
    const rows = await world.messages();
    const byPerson = new Map<string, Set<string>>();
    for (const row of rows) byPerson.set(row.person, (byPerson.get(row.person) ?? new Set()).add(row.template));
    expect([...byPerson.values()].every((templates) => templates.size === 1)).toBe(true);
    const share = [...byPerson.values()].filter((templates) => templates.has('a')).length / 400;
    expect(share).toBeGreaterThan(0.45 - 0.08);
    expect(share).toBeLessThan(0.45 + 0.08);
  });

  test('an expression that takes too long stops one enrollment, not its neighbours; a retry drives it again', async () => {
    const heavy = `
journey: heavy
status: live
trigger: { event: go }
steps:
  - if: trigger.list.all(a, trigger.list.all(b, trigger.list.all(c, a + b + c >= 0)))
    do: [ { email: never } ]
`;
    const light = `
journey: light
status: live
trigger: { event: go }
steps:
  - email: hello
`;
    const world = new SmallWorld([heavy, light]);
    await world.meet('anna');
    await world.tell('anna', 'go', { list: Array.from({ length: 100 }, (_, n) => n) });
    expect(await world.sent()).toEqual(['hello']);
    const [person] = await world.store.people({ limit: 10, faulted: true });
    expect(person?.enrollments[0]?.fault?.code).toBe('E_EXPRESSION_STEPS');
    await world.tell('anna', 'tropa.retry', {});
    expect((await world.store.journal({ limit: 1000 })).some((line) => line.kind === 'retried')).toBe(true);
  });
});

describe('permission', () => {
  const HELLO = `
journey: hello
status: live
trigger: { event: go }
steps:
  - email: hello
`;

  test('P14 unsubscribing before the last check wins, even when it is acknowledged while the message is being decided', async () => {
    const world = new SmallWorld([HELLO.replace('- email', '- wait: 1h\n  - email')]);
    await world.meet('anna');
    await world.tell('anna', 'go', {});
    await world.tell('anna', 'consent.withdrawn', { channel: 'email' });
    await world.pass(DAY);
    expect(await world.sent()).toEqual([]);
    expect(await world.skipped()).toEqual(['hello: no_consent']);
  });

  test('P17 a cap is never exceeded, with 100 journeys racing for one person', async () => {
    const journeys = Array.from(
      { length: 100 },
      (_, n) => `journey: j${n}\nstatus: live\npriority: ${n}\ntrigger: { event: go }\nsteps:\n  - email: m${n}\n`,
    );
    const world = new SmallWorld(journeys, { settings: 'timezone: UTC\ncaps:\n  - { max: 3, per: day }\n' });
    await world.meet('anna');
    await world.tell('anna', 'go', {});
    expect(await world.sent()).toEqual(expect.arrayContaining(['m99', 'm98', 'm97']));
    expect(await world.sent()).toHaveLength(3);
    expect((await world.skipped()).every((line) => line.endsWith('capped'))).toBe(true);
  });

  test('quiet hours hold a message and let it go in the morning', async () => {
    const world = new SmallWorld([HELLO], {
      settings: 'timezone: UTC\nquiet_hours: { from: 21:00, to: 09:00, then: hold }\n',
    });
    await world.meet('anna', { timezone: 'UTC' });
    await world.advance(Date.UTC(2026, 2, 2, 22));
    await world.tell('anna', 'go', {});
    expect(await world.sent()).toEqual([]);
    await world.pass(DAY);
    const [row] = await world.messages();
    expect(row?.times.sending).toBe(Date.UTC(2026, 2, 3, 9));
  });
});
