// The processes that run an engine on one store, and who of them looks after whom. Nothing that must be right rests on
// it: two that look after the same people lose races by revision, and no message leaves twice (I4, I5).

import type { PersonId } from '../core/person.ts';

export interface Workers {
  /** This process among them; null where it runs no engine. */
  readonly own: string | null;
  /** The partition of a person: a whole number below 256, by hash of the id. */
  partitionOf(person: PersonId): number;
  /** Who looks after a partition, as far as is known here; null while nobody does. */
  holderOf(partition: number): string | null;
  /** Everybody alive, as far as is known here, in the order of their names. */
  alive(): readonly string[];
  /** Calls back when who is alive has changed, and with it who looks after whom; returns how to stop listening. */
  onChange(listener: () => void): () => void;
}
