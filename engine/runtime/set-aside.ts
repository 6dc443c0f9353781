// Inputs that throw or kill: found one by one, tried three times, then set aside alone and shown, so that neighbours
// and the person's other events go on. `tropa retry` brings them back.

import type { PersonId } from '../core/person.ts';
import type { Fold } from '../core/turn.ts';
import type { Store, StoredEvent } from '../ports/store.ts';
import { amend } from './amend.ts';
import type { EngineParts } from './engine-parts.ts';

export const ASIDE = 'aside';
/** Under which the store counts whom and what processes died of. */
const DEATHS = 'deaths';
const MOST_DEATHS = 1_000;
const TRIES = 3;

type Deaths = Readonly<Record<string, number>>;

/** One input set aside, as `tropa faults` shows it. */
export interface AsideInput {
  readonly event: string;
  readonly person: PersonId;
  readonly name: string;
  readonly why: string;
  readonly at: number;
}

export class SetAside {
  readonly #parts: EngineParts;
  #aside: AsideInput[] = [];
  /** People and events that a process died of, and that have not passed since. */
  #suspects = new Set<PersonId>();
  #known: string | null = null;
  /** People of every round under way. */
  readonly #trying = new Set<PersonId>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Reads what is aside, and what the last process was trying when it died. */
  async load(): Promise<void> {
    const { attempts, clock, logger } = this.#parts;
    await this.refresh();
    const last = attempts.last();
    attempts.note(null);
    if (last === null) return;
    const deaths = await this.#count(last.event === null ? last.people : [last.event]);
    this.#suspects = new Set(Object.keys(deaths));
    const { event } = last;
    if (event !== null && (deaths[event] ?? 0) >= TRIES) {
      logger.error({ event }, 'an input killed the engine three times; it is set aside');
      await this.#put({
        event,
        person: last.people[0] ?? '',
        name: '',
        why: 'it ended the process three times',
        at: clock.now(),
      });
      await this.#acquit([event]);
    }
  }

  /** One death more of each; answers all that are known. */
  async #count(ids: readonly string[]): Promise<Deaths> {
    const counted = await amend<Deaths>(this.#parts.store, DEATHS, (before) => {
      const deaths: Record<string, number> = Object.fromEntries(Object.entries(before ?? {}).slice(-MOST_DEATHS));
      for (const id of ids) deaths[id] = (deaths[id] ?? 0) + 1;
      return deaths;
    });
    return counted ?? {};
  }

  /** These killed nobody. Answers whether anybody else is suspected still, by whatever process. */
  async #acquit(ids: readonly string[]): Promise<boolean> {
    const rest = await amend<Deaths>(this.#parts.store, DEATHS, (before) => {
      if (before === null || !ids.some((id) => id in before)) return before;
      return Object.fromEntries(Object.entries(before).filter(([id]) => !ids.includes(id)));
    });
    return Object.keys(rest ?? {}).length > 0;
  }

  /** Nobody was due: whoever is suspected still has passed elsewhere, or never was the reason. */
  rested(): void {
    this.#suspects.clear();
  }

  /** Reads again what is aside: a command, or another process, may have brought some back. */
  async refresh(): Promise<void> {
    const text = await this.#parts.store.meta(ASIDE);
    if (text === this.#known) return;
    this.#known = text;
    this.#aside = JSON.parse(text ?? '[]') as AsideInput[];
  }

  has(event: string): boolean {
    return this.#aside.some((one) => one.event === event);
  }

  /** After a death only one round runs at a time. */
  get careful(): boolean {
    return this.#suspects.size > 0;
  }

  /** After a death, people are taken one at a time until those who were there have passed. */
  batch(limit: number): number {
    return this.#suspects.size === 0 ? limit : 1;
  }

  /** Folds a person's events; where that throws, finds the one that does, sets it aside and folds the rest. */
  async attempt(
    person: PersonId,
    events: readonly StoredEvent[],
    fold: (events: readonly StoredEvent[]) => Fold,
  ): Promise<Fold | null> {
    if (this.#suspects.size > 0) return await this.#carefully(person, events, fold);
    try {
      this.#parts.failpoint?.(
        'deliver:before-fold',
        events.map((event) => event.name),
      );
      return fold(events);
    } catch (error) {
      return await this.#bisect(person, events, fold, error);
    }
  }

  /** Notes who is about to be decided, once for all of them: should the process die of one, each is tried alone. */
  trying(people: readonly PersonId[]): void {
    for (const person of people) this.#trying.add(person);
    this.#noteTrying();
  }

  /** All of them were decided. */
  tried(people: readonly PersonId[]): void {
    for (const person of people) this.#trying.delete(person);
    this.#noteTrying();
  }

  #noteTrying(): void {
    if (this.#suspects.size > 0) return;
    this.#parts.attempts.note(this.#trying.size === 0 ? null : { people: [...this.#trying], event: null });
  }

  /** One event a time, each noted before it is tried: a death then names its event. */
  async #carefully(
    person: PersonId,
    events: readonly StoredEvent[],
    fold: (events: readonly StoredEvent[]) => Fold,
  ): Promise<Fold | null> {
    const { attempts } = this.#parts;
    for (const event of events) {
      attempts.note({ people: [person], event: event.id });
      this.#parts.failpoint?.('deliver:before-fold', [event.name]);
      try {
        fold([event]);
      } catch (error) {
        return await this.#bisect(person, events, fold, error);
      }
    }
    attempts.note(null);
    const passed = [person, ...events.map((event) => event.id)];
    for (const id of passed) this.#suspects.delete(id);
    if (!(await this.#acquit(passed))) this.#suspects.clear();
    return fold(events);
  }

  async #bisect(
    person: PersonId,
    events: readonly StoredEvent[],
    fold: (events: readonly StoredEvent[]) => Fold,
    error: unknown,
  ): Promise<Fold | null> {
    const { logger, clock } = this.#parts;
    const good: StoredEvent[] = [];
    for (const event of events) {
      const why = thrownBy(() => fold([...good, event]));
      if (why === null) good.push(event);
      else {
        // Why is told by `tropa faults`: an error's words may quote what a customer typed (P30).
        logger.error({ event: event.id }, 'an input cannot be decided; it is set aside');
        await this.#put({ event: event.id, person, name: event.name, why, at: clock.now() });
      }
    }
    if (good.length === events.length) {
      logger.error({ err: error, person }, 'a person cannot be decided');
      return null;
    }
    return thrownBy(() => fold(good)) === null ? fold(good) : null;
  }

  async #put(one: AsideInput): Promise<void> {
    await amend<AsideInput[]>(this.#parts.store, ASIDE, (aside) => [
      ...(aside ?? []).filter((known) => known.event !== one.event),
      one,
    ]);
    await this.refresh();
  }
}

/** Takes inputs out of those set aside; answers how many. */
export async function bringBack(
  store: Pick<Store, 'meta' | 'swapMeta'>,
  which: (input: AsideInput) => boolean,
): Promise<number> {
  let count = 0;
  await amend<AsideInput[]>(store, ASIDE, (aside) => {
    const rest = (aside ?? []).filter((one) => !which(one));
    count = (aside?.length ?? 0) - rest.length;
    return count === 0 ? aside : rest;
  });
  return count;
}

function thrownBy(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
