// The engine: takes events in, decides for whoever is due, hands over, and goes to sleep until the next moment that
// matters. Everything it knows is in the store (I1); stopping it at any instruction loses nothing.

import type { OutboxItem, Person } from '../core/person.ts';
import type { Instant } from '../language/values.ts';
import type { Heard, Receipt } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { IncomingEvent, IngestReceipt, Lane, Store } from '../ports/store.ts';
import { Breath } from './breath.ts';
import { Commits } from './commits.ts';
import type { Workshop } from './definitions.ts';
import { DefinitionReader } from './definitions.ts';
import { Deliver } from './deliver.ts';
import type { EngineParts } from './engine-parts.ts';
import { Figures } from './figures.ts';
import { HandOver, type Outcomes } from './hand-over.ts';
import { heardEvents } from './heard.ts';
import { Keeping } from './keeping.ts';
import { receiptEvents } from './receipts.ts';
import type { Rendered } from './render/renderer.ts';
import { Settle } from './settle.ts';
import { Tracing } from './tracing.ts';

/** How long the engine sleeps at most: lost hints cost no more than this. */
const SWEEP = 5_000;
const REFRESH = 1_000;
/** Why a sleeper is woken: without a reason, each time makes an exception with a stack of its own. */
const WOKEN = 'woken';
/** How often urgent timers are looked for while others work; urgent events are heard of. */
const LOOK = 100;
/** Rounds under way at once: one decides while the store commits another. */
const ROUNDS = 3;
/** So many moved by one round tell that more are waiting. */
const MUCH = 20;

