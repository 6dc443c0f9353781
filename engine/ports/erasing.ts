// Removing a person for good. A part of the store's port; `erasure.contract.ts` tests it.

import type { IdentityKey, PersonId } from '../core/person.ts';
import type { Instant } from '../language/values.ts';

export interface Erasure {
  readonly person: PersonId;
  /** As the person was when what follows was gathered; whoever changed since is not erased yet. */
  readonly rev: number;
  readonly inboxSeq: number;
  readonly at: Instant;
  /** Everything they are known and written to by, also what is no identity any more: `email:…`, `phone:…`, `user:…`, `push:…`. */
  readonly known: readonly IdentityKey[];
  /** What stands for those among the suppressions from now on, so that nobody can read who it was. */
  readonly marks: readonly string[];
}

/** How much is gone. */
export interface Erased {
  readonly events: number;
  readonly journal: number;
  readonly mails: number;
  readonly refused: number;
  /** Rows of the ledger that count on, without person, address and content. */
  readonly messages: number;
  /** Identities that were theirs in that very moment. */
  readonly identities: readonly IdentityKey[];
}

export interface Erasing {
  /**
   * Removes a person at once from people, queue, identities, aliases, events, journal, kept mails, and the refused bodies
   * that name them; what was not copied yet is counted and goes as well. Ledger rows stay without person and content; what
   * waited is skipped as `exited`, what was under way is `unknown` and settled by nobody. Commits, fences, copies and mails
   * that are on their way for them change nothing any more, and an event of theirs is stored without its data. Null when
   * they have changed since, or are not there.
   */
  erase(erasure: Erasure): Promise<Erased | null>;
  /**
   * Makes a part of what was deleted unreadable in the files as well, and answers where to go on (`from`); null when there is
   * nothing left. `waits`: somebody reads an older state; try again.
   */
  scrub(from: number): Promise<{ readonly next: number | null; readonly waits: boolean }>;
}
