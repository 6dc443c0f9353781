// Figures as pages ask for them again and again: counted once for all who look, and the longer a count takes the longer it
// stands, so that screens never cost the engine more than a twentieth of a core.

import type { Enrollment } from '../../core/person.ts';
import { startOf, wallClock } from '../../language/calendar.ts';
import type { Store } from '../../ports/store.ts';
import { type Activity, activityOf, type Span } from '../../reports/activity.ts';
import { type Buyers, buyersOf } from '../../reports/buyers.ts';
import { type Revenue, revenueOf } from '../../reports/revenue.ts';
import type { HttpHost } from '../host.ts';

/** A count stands this many times as long as it took, and at least this long, in real milliseconds. */
const TIMES = 20;
const AT_LEAST = 1_000;
const KEPT = 200;
const PAGE = 500;

/** People inside, by step: under `journey` all versions together, under `journey version` one. */
export type Inside = ReadonlyMap<string, ReadonlyMap<string, number>>;

export class Figures {
  readonly #host: HttpHost;
  readonly #kept = new Map<string, { readonly answer: Promise<unknown>; until: number }>();

  constructor(host: HttpHost) {
    this.#host = host;
  }

  /** Everything between two moments. */
  between(span: Span): Promise<Activity> {
    return this.#once(`all ${this.#about(span)}`, () => activityOf(this.#host.store, { span, ...this.#calendar() }));
  }

  /** One version of a journey between two moments. */
  of(journey: string, version: string, span: Span): Promise<Activity> {
    return this.#once(`${journey} ${version} ${this.#about(span)}`, () =>
      activityOf(this.#host.store, { span, journey, version, ...this.#calendar() }),
    );
  }

  /** Where everybody stands now. */
  inside(): Promise<Inside> {
    return this.#once('inside', () => standing(this.#host));
  }

  /** What orders placed between two moments brought in, and for which messages. */
  revenue(span: Span): Promise<Revenue> {
    const settings = this.#host.settings();
    const { currency, attribution } = settings;
    return this.#once(`revenue ${this.#about(span)} ${currency} ${attribution.click} ${attribution.open}`, () =>
      revenueOf(this.#host.store, { span, settings, dayOf: this.#calendar().dayOf }),
    );
  }

  /** Who buys, and who comes back. */
  buyers(): Promise<Buyers> {
    const { currency, timezone } = this.#host.settings();
    const { store, now } = this.#host;
    return this.#once(`buyers ${currency} ${timezone}`, () => buyersOf(store, { now: now(), currency, timezone }));
  }

  /** How long a span is, and how many such spans ago: what a slow count told of it a minute ago still stands. */
  #about({ from, to }: Span): string {
    return `${to - from} ${Math.round((this.#host.now() - to) / (to - from))}`;
  }

  /** Days and hours of the week where the workspace is. */
  #calendar() {
    const { timezone } = this.#host.settings();
    return {
      dayOf: (at: number) => startOf('day', at, timezone),
      hourOf: (at: number) => {
        const { weekday, hour } = wallClock(at, timezone);
        return (weekday - 1) * 24 + hour;
      },
    };
  }

  #once<Answer>(key: string, count: () => Promise<Answer>): Promise<Answer> {
    const known = this.#kept.get(key);
    const began = performance.now();
    if (known !== undefined && known.until > began) return known.answer as Promise<Answer>;
    const answer = count();
    const entry = { answer, until: Number.POSITIVE_INFINITY };
    this.#kept.set(key, entry);
    void answer.then(
      () => {
        const now = performance.now();
        entry.until = now + Math.max(AT_LEAST, TIMES * (now - began));
      },
      () => this.#kept.delete(key),
    );
    for (const [old] of this.#kept) if (this.#kept.size > KEPT) this.#kept.delete(old);
    return answer;
  }
}

async function standing({ store }: HttpHost): Promise<Inside> {
  const all = new Map<string, Map<string, number>>();
  const add = (key: string, step: string) => {
    const steps = all.get(key) ?? new Map<string, number>();
    steps.set(step, (steps.get(step) ?? 0) + 1);
    all.set(key, steps);
  };
  const { journeys } = await store.workspace();
  for (const { id } of journeys)
    for await (const { journey, version, step } of enrollmentsIn(store, id)) {
      add(journey, step);
      add(`${journey} ${version}`, step);
    }
  return all;
}

async function* enrollmentsIn(store: Store, journey: string): AsyncGenerator<Enrollment> {
  let after: string | undefined;
  for (;;) {
    const people = await store.people({ inside: journey, limit: PAGE, ...(after !== undefined && { after }) });
    for (const { enrollments } of people) yield* enrollments.filter((one) => one.journey === journey);
    if (people.length < PAGE) return;
    after = people.at(-1)?.id;
  }
}
