// After a restore sending stands still: timers, silences and hand-overs wait until somebody says what becomes of the
// messages that were due since the backup. Events, entries and exits still count.

import { hasRunOut } from '../core/expire.ts';
import { mint } from '../core/ids.ts';
import type { Person } from '../core/person.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { IncomingEvent } from '../ports/store.ts';
import type { Engine } from './engine.ts';
import { readHeld, writeHeld } from './held.ts';

const PAGE = 500;

/**
 * Lets sending go on. What was due leaves now, in the order in which it was due; with `expire` it is dropped. Answers how
 * many people lost something by that; null when nothing is held. Ended in the middle, it is asked for once more.
 */
export async function releaseSending(engine: Engine, expire: boolean): Promise<{ expired: number } | null> {
  const { store, clock } = engine;
  const held = await readHeld(store);
  if (held === null) return null;
  const expired = expire && held.released !== true ? await dropDue(engine, held.since) : 0;
  await writeHeld(store, { ...held, released: true });
  const { journeys } = await store.workspace();
  // Says only that definitions are to be read again; whoever is woken must not be decided by the old ones.
  for (const { id, archived } of journeys) await store.setJourney(id, { archived }, clock.now());
  await engine.drain();
  for (const { id, paused } of journeys) if (!paused) await store.setJourney(id, { paused }, clock.now());
  await tell(engine, 'tropa.released', {}, ({ idle, outbox }) => idle.length + outbox.length > 0);
  await writeHeld(store, null);
  engine.parts.wakeups.notify();
  return { expired };
}

async function dropDue(engine: Engine, by: Instant): Promise<number> {
  const count = await tell(engine, 'tropa.expire', { by }, (person) => hasRunOut(person, by));
  await engine.drain();
  return count;
}

/** Causes an event of everybody whom it concerns; answers how many they were. */
async function tell(
  { store, clock }: Engine,
  name: string,
  data: JsonObject,
  concerns: (person: Person) => boolean,
): Promise<number> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const people = await store.people({ limit: PAGE, ...(after !== undefined && { after }) });
    const concerned = people.filter(concerns);
    const now = clock.now();
    await store.ingest(concerned.map((person): IncomingEvent => eventOf(person, name, data, now)));
    count += concerned.length;
    after = people.at(-1)?.id;
    if (people.length < PAGE) return count;
  }
}

/** Asked for twice of one revision it is one event. */
function eventOf(person: Person, name: string, data: JsonObject, now: Instant): IncomingEvent {
  const id = mint(name, person.id, person.rev);
  return { id, source: 'tropa', name, at: now, received: now, who: [], person: person.id, data };
}
