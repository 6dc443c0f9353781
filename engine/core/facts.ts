// What a decision may know beyond the person's record: the history of events and which addresses are suppressed.
// A fold that asks for more than was loaded says so, and is made again with it; it never guesses.

import type { PastEvent } from '../language/condition.ts';
import type { Instant } from '../language/values.ts';

/** The most events of one name that a decision looks at. */
export const HISTORY_LIMIT = 100_000;

/** A history to be loaded: own events of this name since then, or all that are kept. */
export interface HistoryNeed {
  readonly name: string;
  readonly since: Instant | null;
}

export interface Facts {
  /** Applied events by name, newest first, as far back as `since` says. */
  readonly history: ReadonlyMap<string, { readonly since: Instant | null; readonly events: readonly PastEvent[] }>;
  /** `email:anna@example.com` → whether it is suppressed. */
  readonly suppressed: ReadonlyMap<string, boolean>;
}

export const NO_FACTS: Facts = { history: new Map(), suppressed: new Map() };

/** What a fold found missing. */
export interface Missing {
  readonly history: readonly HistoryNeed[];
  readonly addresses: readonly string[];
}

/** Facts as of this turn: what was loaded, and what this fold has applied so far. */
export class FactsInHand {
  readonly #loaded: Facts;
  readonly #fresh = new Map<string, PastEvent[]>();
  readonly #missing = new Map<string, HistoryNeed>();
  readonly #addresses = new Set<string>();

  constructor(loaded: Facts) {
    this.#loaded = loaded;
  }

  /** An event has been applied: from here on it counts. */
  add(name: string, event: PastEvent): void {
    const known = this.#fresh.get(name) ?? [];
    known.push(event);
    this.#fresh.set(name, known);
  }

  /** Own events of this name at or after `since`, newest first. */
  events(name: string, since: Instant | null): readonly PastEvent[] {
    const loaded = this.#loaded.history.get(name);
    if (loaded === undefined || !reaches(loaded.since, since)) this.#miss(name, since);
    const fresh = this.#fresh.get(name);
    const all = fresh === undefined ? (loaded?.events ?? []) : merge(loaded?.events ?? [], fresh);
    return since === null ? all : all.filter((event) => event.at >= since);
  }

  suppressed(address: string): boolean {
    const known = this.#loaded.suppressed.get(address);
    if (known === undefined) this.#addresses.add(address);
    return known ?? false;
  }

  /** What was asked for and not there, or null. */
  missing(): Missing | null {
    if (this.#missing.size === 0 && this.#addresses.size === 0) return null;
    return { history: [...this.#missing.values()], addresses: [...this.#addresses] };
  }

  #miss(name: string, since: Instant | null): void {
    const known = this.#missing.get(name);
    if (known === undefined || !reaches(known.since, since)) this.#missing.set(name, { name, since });
  }
}

/** Whether a history kept since `have` answers a question about `want`. */
export function reaches(have: Instant | null, want: Instant | null): boolean {
  return have === null || (want !== null && have <= want);
}

function merge(loaded: readonly PastEvent[], fresh: readonly PastEvent[]): PastEvent[] {
  const known = new Set(loaded.map((event) => event.id));
  return [...fresh.filter((event) => !known.has(event.id)), ...loaded].sort(
    (a, b) => b.at - a.at || (a.id < b.id ? 1 : -1),
  );
}
