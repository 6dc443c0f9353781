// What every store keeps beside a person's record so that people can be found without reading all of them.

import type { Intent, Person } from '../core/person.ts';

export interface PersonDigest {
  /** Journeys with a live enrollment, sorted. */
  readonly inside: readonly string[];
  readonly enrollments: number;
  /** Enrollments that stand still because of a fault. */
  readonly faulted: number;
  /** A hand-over is under way. */
  readonly begun: boolean;
  /** The last intent that has to be copied, or null: until then a crash would leave it uncopied. */
  readonly lastIntent: string | null;
}

export function digest(person: Person): PersonDigest {
  return {
    inside: [...new Set(person.enrollments.map((enrollment) => enrollment.journey))].sort(),
    enrollments: person.enrollments.length,
    faulted: person.enrollments.filter((enrollment) => enrollment.fault !== undefined).length,
    begun: person.outbox.some((item) => item.status === 'begun'),
    lastIntent: lastIntent(person.intents),
  };
}

/** Names the end of a list of intents, so that copying an older list does not pass for copying this one. */
export function lastIntent(intents: readonly Intent[]): string | null {
  const last = intents.at(-1);
  return last === undefined ? null : `${last.kind}:${last.id}`;
}
