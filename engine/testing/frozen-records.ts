// Enrollments as this release stores them, one standing in every kind of step: written once a release, read for ever.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Person } from '../core/person.ts';

export interface FrozenRecord {
  readonly release: string;
  /** The journey's YAML. */
  readonly journey: string;
  /** Where it stands, for the title: `2:waiting`. */
  readonly at: string;
  readonly person: Person;
  /** When its timer runs out. */
  readonly due: number;
  /** Where it stands then: a step, or the outcome it left with. */
  readonly next: string;
}

/** Every record of every release. */
export function frozenRecords(): FrozenRecord[] {
  const path = fileURLToPath(new URL('../language/fixtures/frozen/records.json', import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as FrozenRecord[];
}
