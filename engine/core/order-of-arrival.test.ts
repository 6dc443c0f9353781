// Events of one storefront come by several roads and overtake one another: what comes of them may not depend on it.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE, SmallWorld, START, workshopOf } from '../testing/small-world.ts';
import { NO_FACTS } from './facts.ts';
import { newPerson } from './person.ts';
import { fold } from './turn.ts';

const SILENCE = `
journey: silence
status: live
trigger: { event: cart.updated, if: event.total > 0, idle: 30m, key: event.cart_id }
exit:
  - { event: order.placed, if: event.cart_id == trigger.cart_id, as: converted }
steps:
  - if: count("product.viewed", "2h") > 1
    do: [ { email: keen } ]
    else: [ { email: reminder } ]
  - wait_for: { event: checkout.started }
    within: 1h
`;

// Started at once; it then waits, so that everything below arrives before its next timer. Both exits end it with one
// outcome: an enrollment ended by what was known first is not ended again by what happened before that.
const AT_ONCE = `
journey: at-once
status: live
trigger: { event: checkout.started, key: event.n }
exit:
  - { event: order.placed, as: converted }
  - { event: cart.updated, if: event.total == 0, as: converted }
steps:
  - wait: 1h
  - if: count("product.viewed", "3h") > 0
    do: [ { email: seen } ]
    else: [ { email: unseen } ]
`;

interface Told {
  readonly name: string;
  readonly minutesAgo: number;
  readonly cart: number;
  readonly total: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  name: fc.constantFrom('cart.updated', 'cart.updated', 'product.viewed', 'checkout.started', 'order.placed'),
  minutesAgo: fc.integer({ min: 0, max: 20 }),
  cart: fc.integer({ min: 0, max: 1 }),
  total: fc.integer({ min: 0, max: 2 }),
});

/** What came of these events: who left which journey how, and what was written to them when. */
async function outcome(events: readonly (Told & { readonly n: number })[]): Promise<unknown> {
  const world = new SmallWorld([SILENCE, AT_ONCE]);
  await world.meet('anna');
  await world.pass(HOUR);
  for (const { name, minutesAgo, cart, total, n } of events) {
    const data = { cart_id: `c${cart}`, total, n };
    await world.tell('anna', name, data, { dated: -minutesAgo * MINUTE, id: `e${n}` });
  }
  await world.pass(2 * DAY);
  const journal = await world.store.journal({ limit: 100_000 });
  const left = journal
    .filter((line) => line.kind === 'exited')
    .map((line) => ({ enrollment: line.enrollment, reason: line.reason, at: line.at }));
  const wrote = (await world.messages()).map((row) => ({
    id: row.id,
    template: row.template,
    status: row.status,
    reason: row.reason,
    sent: row.times.sending,
  }));
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
  return { left: sorted(left), wrote: sorted(wrote) };
}

describe('order of arrival', () => {
  test('P03 any order of the same events gives the same journey outcome when all arrive before the next timer or send', async () => {
    const shuffles = fc
      .array(told, { minLength: 1, maxLength: 7 })
      .map((all) => all.map((one, n) => ({ ...one, n })))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    let wrote = 0;
    await fc.assert(
      fc.asyncProperty(shuffles, async ([all, shuffled]) => {
        const expected = await outcome(all);
        if ((expected as { wrote: unknown[] }).wrote.length > 0) wrote += 1;
        expect(await outcome(shuffled)).toEqual(expected);
      }),
      { numRuns: 120 },
    );
    expect(wrote).toBeGreaterThan(30);
  }, 60_000);

  test('a clock that runs back moves no person back: their time stands until the clock has caught up', () => {
    const person = { ...newPerson('p', START), now: START + HOUR };
    const start = {
      id: 'e1',
      source: 't',
      name: 'checkout.started',
      at: START,
      received: START,
      data: {},
      who: [],
      links: [],
      hops: 0,
    };
    const history = new Map(['order.placed', 'cart.updated'].map((name) => [name, { since: null, events: [] }]));
    const facts = { ...NO_FACTS, history };
    const decided = fold(person, { events: [start], absorb: [], more: false }, facts, workshopOf([AT_ONCE]), START);
    if (!('person' in decided)) throw new Error(JSON.stringify(decided));
    expect(decided.person.now).toBe(START + HOUR);
    expect(decided.person.enrollments[0]?.timers.map((timer) => timer.at)).toEqual([START + 2 * HOUR]);
  });
});
