// Who may decide for whom. Kept in memory: a claim means nothing after a restart of the only process that gives them.

import { randomUUID } from 'node:crypto';
import type { PersonId } from '../../core/person.ts';
import type { Claim } from '../../ports/store.ts';

export type Claims = ReturnType<typeof createClaims>;

export function createClaims() {
  const held = new Map<PersonId, { token: string; until: number }>();
  // Told apart from the claims of every earlier process.
  const opening = randomUUID();
  let made = 0;
  return {
    /** Forgets what ran out by `tick`: whoever held it commits nothing any more (P11). */
    lapse(tick: number): void {
      for (const [person, { until }] of held) if (until <= tick) held.delete(person);
    },
    isFree: (person: PersonId): boolean => !held.has(person),
    holds: (token: string, person: PersonId): boolean => held.get(person)?.token === token,
    grant(people: readonly PersonId[], until: number): Claim {
      made += 1;
      const token = `${opening}-${made}`;
      for (const person of people) held.set(person, { token, until });
      return { token, people };
    },
    release({ token, people }: Claim): void {
      for (const person of people) if (held.get(person)?.token === token) held.delete(person);
    },
    drop: (person: PersonId): void => void held.delete(person),
  };
}
