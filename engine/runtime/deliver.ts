// Delivering: claims people who are due, folds what is theirs, commits each for itself, copies what belongs elsewhere,
// and passes on what began to leave. Whoever loses the race is simply decided again.

import type { Facts, Missing } from '../core/facts.ts';
import { NO_FACTS } from '../core/facts.ts';
import type { Person, PersonId } from '../core/person.ts';
import type { Fold } from '../core/turn.ts';
import { fold } from '../core/turn.ts';
import type { Claim, Lane, Loaded, StoredEvent } from '../ports/store.ts';
import { needed, versionsOf } from './beyond.ts';
import type { Breath } from './breath.ts';
import type { Commits, Decided } from './commits.ts';
import type { DefinitionReader, Workshop } from './definitions.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Figures } from './figures.ts';
import type { HandOver } from './hand-over.ts';
import { foreseen, loadFacts } from './load-facts.ts';
import { freeze, isMerging, putTogether } from './merging.ts';
import { SetAside } from './set-aside.ts';
import type { Tracing } from './tracing.ts';

/** More at once would hold the event loop for longer than a door may be kept waiting: records are read and written whole. */
const LIMIT = 100;
const LEASE_MS = 30_000;
/** A fold that keeps asking for more facts than this is a fault of ours. */
const MOST_LOADS = 25;

interface Left {
  readonly person: PersonId;
  readonly format: number;
}

interface Round {
  readonly urgent: boolean;
  /** Gathers whom this release does not understand. */
  readonly left: Left[];
}

interface Candidate {
  readonly loaded: Loaded;
  readonly events: readonly StoredEvent[];
  readonly absorb: readonly Person[];
  facts: Facts;
  missing: Missing;
}

/** Decided by what was loaded with the person. */
type FromEvents = Decided & { readonly loaded: Loaded };

interface DeliverParts {
  readonly breath: Breath;
  readonly commits: Commits;
  readonly figures: Figures;
  readonly tracing: Tracing | null;
}

export class Deliver {
  readonly #parts: EngineParts;
  readonly #reader: DefinitionReader;
  readonly #handOver: HandOver;
  readonly #aside: SetAside;
  readonly #breath: Breath;
  readonly #figures: Figures;
  readonly #commits: Commits;
  readonly #tracing: Tracing | null;
  #begun = false;
  /** Nothing moved although somebody was due: their inputs are set aside, or another holds them. */
  stuck = false;

  constructor(
    parts: EngineParts,
    reader: DefinitionReader,
    handOver: HandOver,
    { breath, commits, figures, tracing }: DeliverParts,
  ) {
    this.#commits = commits;
    this.#figures = figures;
    this.#tracing = tracing;
    this.#breath = breath;
    this.#parts = parts;
    this.#reader = reader;
    this.#handOver = handOver;
    this.#aside = new SetAside(parts);
  }

  /** Once, before the first round: learns what the process before this one died of. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await this.#aside.load();
  }

  /** Learns what was set aside, or brought back, since it last looked. */
  async refresh(): Promise<void> {
    await this.#aside.refresh();
  }

  /** Whether rounds have to go one after another. */
  get careful(): boolean {
    return this.#aside.careful;
  }

  /** One claim, decided and committed; of one lane where that is named. Returns how many people were moved. */
  async round(definitions: Workshop, lane: Lane | null = null): Promise<number> {
    const { store, clock } = this.#parts;
    // What is urgent waits for nobody's sending.
    if (lane !== 'transactional') await this.#handOver.room();
    const claim = await store.claim({
      lane,
      now: clock.now(),
      limit: this.#aside.batch(LIMIT),
      tick: clock.monotonic(),
      leaseMs: LEASE_MS,
    });
    if (claim.people.length === 0) {
      if (lane === null) this.#aside.rested();
      return 0;
    }
    const left: Left[] = [];
    try {
      const won = await this.#decide(claim, definitions, { urgent: lane === 'transactional', left });
      this.stuck = won === 0;
      return won;
    } finally {
      // Whoever was left stays claimed until the lease lapses: they are not met again and again meanwhile.
      const people = claim.people.filter((id) => left.every(({ person }) => person !== id));
      // Nobody waits for it: what is asked after it is answered after it.
      store.release({ ...claim, people }).catch(() => undefined);
    }
  }

