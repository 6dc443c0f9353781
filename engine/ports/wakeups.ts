// Hints that say "look now". Losing every one of them delays work by at most one sweep (I1).

import type { PersonId } from '../core/person.ts';

/** Who became due. */
export interface Hint {
  /** They alone; left out: anybody may have. */
  readonly people?: readonly PersonId[];
  /** Something transactional may come of it. */
  readonly urgent?: boolean;
}

export interface Wakeups {
  /** Somebody became due: here, or wherever they are looked after. Never fails, never waits. */
  notify(hint?: Hint): void;
  /**
   * Calls back after any number of `notify` since the last call, saying whether anybody urgent was among them; returns
   * how to stop listening.
   */
  listen(look: (urgent: boolean) => void): () => void;
  /** What is wrong with what carries them, in plain words with its remedy; null: nothing. Absent: nothing carries them. */
  look?(): Promise<string | null>;
  close(): Promise<void>;
}
