// Keeping: forgets what is past its time, in slices so small that nobody waits for them, and gives the room back.
// What goes when is decided here; how it goes, and that figures stay what they were, is the store's (I10).

import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Instant, Millis } from '../language/values.ts';
import type { Clock } from '../ports/clock.ts';
import { FORGETTABLE, type Forgettable } from '../ports/keeping.ts';
import type { Store } from '../ports/store.ts';
import type { Workers } from '../ports/workers.ts';

const DAY: Millis = 86_400_000;
export const DEFAULT_RETENTION: Millis = 400 * DAY;

/** Links in a message lead somewhere by its ledger row: unsubscribing has to work for 60 days at least (Canada's CASL 11(2)). */
const LINKS_LIVE: Millis = 90 * DAY;

/** A pass begins so often, and first so long after a start: whoever starts a process has other things to do. */
const EVERY: Millis = 3_600_000;
const AFTER_START: Millis = 60_000;
/** A slice holds the writer for about so long, or for so many rows: what arrives meanwhile waits for it. */
const SMALL = { budgetMs: 1, limit: 500 } as const;
/** Where nobody waits it may be larger: each ends with the disk. */
const LARGE = { budgetMs: 30, limit: 10_000 } as const;
/**
 * Between slices the writer is left alone for so many times as long as the last one took, waiting for it included: about
 * 3 % of arrivals meet one, so that 95 of 100 do not notice. It still comes to millions of rows a day.
 */
const REST = 30;
const SHORTEST_REST: Millis = 20;
const LONGEST_REST: Millis = 1_000;
/** How far the clock may run ahead of the machine's counter before a jump of it is suspected … */
const JUMP: Millis = 6 * EVERY;
/** … and how long it has to stand before it is believed: what a wrong clock had deleted would be gone. */
const BELIEVED_AFTER: Millis = DAY;

/** Under which the store remembers how far the last pass came. */
const PROGRESS = 'keeping';

interface Progress {
  /** When the last whole pass ended. */
  readonly finished: Instant | null;
  /** When every person was last looked at: that is once a day, because it reads all of them. */
  readonly visited: Instant | null;
  /** The kind at hand, where a pass was left half done. */
  readonly kind: Forgettable | null;
}

export interface KeepingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retention?: Millis;
  readonly workers?: Workers;
}

export class Keeping {
  readonly #parts: KeepingParts;
  readonly #ages: Readonly<Record<Forgettable, Millis>>;
  #stopping = new AbortController();
  #loop: Promise<void> | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** Where the clock and the machine's counter stood when last looked at, and since when a jump is distrusted. */
  #seen: { readonly now: Instant; readonly tick: Millis } | null = null;
  #distrusted: Millis | null = null;

  constructor(parts: KeepingParts) {
    this.#parts = parts;
    const retention = parts.retention ?? DEFAULT_RETENTION;
    this.#ages = {
      refused: 7 * DAY,
      mails: 30 * DAY,
      events: retention,
      journal: retention,
      messages: Math.max(retention, LINKS_LIVE),
      people: 90 * DAY,
      pages: 0,
    };
  }

  /** Begins to keep, and goes on until `stop`. */
  start(): void {
    if (this.#loop !== null) return;
    this.#stopping = new AbortController();
    this.#seen = { now: this.#parts.clock.now(), tick: this.#parts.clock.monotonic() };
    this.#loop = this.#run(this.#stopping.signal);
  }

  /** Ends after the slice at hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    this.#loop = null;
  }

  /** Forgets everything that is due, at once and without resting; answers how much is gone. */
  async all(): Promise<Readonly<Record<Forgettable, number>>> {
    const gone = { refused: 0, mails: 0, events: 0, journal: 0, messages: 0, people: 0, pages: 0 };
    for (const kind of FORGETTABLE) {
      let after: string | null = null;
      do {
        const slice = await this.#slice(kind, after, LARGE);
        gone[kind] += slice.gone;
        after = slice.next;
      } while (after !== null);
    }
    const now = this.#parts.clock.now();
    await this.#remember({ finished: now, visited: now, kind: null });
    return gone;
  }

  /** Runs what counts things one by one while nothing is being forgotten: neither missed nor counted twice. */
  still<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const answer = this.#turn.then(work);
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#parts;
    let due = clock.now() + AFTER_START;
    while (!signal.aborted) {
      await clock.sleep(due, signal);
      try {
        if (!signal.aborted && this.#isOurs() && this.#believes()) await this.#pass(signal);
      } catch (error) {
        logger.error({ err: error }, 'keeping failed; it is tried again');
      }
      due = clock.now() + EVERY;
    }
  }

  /** One pass over every kind, resting between slices; one left half done goes on where it was. */
  async #pass(signal: AbortSignal): Promise<void> {
    const begun = this.#parts.clock.now();
    const { finished, visited, kind } = await this.#progress();
    const within = (moment: Instant | null, span: Millis) => moment !== null && Math.abs(begun - moment) < span;
    if (kind === null && within(finished, EVERY)) return;
    const kinds = FORGETTABLE.filter((one) => one !== 'people' || one === kind || !within(visited, DAY));
    for (const next of kinds.slice(kind === null ? 0 : kinds.indexOf(kind))) {
      await this.#remember({ finished, visited, kind: next });
      if (!(await this.#forgetAll(next, signal))) return;
    }
    await this.#remember({ finished: begun, visited: kinds.includes('people') ? begun : visited, kind: null });
  }

  /** False when told to stop before the end. */
  async #forgetAll(kind: Forgettable, signal: AbortSignal): Promise<boolean> {
    let after: string | null = null;
    do {
      const begun = performance.now();
      const slice = await this.#slice(kind, after, SMALL);
      after = slice.next;
      const rest = (performance.now() - begun) * REST;
      await pause(Math.min(LONGEST_REST, Math.max(SHORTEST_REST, rest)), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    } while (after !== null && !signal.aborted);
    return !signal.aborted;
  }

  #slice(kind: Forgettable, after: string | null, size: typeof SMALL | typeof LARGE) {
    const { store, clock } = this.#parts;
    const before = clock.now() - this.#ages[kind];
    return this.still(() => store.forget({ kind, before, after, ...size }));
  }

  /** Of many, whoever looks after the first partition keeps; for a moment it may be two, who forget the same. */
  #isOurs(): boolean {
    const { workers } = this.#parts;
    return workers === undefined || (workers.own !== null && workers.holderOf(0) === workers.own);
  }

  /** Whether the clock may be believed: one that jumped far ahead would have everything deleted. */
  #believes(): boolean {
    const { clock, logger } = this.#parts;
    const [now, tick] = [clock.now(), clock.monotonic()];
    const ahead = this.#seen === null ? 0 : now - this.#seen.now - (tick - this.#seen.tick);
    this.#seen = { now, tick };
    if (ahead > JUMP) {
      this.#distrusted ??= tick;
      logger.warn({ ahead }, 'the clock jumped ahead; nothing is deleted until it has stood so for a day');
    } else if (ahead < -JUMP) this.#distrusted = null;
    if (this.#distrusted !== null && tick - this.#distrusted >= BELIEVED_AFTER) this.#distrusted = null;
    return this.#distrusted === null;
  }

  async #progress(): Promise<Progress> {
    const text = await this.#parts.store.meta(PROGRESS);
    return text === null ? { finished: null, visited: null, kind: null } : (JSON.parse(text) as Progress);
  }

  async #remember(progress: Progress): Promise<void> {
    await this.#parts.store.setMeta(PROGRESS, JSON.stringify(progress));
  }
}