  /** Whoever stands in what this release does not understand is somebody else's (see `beyond.ts`). */
  async #leave(left: readonly Left[]): Promise<void> {
    if (left.length === 0) return;
    await this.#parts.store.leave?.(left);
    this.#figures.count('tropa_people_left_total', {}, left.length);
  }

  async #decide(claim: Claim, definitions: Workshop, { urgent, left }: Round): Promise<number> {
    const loaded = await this.#commits.load(claim.people);
    const ready: Loaded[] = [];
    for (const one of loaded) {
      if (isMerging(one.person)) await putTogether(this.#parts, one.person);
      else ready.push(one);
    }
    await this.#reader.ensure(ready.flatMap(({ person }) => versionsOf(person)));
    const candidates = await this.#prepare(ready, definitions, left);
    await this.#leave(left);
    const people = candidates.map(({ loaded }) => loaded.person.id);
    this.#aside.trying(people);
    const decided = await this.#foldAll(candidates, definitions, urgent).finally(() => this.#aside.tried(people));
    if (decided.length === 0) return 0;
    const won = await this.#commits.store(decided, definitions, { claim, exclusive: false });
    if (this.#tracing !== null) this.#trace(decided.filter((_, n) => won[n] === true));
    return won.filter(Boolean).length;
  }

  #trace(won: readonly FromEvents[]): void {
    const now = this.#parts.clock.now();
    for (const { person, loaded, begun } of won) this.#tracing?.decided(person, loaded.events, begun, now);
  }

  async #prepare(ready: readonly Loaded[], definitions: Workshop, left: Left[]): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    for (const loaded of ready) {
      const absorb =
        needed(definitions.strange, loaded.person, loaded.events) === null ? await freeze(this.#parts, loaded) : [];
      if (absorb === null) continue;
      await this.#reader.ensure(absorb.flatMap(versionsOf));
      const formats = [loaded.person, ...absorb].map(
        (person) => needed(definitions.strange, person, loaded.events) ?? 0,
      );
      if (Math.max(...formats) > 0) {
        left.push({ person: loaded.person.id, format: Math.max(...formats) });
        continue;
      }
      const events = loaded.events.filter((event) => !this.#aside.has(event.id));
      candidates.push({
        loaded,
        events,
        absorb,
        facts: NO_FACTS,
        missing: foreseen(loaded, definitions, Math.max(loaded.person.now, this.#parts.clock.now())),
      });
    }
    return candidates;
  }

  async #foldAll(candidates: readonly Candidate[], definitions: Workshop, urgent: boolean): Promise<FromEvents[]> {
    const decided: FromEvents[] = [];
    let open = [...candidates];
    for (let loads = 0; open.length > 0 && loads < MOST_LOADS; loads += 1) {
      const facts = await loadFacts(
        this.#parts.store,
        open.map(({ loaded, missing, facts: known }) => ({ person: loaded.person.id, missing, known })),
      );
      open.forEach((candidate, n) => {
        candidate.facts = facts[n] ?? NO_FACTS;
      });
      const again: Candidate[] = [];
      for (const candidate of open) {
        await this.#breath.take(urgent);
        const result = await this.#foldOne(candidate, definitions);
        if (result === null) continue;
        if ('missing' in result) again.push({ ...candidate, missing: result.missing });
        else decided.push({ ...result, loaded: candidate.loaded, absorb: candidate.absorb });
      }
      open = again;
    }
    return decided;
  }

  /** Folds with the attempt noted; an input that throws is found and set aside alone, and the rest is folded without it. */
  async #foldOne(candidate: Candidate, definitions: Workshop): Promise<Fold | null> {
    const { loaded, absorb, facts } = candidate;
    const clock = this.#parts.clock.now();
    const attempt = (events: readonly StoredEvent[]) =>
      fold(loaded.person, { events, absorb, more: loaded.more }, facts, definitions, clock);
    return await this.#aside.attempt(loaded.person.id, candidate.events, attempt);
  }
}
