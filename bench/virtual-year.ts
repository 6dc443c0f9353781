// A shop's days in virtual time, on the embedded store: visitors who come once, people who come again, carts, orders and
// the messages about them. What `keeping.ts` measures and its test holds to.

import pino from 'pino';
import { createSandbox } from '../channels/sandbox/sandbox.ts';
import { mint } from '../engine/core/ids.ts';
import { World } from '../engine/laboratory/world.ts';
import { compile } from '../engine/language/compile/compile.ts';
import { readJourney } from '../engine/language/read-journey.ts';
import { readSettings } from '../engine/language/read-settings.ts';
import type { Template } from '../engine/language/template.ts';
import type { JsonObject } from '../engine/language/values.ts';
import type { IncomingEvent, Store } from '../engine/ports/store.ts';
import { assemble } from '../engine/runtime/definitions.ts';
import { versionHash } from '../engine/runtime/deploy.ts';
import { Keeping } from '../engine/runtime/keeping.ts';
import type { Renderer } from '../engine/runtime/render/renderer.ts';
import { createLocalWakeups } from '../engine/wakeups/local.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Monday 2026-01-05, 00:00 UTC. */
const START = Date.UTC(2026, 0, 5);

const CART = `journey: cart
status: live
category: transactional
trigger: { event: cart.updated, idle: 30m, key: event.cart }
goal: { event: order.placed, value: event.total, within: 7d }
exit:
  - { event: order.placed, as: converted }
steps:
  - email: first
  - wait: 1d
  - email: second
`;

const template = (name: string): Template => ({
  journey: 'cart',
  name,
  locale: null,
  channel: 'email',
  format: 'txt',
  headers: [],
  body: name,
  bodyLine: 1,
  file: `${name}.email.txt`,
});

/** A message of 1.6 KB, made of nothing: rendering is not what is looked at here. */
const FILLED: Renderer = {
  render: async ({ template: { name } }) => ({
    headers: { subject: name },
    actions: [],
    html: null,
    text: `${name} `.repeat(Math.ceil(1_600 / (name.length + 1))),
    faults: [],
    hash: 'filled',
    locale: null,
  }),
  check: async () => [],
  close: async () => undefined,
};

/** Numbers that look drawn and are the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export class VirtualYear {
  readonly world: World;
  readonly keeping: Keeping;
  readonly #eventsADay: number;
  readonly #next = chance(7);
  #told = 0;
  #visitors = 0;

  constructor(store: Store, eventsADay: number, retention: number) {
    const { settings } = readSettings('tropa.yaml', 'timezone: UTC', {});
    const { journey } = readJourney('journey.yaml', CART);
    if (journey === undefined) throw new Error('the journey of this bench cannot be read');
    const compiled = compile(journey, versionHash(journey.id, CART));
    const definitions = assemble({
      revision: 1,
      settings,
      templates: [template('first'), template('second')],
      live: [{ compiled, paused: false, archived: false }],
      versions: new Map([[compiled.hash, compiled]]),
      tellsDelivery: () => true,
    });
    const parts = {
      store: () => store,
      wakeups: createLocalWakeups,
      sandbox: createSandbox,
      renderer: FILLED,
    };
    this.world = new World(parts, definitions, START);
    this.#eventsADay = eventsADay;
    this.keeping = this.keepingOf(retention);
  }

  keepingOf(retention: number): Keeping {
    const { store, clock } = this.world;
    return new Keeping({ store, clock, retention, logger: pino({ level: 'silent' }) });
  }

  /** One event of the shop: of ten, six are of people who are known, four of visitors who come twice and never again. */
  event(): IncomingEvent {
    const known = this.#next() < 0.6;
    const people = this.#eventsADay;
    const who = known ? `user:u${Math.floor(this.#next() * people)}` : `anonymous:${this.#visitor()}`;
    const drawn = this.#next();
    const [name, data] = known ? whatPeopleDo(drawn, this.#next) : (['page.viewed', { path: '/' }] as const);
    this.#told += 1;
    const at = this.world.clock.now();
    const keys = known ? [who, `email:${who.slice(5)}@example.com`] : [who];
    return { id: mint('event', 'shop', this.#told), source: 'shop', name, at, received: at, who: keys, data };
  }

  #visitor(): string {
    this.#visitors += 1;
    return mint('visitor', Math.floor(this.#visitors / 2));
  }

  /** One day: events come in `strides` of them, everything due happens at its time, and what is past its time is forgotten. */
  async day(strides: number): Promise<void> {
    const { world } = this;
    for (let stride = 0; stride < strides; stride += 1) {
      const events = Array.from({ length: Math.round(this.#eventsADay / strides) }, () => this.event());
      await world.engine.ingest(events);
      await world.advance(world.clock.now() + DAY / strides);
    }
    await this.keeping.all();
  }
}

function whatPeopleDo(drawn: number, next: () => number): readonly [string, JsonObject] {
  const total = Math.round(next() * 10_000) / 100;
  if (drawn < 0.08) return ['cart.updated', { cart: mint('cart', drawn), total, items: [{ sku: 'a', quantity: 1 }] }];
  if (drawn < 0.1) return ['order.placed', { order_id: mint('order', drawn), total, currency: 'EUR' }];
  return [
    'product.viewed',
    { product_id: `p${Math.floor(drawn * 1_000)}`, title: 'A lamp of brass and glass', price: total },
  ];
}
