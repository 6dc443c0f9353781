// A whole Tropa in virtual time: the same core and runtime over the memory store, with the sandbox as its channels.
// No second engine lives here (P38).

import pino from 'pino';
import { mint } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import type { Channel as ChannelName } from '../language/template.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { Channel, ChannelHost } from '../ports/channel.ts';
import type { MovableClock } from '../ports/clock.ts';
import type { IncomingEvent, SandboxMail, Store } from '../ports/store.ts';
import type { Wakeups } from '../ports/wakeups.ts';
import { leftTime } from '../reports/ledger.ts';
import { advance } from '../runtime/advance-clock.ts';
import { createVirtualClock } from '../runtime/clocks.ts';
import type { Workshop } from '../runtime/definitions.ts';
import { Engine } from '../runtime/engine.ts';
import { createLinks } from '../runtime/links.ts';
import type { Renderer } from '../runtime/render/renderer.ts';

/** The sandbox as the laboratory works it. */
export interface LabSandbox {
  channel(name: ChannelName): Channel;
  readonly desk: { act(message: string, action: LabAction, value?: string): Promise<void> };
  idle(): Promise<void>;
}
export type LabAction = 'open' | 'click' | 'reply' | 'bounce' | 'unsubscribe' | 'deliver' | 'fail';

/** Adapters, handed in by the composition root. */
export interface LabParts {
  readonly store: () => Store;
  readonly wakeups: () => Wakeups;
  readonly sandbox: (
    host: ChannelHost,
    options: { receipts: 'on_idle'; findMail: (id: string) => Promise<SandboxMail | null> },
  ) => LabSandbox;
  readonly renderer: Renderer;
}

/** Shared by every world: they keep nothing. */
const SILENT = pino({ level: 'silent' });
const LINKS = createLinks('laboratory', 'http://laboratory.invalid');
const NO_ATTEMPTS = { note: () => undefined, last: () => null };

export class World {
  readonly engine: Engine;
  readonly clock: MovableClock;
  readonly store: Store;
  readonly sandbox: LabSandbox;
  #told = 0;

  constructor(parts: LabParts, definitions: Workshop, start: Instant) {
    this.store = parts.store();
    this.clock = createVirtualClock(start);
    const host: ChannelHost = {
      now: () => this.clock.now(),
      receipts: (receipts) => this.engine.receipts(receipts),
      keepMail: (mail) => this.store.keepMail(mail),
    };
    this.sandbox = parts.sandbox(host, {
      receipts: 'on_idle',
      findMail: async (id) => (await this.store.mails({ id, limit: 1 }))[0] ?? null,
    });
    this.engine = new Engine({
      store: this.store,
      clock: this.clock,
      wakeups: parts.wakeups(),
      channels: {
        email: this.sandbox.channel('email'),
        sms: this.sandbox.channel('sms'),
        push: this.sandbox.channel('push'),
      },
      renderer: parts.renderer,
      links: LINKS,
      attempts: NO_ATTEMPTS,
      logger: SILENT,
      env: {},
      tellsDelivery: () => true,
      fixed: definitions,
      settled: () => this.sandbox.idle(),
    });
  }

  /** Tells an event as a storefront would, now; `dated` moves its own time. An id told twice is one event. */
  async tell(
    user: string,
    name: string,
    data: JsonObject,
    options: { dated?: number; id?: string } = {},
  ): Promise<void> {
    const now = this.clock.now();
    this.#told += 1;
    const event: IncomingEvent = {
      // Of one moment the line told later is the later word, as its id sorts.
      id:
        options.id === undefined
          ? `${String(this.#told).padStart(8, '0')}${mint('event', 'laboratory', this.#told).slice(8)}`
          : mint('event', 'laboratory', options.id),
      source: 'laboratory',
      name,
      at: now + (options.dated ?? 0),
      received: now,
      who: [`user:${user}`],
      data,
    };
    await this.engine.ingest([event]);
    await this.engine.drain();
  }

  /** Lets time pass. */
  async advance(to: Instant): Promise<void> {
    await advance(this.engine, this.clock, to);
  }

  /** Every ledger row, in the order in which they left or were skipped. */
  async messages(): Promise<MessageRow[]> {
    const rows = await this.store.messages({ limit: 100_000 });
    if (rows.length < 2) return rows;
    const places = new Map<string, number>();
    for (const [n, line] of (await this.store.journal({ limit: 100_000 })).entries()) {
      if (line.message !== undefined && (line.kind === 'begun' || line.kind === 'skipped')) places.set(line.message, n);
    }
    const place = (row: MessageRow) => places.get(row.id) ?? Number.POSITIVE_INFINITY;
    return rows.sort((a, b) => leftTime(a) - leftTime(b) || (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  }
}
