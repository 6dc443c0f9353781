// Records as they were last stored, by revision: what the writer says is unchanged is not read again. Whoever gets a
// record may not change it; a turn works on a copy of its own.

import type { Person, PersonId } from '../../core/person.ts';

export interface PeopleCache {
  /** Revisions known of these people. */
  revisions(people: readonly PersonId[]): Readonly<Record<PersonId, number>>;
  get(person: PersonId): Person | undefined;
  put(person: Person): void;
  /** Somebody else was quicker, or nobody knows. */
  forget(person: PersonId): void;
}

/** Remembers the `most` people who were put last. */
export function createPeopleCache(most: number): PeopleCache {
  const known = new Map<PersonId, Person>();
  return {
    revisions: (people) =>
      Object.fromEntries(
        people.flatMap((id) => {
          const person = known.get(id);
          return person === undefined ? [] : [[id, person.rev]];
        }),
      ),
    get: (id) => known.get(id),
    put(person) {
      known.delete(person.id);
      known.set(person.id, person);
      if (known.size <= most) return;
      for (const oldest of known.keys()) {
        known.delete(oldest);
        return;
      }
    },
    forget: (id) => void known.delete(id),
  };
}