export class Engine {
  readonly store: Store;
  readonly clock: Clock;
  readonly parts: EngineParts;
  readonly keeping: Keeping;
  /** What this process has done since it began. */
  readonly figures = new Figures();
  readonly #tracing: Tracing | null;
  readonly #reader: DefinitionReader;
  readonly #deliver: Deliver;
  readonly #handOver: HandOver;
  #workshop: Workshop | null = null;
  #refreshed = Number.NEGATIVE_INFINITY;
  #stopping = new AbortController();
  #wake = new AbortController();
  /** Somebody urgent came. */
  #hurry = new AbortController();
  #loop: Promise<void> | null = null;
  #unlisten: (() => void) | null = null;
  #unwatch: (() => void) | null = null;
  readonly #rounds = new Set<Promise<unknown>>();
  readonly #breath = new Breath();

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.store = parts.store;
    this.clock = parts.clock;
    this.keeping = new Keeping(parts);
    this.#tracing = parts.traces === undefined ? null : new Tracing(parts.traces);
    this.#reader = new DefinitionReader(parts, {
      tellsDelivery: parts.tellsDelivery,
      ...(parts.gate !== undefined && { gate: parts.gate }),
    });
    // Told from the start, and not only once it has happened: an alarm cannot tell what is missing from nought.
    for (const name of ['tropa_turns_total', 'tropa_commits_lost_total']) this.figures.count(name, {}, 0);
    const breath = this.#breath;
    const stopping = () => this.#stopping.signal.aborted;
    const { figures } = this;
    const outcomes: Outcomes = {
      // Whoever stops begins nothing more.
      apply: async (standing, event) => !stopping() && (await settle.apply(standing, event)),
      ingest: (events) => this.#takeIn(events),
    };
    this.#handOver = new HandOver(parts, outcomes, { breath, figures, tracing: this.#tracing }, stopping);
    const commits = new Commits(parts, this.#handOver, figures);
    const settle = new Settle(parts, this.#reader, commits, () => this.definitions);
    const tracing = this.#tracing;
    this.#deliver = new Deliver(parts, this.#reader, this.#handOver, { breath, commits, figures, tracing });
  }

  /** The definitions in force. Known after `refresh` or `start`. */
  get definitions(): Workshop {
    if (this.#workshop === null) throw new Error('the engine has not read its definitions yet');
    return this.#workshop;
  }

  /** Reads the definitions again when the store's have changed. */
  async refresh(): Promise<Workshop> {
    this.#refreshed = this.clock.monotonic();
    await this.#deliver.refresh();
    if (this.parts.fixed !== undefined) {
      this.#workshop = this.parts.fixed;
      return this.#workshop;
    }
    const { revision } = await this.store.workspace();
    if (this.#workshop?.revision !== revision) {
      this.#workshop = await this.#reader.read();
      await this.store.reconsider?.();
    }
    await this.parts.adopt?.(this.#workshop.settings);
    return this.#workshop;
  }

  /** What so many who came to a door wait for: while they are a crowd, deciding stands back. */
  async atTheDoor<Result>(count: number, work: () => Promise<Result>): Promise<Result> {
    return await this.#breath.atTheDoor(work, count);
  }

  /** Takes events in; durable on return (I2). */
  async ingest(events: readonly IncomingEvent[]): Promise<IngestReceipt[]> {
    return await this.#breath.atTheDoor(() => this.#takeIn(events));
  }

  async #takeIn(events: readonly IncomingEvent[]): Promise<IngestReceipt[]> {
    if (events.length === 0) return [];
    const ranked = events.map((event) => this.#ranked(event));
    const receipts = await this.store.ingest(ranked);
    this.#tracing?.accepted(ranked, receipts, this.clock.now());
    this.#hint(ranked, receipts);
    return receipts;
  }

  /** Tells whoever looks after these people; the urgent apart, so that they are not held up by the others. */
  #hint(events: readonly IncomingEvent[], receipts: readonly IngestReceipt[]): void {
    const people = (urgent: boolean) =>
      receipts.flatMap(({ person }, n) => (person === null || (events[n]?.urgent === true) !== urgent ? [] : [person]));
    for (const urgent of [true, false]) {
      const concerned = people(urgent);
      if (concerned.length > 0) this.parts.wakeups.notify({ people: concerned, urgent });
    }
  }

  /** Marks an event that may start something transactional. Before the definitions are read, nothing is known to be. */
  #ranked(event: IncomingEvent): IncomingEvent {
    return this.#workshop?.urgent(event.name) === true ? { ...event, urgent: true } : event;
  }

  /** Takes in what came back about messages; unknown messages are passed over. */
  async receipts(receipts: readonly Receipt[]): Promise<void> {
    await this.#takeIn(await receiptEvents(this.store, receipts, this.clock.now(), this.#tracing));
  }

  /** Takes in what providers, mail servers and people told us; unknown addresses that bounced are suppressed all the same. */
  async heard(heard: readonly Heard[]): Promise<void> {
    await this.#takeIn(await heardEvents(this.store, heard, this.definitions.settings.sunset, this.clock.now()));
  }

  /** A message as it was when it left, with the templates and the person of now; null where it cannot be rendered. */
  async again(person: Person, item: OutboxItem): Promise<Rendered | null> {
    return await this.#handOver.again(person, item, await this.refresh());
  }

  /** Starts deciding, and goes on until `stop`. */
  async start(): Promise<void> {
    if (this.#loop !== null) return;
    await this.refresh();
    await this.#deliver.begin();
    await this.store.recover(this.clock.now());
    this.#stopping = new AbortController();
    this.#unlisten = this.parts.wakeups.listen((urgent) => {
      if (urgent) this.#hurry.abort(WOKEN);
      this.#wake.abort(WOKEN);
    });
    this.#unwatch = this.parts.workers?.onChange(() => void this.#inherit()) ?? null;
    this.#loop = this.#run();
    this.keeping.start();
  }

  /** Decides everything that is due now, hands it over, and takes in what came of it, until nothing is left to do. */
  async drain(): Promise<void> {
    await this.refresh();
    await this.#deliver.begin();
    for (;;) {
      const worked = await this.#once();
      await Promise.allSettled(this.#rounds);
      await this.#handOver.idle();
      await this.parts.settled?.();
      if (worked === 0 && !(await this.#due())) return;
    }
  }

  /** Finishes what is under way; what is not begun stays in the store. Resolves within `withinMs`, done or not. */
  async stop(withinMs = 10_000): Promise<void> {
    this.#stopping.abort(WOKEN);
    this.#wake.abort(WOKEN);
    this.#unlisten?.();
    this.#unwatch?.();
    const kept = this.keeping.stop();
    const finished = (async () => {
      await kept;
      await this.#loop;
      await this.#handOver.idle();
      await this.parts.settled?.();
    })();
    const until = new AbortController();
    await Promise.race([
      finished,
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        until.signal.addEventListener('abort', () => clearTimeout(timer));
      }),
    ]);
    until.abort(WOKEN);
    this.#loop = null;
  }

  /** People who were another's until now: what that one left half done is looked after here. */
  async #inherit(): Promise<void> {
    try {
      await this.store.recover(this.clock.now());
    } catch (error) {
      this.parts.logger.error({ err: error }, 'what another worker left is looked after later');
    }
    this.#wake.abort(WOKEN);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        // Made before looking: a hint that comes while we look is not slept over.
        this.#wake = new AbortController();
        if (this.clock.monotonic() - this.#refreshed > REFRESH) await this.refresh();
        if ((await this.#several()) === 0) await this.#rest();
      } catch (error) {
        this.parts.logger.error({ err: error }, 'a round failed; it is tried again');
        await this.#pause(this.clock.now() + 1_000);
      }
    }
  }

  async #once(lane: Lane | null = null): Promise<number> {
    const round = this.#deliver.round(this.definitions, lane);
    this.#rounds.add(round);
    return await round.finally(() => this.#rounds.delete(round));
  }

  /** Rounds as long as each finds work: one after the other while they find little, else beside one another. */
  async #several(): Promise<number> {
    let little = 0;
    for (;;) {
      const moved = await this.#once();
      little += moved;
      const isOver = this.#stopping.signal.aborted || this.clock.monotonic() - this.#refreshed > REFRESH;
      if (moved === 0 || isOver) return little;
      if (moved >= MUCH) return little + (await this.#beside());
    }
  }

  async #beside(): Promise<number> {
    const hands = Array.from({ length: this.#deliver.careful ? 1 : ROUNDS }, async () => {
      let worked = 0;
      for (;;) {
        const moved = await this.#once();
        worked += moved;
        if (moved === 0 || this.#stopping.signal.aborted || this.clock.monotonic() - this.#refreshed > REFRESH)
          return worked;
      }
    });
    const others = { done: false };
    const urgent = this.#deliver.careful ? 0 : this.#urgentHand(others);
    const moved = await Promise.all(hands).finally(() => {
      others.done = true;
      this.#hurry.abort(WOKEN);
    });
    return [...moved, await urgent].reduce((sum, one) => sum + one, 0);
  }

  /** While the others work, whoever is urgent is decided for at once and alone: the rounds under way are not waited for. */
  async #urgentHand(others: { readonly done: boolean }): Promise<number> {
    let worked = 0;
    for (;;) {
      // Made before looking, as above.
      this.#hurry = new AbortController();
      if (others.done) return worked;
      const moved = await this.#once('transactional');
      worked += moved;
      if (moved === 0) await this.clock.sleep(this.clock.now() + LOOK, this.#hurry.signal);
    }
  }

  async #due(): Promise<boolean> {
    const next = await this.store.nextWake();
    return next !== null && next <= this.clock.now() && !this.#deliver.stuck;
  }

  async #rest(): Promise<void> {
    const now = this.clock.now();
    const next = await this.store.nextWake();
    await this.#pause(Math.min(next === null || next <= now ? now + SWEEP : next, now + SWEEP));
  }

  async #pause(until: Instant): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.clock.sleep(until, this.#wake.signal);
  }
}
