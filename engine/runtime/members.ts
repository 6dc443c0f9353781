// Who is in a segment now, judged in bulk from the people's records and the histories the segment asks for.

import type { Facts, Missing } from '../core/facts.ts';
import { FactsInHand, NO_FACTS } from '../core/facts.ts';
import type { Person } from '../core/person.ts';
import { scopeOf } from '../core/scope.ts';
import { Work } from '../core/work.ts';
import type { Instant } from '../language/values.ts';
import type { Store } from '../ports/store.ts';
import type { Workshop } from './definitions.ts';
import { loadFacts } from './load-facts.ts';

/** Those of `people` who fulfil the segment at `now`; whoever is being merged is passed over. */
export async function membersOf(
  store: Store,
  definitions: Workshop,
  segment: string,
  people: readonly Person[],
  now: Instant,
): Promise<Person[]> {
  const members: Person[] = [];
  let open = people.filter((person) => person.into === null).map((person) => ({ person, known: NO_FACTS }));
  while (open.length > 0) {
    const asked: { person: Person; known: Facts; missing: Missing }[] = [];
    for (const { person, known } of open) {
      const facts = new FactsInHand(known);
      const inside = scopeOf(new Work(person, facts, definitions, now), {}).segment(segment);
      const missing = facts.missing();
      if (missing !== null) asked.push({ person, known, missing });
      else if (inside) members.push(person);
    }
    const loaded =
      asked.length === 0
        ? []
        : await loadFacts(
            store,
            asked.map(({ person, missing, known }) => ({ person: person.id, missing, known })),
          );
    open = asked.map(({ person }, n) => ({ person, known: loaded[n] ?? NO_FACTS }));
  }
  return members;
}
