// Committing what was decided, each person for itself: intents are copied, and what began to leave is passed on.

import type { OutboxItem, Person, PersonId } from '../core/person.ts';
import { laneOf, nextWake } from '../core/wake.ts';
import type { Change, Claim, Loaded } from '../ports/store.ts';
import type { Workshop } from './definitions.ts';
import type { EngineParts } from './engine-parts.ts';
import type { Figures } from './figures.ts';
import type { HandOver } from './hand-over.ts';

/** How many revisions are remembered whose intents are known to be copied. */
const MOST_REMEMBERED = 50_000;

/** A person decided, not stored yet. */
export interface Decided {
  readonly person: Person;
  /** As it was loaded: what was acknowledged by then is read. */
  readonly loaded: Pick<Loaded, 'inboxSeq' | 'more'>;
  /** Messages that began to leave by it. */
  readonly begun: readonly OutboxItem[];
  /** Frozen people who became one with this one. */
  readonly absorb: readonly Person[];
}

/** By what right, and under which conditions. */
export interface Terms {
  readonly claim: Claim | null;
  /** Whoever has anything unread is lost, also where nothing begins to leave. */
  readonly exclusive: boolean;
}

export class Commits {
  readonly #parts: EngineParts;
  readonly #handOver: HandOver;
  readonly #figures: Figures;
  /** Revisions whose intents are known to be copied. */
  readonly #copied = new Map<PersonId, number>();

  constructor(parts: EngineParts, handOver: HandOver, figures: Figures) {
    this.#parts = parts;
    this.#handOver = handOver;
    this.#figures = figures;
  }

  /** Stores each person where nobody was quicker; true for those that won. */
  async store(decided: readonly Decided[], definitions: Workshop, { claim, exclusive }: Terms): Promise<boolean[]> {
    const { store, failpoint } = this.#parts;
    failpoint?.(
      'deliver:before-commit',
      decided.map(({ person }) => person.id),
    );
    const changes = decided.map((one) => changeOf(one, definitions, exclusive));
    const outcomes = await store.commit(changes, claim, true);
    const won = decided.filter((_, n) => outcomes[n] !== 'lost');
    this.#figures.count('tropa_turns_total', {}, won.length);
    this.#figures.count('tropa_commits_lost_total', {}, decided.length - won.length);
    failpoint?.(
      'deliver:before-copy',
      won.map(({ person }) => person.id),
    );
    await this.#copy(decided.filter((_, n) => outcomes[n] === 'won'));
    for (const { person, loaded, absorb, begun } of won) {
      for (const loser of absorb) await store.alias(loser.id, person.id);
      this.#handOver.take({ person, inboxSeq: loaded.inboxSeq }, begun, definitions);
      this.#handOver.recover({ person, inboxSeq: loaded.inboxSeq }, definitions, this.#parts.clock.now());
    }
    return outcomes.map((outcome) => outcome !== 'lost');
  }

  /** Loads people whose earlier intents are surely copied: only then may the next commit trim them. */
  async load(people: readonly PersonId[]): Promise<Loaded[]> {
    const { store } = this.#parts;
    const loaded = await store.load(people);
    const behind = loaded.filter(
      ({ person }) => person.intents.length > 0 && this.#copied.get(person.id) !== person.rev,
    );
    if (behind.length === 0) return loaded;
    await store.copy(behind.map(({ person }) => ({ person: person.id, intents: person.intents })));
    for (const { person } of behind) this.#copied.set(person.id, person.rev);
    return await store.load(people);
  }

  async #copy(won: readonly Decided[]): Promise<void> {
    if (won.length === 0) return;
    await this.#parts.store.copy(won.map(({ person }) => ({ person: person.id, intents: person.intents })));
    for (const { person } of won) {
      this.#copied.delete(person.id);
      this.#copied.set(person.id, person.rev);
    }
    for (const id of this.#copied.keys()) {
      if (this.#copied.size <= MOST_REMEMBERED) break;
      this.#copied.delete(id);
    }
  }
}

function changeOf({ person, loaded }: Decided, definitions: Workshop, exclusive: boolean): Change {
  return {
    person,
    inboxSeq: loaded.inboxSeq,
    exclusive: exclusive || person.outbox.some((item) => item.status === 'begun'),
    wakeAt: loaded.more ? person.now : nextWake(person, definitions),
    lane: laneOf(person, definitions),
  };
}
