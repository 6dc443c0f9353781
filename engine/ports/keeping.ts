// What a store forgets with time, a slice at a time, and what it still answers about what is gone. A part of the store's
// port: every adapter keeps it, and `keeping.contract.ts` tests it.

import type { Tally } from '../core/tallies.ts';
import type { Instant, Millis } from '../language/values.ts';

/**
 * `events`: applied ones, by arrival. `journal`: lines of enrollments that have ended, and of none. `messages`: settled rows
 * of the ledger. `mails`: the sandbox's. `refused`: bodies. `people`: visitors (`isForgotten`), with everything of theirs;
 * their ledger rows stay, stripped of person and content. `pages`: room that is free in the files, given back to the disk.
 */
export const FORGETTABLE = ['refused', 'mails', 'events', 'journal', 'messages', 'people', 'pages'] as const;
export type Forgettable = (typeof FORGETTABLE)[number];

export interface Slice {
  readonly kind: Forgettable;
  /** What was last heard of before this moment goes. */
  readonly before: Instant;
  /** Where the slice before this one stopped; null: from the beginning. */
  readonly after: string | null;
  /** At most so many are looked at … */
  readonly limit: number;
  /** … and for about so long. */
  readonly budgetMs: Millis;
}

export interface Forgotten {
  /** How many are gone. */
  readonly gone: number;
  /** Where the next slice goes on; null: there is nothing more of this kind. */
  readonly next: string | null;
}

export interface Forgetful {
  /** Forgets one slice. What journal lines and ledger rows counted for is added to the tallies in the same step (I10). */
  forget(slice: Slice): Promise<Forgotten>;
  /** What was counted when it was forgotten, of one journey or all. */
  tallies(filter: { journey?: string }): Promise<Tally[]>;
  /** Before which moments something of a kind may be gone; nothing where all of it is there. */
  horizons(): Promise<Horizons>;
}

export type Horizons = { readonly [Kind in Forgettable]?: Instant };
