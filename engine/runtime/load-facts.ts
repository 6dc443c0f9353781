// Loads what decisions ask for, in bulk: exactly the histories that the states people stand in can name.

import type { Definitions } from '../core/definitions.ts';
import { effectiveTime } from '../core/events.ts';
import type { Facts, HistoryNeed, Missing } from '../core/facts.ts';
import { HISTORY_LIMIT, reaches } from '../core/facts.ts';
import { normaliseEmail, normalisePhone } from '../core/identity.ts';
import { addressOf } from '../core/profile.ts';
import type { Needs } from '../language/compile/compile.ts';
import type { Instant } from '../language/values.ts';
import type { Loaded, Store } from '../ports/store.ts';

/** What is known to be needed before folding: a fold that finds more missing says so. */
export function foreseen({ person, events }: Loaded, definitions: Definitions, now: Instant): Missing {
  const wanted = new Wanted(definitions, now);
  for (const enrollment of person.enrollments) {
    const compiled = definitions.version(enrollment.version);
    if (compiled !== undefined) wanted.all(compiled.needsAt(enrollment.step, enrollment.phase), enrollment.trigger.at);
  }
  const arriving = events.flatMap((event) =>
    definitions.doors(event.name).map((door) => ({ door: door.live, at: effectiveTime(event) })),
  );
  for (const { door, at } of [...arriving, ...silences(person.idle, definitions, now)]) {
    wanted.all(door.compiled.entryNeeds, at);
    for (const rule of door.compiled.journey.exits) wanted.one(rule.event, at);
  }
  return { history: wanted.list(), addresses: addressesOf({ person }) };
}

/** Histories wanted, each as far back as the furthest who asks. */
class Wanted {
  readonly #since = new Map<string, Instant | null>();
  readonly #definitions: Definitions;
  readonly #now: Instant;

  constructor(definitions: Definitions, now: Instant) {
    this.#definitions = definitions;
    this.#now = now;
  }

  one(name: string, since: Instant | null): void {
    const known = this.#since.get(name);
    if (known === undefined || !reaches(known, since)) this.#since.set(name, since);
  }

  all(needs: Needs, entered: Instant): void {
    this.#windows(needs.facts);
    for (const name of needs.sinceEntry) this.one(name, entered);
    for (const segment of needs.segments) this.#windows(this.#definitions.settings.segments[segment]?.needs ?? []);
  }

  list(): HistoryNeed[] {
    return [...this.#since].map(([name, since]) => ({ name, since }));
  }

  #windows(facts: Needs['facts']): void {
    for (const { event, window } of facts) this.one(event, window === null ? null : this.#now - window);
  }
}

function silences(idle: Loaded['person']['idle'], definitions: Definitions, now: Instant) {
  return idle
    .filter((wait) => wait.due <= now)
    .map((wait) => ({ door: definitions.journey(wait.journey), at: wait.at }))
    .filter((one): one is { door: NonNullable<typeof one.door>; at: number } => one.door !== undefined);
}

/** The addresses a message could go to; only people with something on its way need them. */
function addressesOf({ person }: Pick<Loaded, 'person'>): string[] {
  if (person.outbox.every((item) => item.status === 'begun')) return [];
  return [...new Set(person.outbox.map((item) => item.channel))].flatMap((channel) => {
    const address = addressOf(person, channel, normaliseEmail, normalisePhone);
    return address === null ? [] : [`${channel}:${address}`];
  });
}

/** Adds what is missing to what each person's facts hold already, with one question to the store for all of them. */
export async function loadFacts(
  store: Store,
  wanted: readonly { person: string; missing: Missing; known: Facts }[],
): Promise<Facts[]> {
  const asks = wanted.flatMap(({ person, missing }) =>
    missing.history.map(({ name, since }) => ({ person, name, since, limit: HISTORY_LIMIT })),
  );
  const addresses = [...new Set(wanted.flatMap(({ missing }) => missing.addresses))];
  const [histories, suppressed] = await Promise.all([
    asks.length === 0 ? [] : store.history(asks),
    addresses.length === 0 ? new Set<string>() : store.suppressed(addresses),
  ]);
  let next = 0;
  return wanted.map(({ missing, known }) => {
    const history = new Map(known.history);
    for (const need of missing.history) history.set(need.name, { since: need.since, events: histories[next++] ?? [] });
    const told = new Map(known.suppressed);
    for (const address of missing.addresses) told.set(address, suppressed.has(address));
    return { history, suppressed: told };
  });
}
