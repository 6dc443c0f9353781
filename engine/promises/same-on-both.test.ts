// P13: the embedded store and the shared one give the same history for the same input, person by person, message by
// message: one seed, one worker, one clock that stands until it is moved.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import { SECRET } from '../testing/cluster.ts';
import { type MongoServer, startMongo } from '../testing/mongo-server.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const MAIL = 'subject: "{{ profile.id }}"\n---\n<p><a href="https://shop.example/{{ profile.id }}">On</a></p>\n';
const WORKSPACE = {
  'tropa.yaml': `timezone: Europe/Riga
sources: { shop: { type: segment, write_key: key } }
consent: { email: opt_out, sms: opt_in }
quiet_hours: { from: "21:00", to: "08:00" }
caps: [{ max: 3, per: 7d }]
`,
  'cart/journey.yaml': `journey: cart
status: live
trigger: { event: cart.updated, key: event.cart_id }
exit: [{ event: order.placed }]
steps:
  - wait: 1h
  - id: half
    split:
      - { name: plain, do: [{ email: reminder }] }
      - { name: ladder, do: [{ reach: [{ email: reminder, for: 1d }, { sms: nudge }], until: opened }] }
  - wait_for: { event: cart.updated }
    within: 2d
  - email: last
`,
  'cart/reminder.email.html': MAIL,
  'cart/last.email.html': MAIL,
  'cart/nudge.sms.txt': 'Your cart, {{ profile.id }}\n',
  'welcome/journey.yaml': `journey: welcome
status: live
trigger: { event: profile.updated }
steps:
  - wait: 1d
  - email: hello
`,
  'welcome/hello.email.html': MAIL,
};

/** `SEEDS=42,1871` lives through other days. */
const SEEDS = (process.env.SEEDS ?? '11,23').split(',').map(Number);

let server: MongoServer;
const running: Tropa[] = [];
beforeAll(async () => {
  server = await startMongo();
}, 120_000);
afterAll(async () => {
  for (const tropa of running) await tropa.close();
  await server.close();
});

/** The same numbers for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Ten days of a small shop; everything that happens follows from the seed. */
async function live(tropa: Tropa, seed: number): Promise<void> {
  const random = chance(seed);
  let id = 0;
  const rest = (): JsonObject => {
    id += 1;
    return { messageId: `m${id}` };
  };
  for (let step = 0; step < 40; step += 1) {
    for (let n = 0; n < 6; n += 1) {
      const who = `p${random(25)}`;
      const what = random(10);
      if (what < 3) await tropa.post('/v1/identify', { userId: who, traits: { email: `${who}@x.example` }, ...rest() });
      else if (what < 7)
        await tropa.track(who, 'cart.updated', { cart_id: `c${random(4)}`, total: random(300) }, rest());
      else if (what < 8) await tropa.track(who, 'order.placed', { order_id: `o${id}`, total: 10 }, rest());
      else if (what < 9)
        await tropa.post('/v1/identify', {
          userId: who,
          traits: { phone: `+3712000${1000 + random(25)}` },
          consent: { sms: true },
          ...rest(),
        });
      else await tropa.post('/v1/identify', { anonymousId: `a${random(9)}`, userId: who, traits: {}, ...rest() });
    }
    await tropa.drain();
    const inbox = await tropa.inbox();
    const letter = inbox[random(Math.max(1, inbox.length))];
    if (letter?.status === 'delivered' && random(2) === 0)
      await tropa.cli('inbox', random(2) === 0 ? 'open' : 'click', String(letter.id));
    await tropa.advance('6h');
  }
}

async function told(tropa: Tropa): Promise<Record<string, unknown>> {
  const people: Record<string, unknown> = {};
  for (let n = 0; n < 25; n += 1) {
    const { status, stdout, stderr } = await tropa.cli('explain', `p${n}`, '--json');
    people[`p${n}`] = status === 0 ? stdout : stderr;
  }
  const inbox = (await tropa.inbox()).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  return { people, inbox, stats: (await tropa.cli('stats', '--json')).stdout };
}

test.each(SEEDS)(
  'P13 seed %i: the same history on both stores',
  async (seed) => {
    const shared = { MONGODB_URL: server.fresh(), TROPA_SECRET: SECRET };
    const pair = await Promise.all([
      startTropa({ workspace: WORKSPACE, clock: NOON, env: { TROPA_SECRET: SECRET } }),
      startTropa({ workspace: WORKSPACE, clock: NOON, env: shared }),
    ]);
    running.push(...pair);
    await Promise.all(pair.map((tropa) => live(tropa, seed)));
    const [embedded, onMongo] = await Promise.all(pair.map(told));
    expect((embedded!.inbox as unknown[]).length).toBeGreaterThan(20);
    expect(onMongo).toEqual(embedded);
  },
  240_000,
);
