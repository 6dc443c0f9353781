// By what a store knows a person it has erased.

import { mint } from '../core/ids.ts';
import type { PersonId } from '../core/person.ts';

/** Our own ids are hashes already; this one cannot be looked up anywhere else. */
export const erasedDigest = (person: PersonId): string => mint('erased', person);
