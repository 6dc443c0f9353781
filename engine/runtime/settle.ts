// Outcomes of hand-overs, applied at once to the person as it was when the message began to leave: no arrival, no claim,
// no loading. Only where nobody was quicker and nothing is unread; every other outcome walks the road of all events,
// and so do those of providers that tell of delivery too (see `hand-over.ts`).

import { NO_FACTS } from '../core/facts.ts';
import type { Intent } from '../core/person.ts';
import { fold } from '../core/turn.ts';
import type { IncomingEvent, StoredEvent } from '../ports/store.ts';
import { needed, versionsOf } from './beyond.ts';
import type { Commits, Decided } from './commits.ts';
import type { DefinitionReader, Workshop } from './definitions.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Standing } from './hand-over.ts';
import { foreseen, loadFacts } from './load-facts.ts';
import { isMerging } from './merging.ts';

interface Outcome {
  readonly standing: Standing;
  readonly event: IncomingEvent;
  readonly tell: (applied: boolean) => void;
}

export class Settle {
  readonly #parts: EngineParts;
  readonly #reader: DefinitionReader;
  readonly #commits: Commits;
  readonly #definitions: () => Workshop;
  #waiting: Outcome[] = [];
  #running = false;

  constructor(parts: EngineParts, reader: DefinitionReader, commits: Commits, definitions: () => Workshop) {
    this.#parts = parts;
    this.#reader = reader;
    this.#commits = commits;
    this.#definitions = definitions;
  }

  /** True once the outcome is durable and has taken effect; false: nothing of it has, and it is to be told as any event. */
  apply(standing: Standing, event: IncomingEvent): Promise<boolean> {
    return new Promise((tell) => {
      this.#waiting.push({ standing, event, tell });
      if (this.#running) return;
      this.#running = true;
      setImmediate(() => void this.#run());
    });
  }

  /** What comes while some are stored is stored together afterwards. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const outcomes = this.#waiting;
      this.#waiting = [];
      const applied = await this.#settle(outcomes).catch(() => new Set<Outcome>());
      for (const outcome of outcomes) outcome.tell(applied.has(outcome));
    }
    this.#running = false;
  }

  async #settle(outcomes: readonly Outcome[]): Promise<ReadonlySet<Outcome>> {
    const definitions = this.#definitions();
    const one = firstOfEach(outcomes).filter(({ standing }) => !isMerging(standing.person));
    await this.#reader.ensure(one.flatMap(({ standing }) => versionsOf(standing.person)));
    const now = this.#parts.clock.now();
    const inputs = one.map(({ standing, event }) => ({ ...standing, events: [stored(event)], more: false }));
    const facts = await loadFacts(
      this.#parts.store,
      inputs.map((loaded) => ({
        person: loaded.person.id,
        missing: foreseen(loaded, definitions, Math.max(loaded.person.now, now)),
        known: NO_FACTS,
      })),
    );
    const ready: { readonly outcome: Outcome; readonly decided: Decided }[] = [];
    for (const [n, loaded] of inputs.entries()) {
      if (needed(definitions.strange, loaded.person, loaded.events) !== null) continue;
      const decided = decide(() =>
        fold(loaded.person, { ...loaded, absorb: [] }, facts[n] ?? NO_FACTS, definitions, this.#parts.clock.now()),
      );
      const outcome = one[n] as Outcome;
      if (decided === null) continue;
      const person = { ...decided.person, intents: keeping(decided.person.intents, outcome.event) };
      ready.push({ outcome, decided: { ...decided, person, loaded, absorb: [] } });
    }
    if (ready.length === 0) return new Set();
    const terms = { claim: null, exclusive: true };
    const won = await this.#commits.store(
      ready.map(({ decided }) => decided),
      definitions,
      terms,
    );
    return new Set(ready.filter((_, n) => won[n] === true).map(({ outcome }) => outcome));
  }
}

/** A second outcome of the same person is of another revision than the first one leaves: it goes the long way. */
function firstOfEach(outcomes: readonly Outcome[]): Outcome[] {
  const people = new Set<string>();
  return outcomes.filter(({ standing }) => people.size < people.add(standing.person.id).size);
}

/** What cannot be decided here, or not without more facts, is nobody's loss: the long road looks after it. */
function decide(run: () => ReturnType<typeof fold>): Exclude<ReturnType<typeof fold>, { missing: unknown }> | null {
  try {
    const result = run();
    return 'missing' in result ? null : result;
  } catch {
    return null;
  }
}

function stored(event: IncomingEvent): StoredEvent {
  return { ...event, person: event.person ?? null, links: [], hops: event.hops ?? 0, done: false };
}

/** The event was never stored: its mark becomes the event itself. */
function keeping(intents: readonly Intent[], { id, name, at, data, hops = 0 }: IncomingEvent): Intent[] {
  return intents.map((intent) =>
    intent.kind === 'done' && intent.id === id
      ? { kind: 'emit', id, event: { name, at, data, hops }, applied: true }
      : intent,
  );
}
