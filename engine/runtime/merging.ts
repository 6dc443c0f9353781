// Merging two people over single-person commits: freeze the loser, let the winner absorb, make the loser an alias.
// Each step may be the last one of a process; whoever finds it half done goes on.

import { mint } from '../core/ids.ts';
import type { Person, PersonId } from '../core/person.ts';
import type { Loaded } from '../ports/store.ts';
import type { EngineParts } from './engine-parts.ts';
import { eraseOne } from './erasing.ts';

/** A frozen person decides nothing any more. */
export function isMerging(person: Person): boolean {
  return person.into !== null;
}

/** Freezes everybody this person's events are linked to. Null when one of them was lost to a race: try again later. */
export async function freeze(parts: EngineParts, { person, events }: Loaded): Promise<Person[] | null> {
  const frozen: Person[] = [];
  const links = new Set(events.flatMap((event) => event.links));
  for (const link of links) {
    if (link === person.id || person.absorbed.includes(link)) continue;
    const loser = await freezeOne(parts, link, person.id);
    if (loser === 'lost') return null;
    if (loser !== 'gone') frozen.push(loser);
  }
  return frozen;
}

async function freezeOne(parts: EngineParts, link: PersonId, winner: PersonId): Promise<Person | 'lost' | 'gone'> {
  const [loaded] = await parts.store.load([link]);
  if (loaded === undefined || loaded.person.id === winner || loaded.person.into === winner)
    return loaded?.person.into === winner ? loaded.person : 'gone';
  const loser = loaded.person;
  if (loser.into !== null) return 'lost';
  await parts.store.copy([{ person: loser.id, intents: loser.intents }]);
  const person: Person = { ...loser, rev: loser.rev + 1, intents: [], into: winner };
  const [outcome] = await parts.store.commit(
    [{ person, inboxSeq: loaded.inboxSeq, exclusive: false, wakeAt: person.now, lane: 'live' }],
    null,
  );
  return outcome === 'won' ? person : 'lost';
}

/** Finishes a merge that was left half done: alias the loser if it was absorbed, else tell the winner again. */
export async function putTogether(parts: EngineParts, loser: Person): Promise<void> {
  if (loser.into === null) return;
  const [winner] = await parts.store.load([loser.into]);
  if (winner === undefined) {
    // Whom they were becoming one with was erased meanwhile: they are the same human.
    await eraseOne(parts.store, loser.id, parts.clock.now());
    return;
  }
  if (winner.person.absorbed.includes(loser.id)) {
    await parts.store.alias(loser.id, winner.person.id);
    return;
  }
  const now = parts.clock.now();
  await parts.store.ingest([
    {
      id: mint('absorb', loser.id, loser.into),
      source: 'tropa',
      name: 'tropa.alias',
      at: now,
      received: now,
      who: [],
      person: loser.into,
      links: [loser.id],
      data: {},
    },
  ]);
}
