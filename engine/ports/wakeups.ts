// Hints that say "look now". Losing every one of them delays work by at most one sweep (I1).

export interface Wakeups {
  /** Somebody became due. */
  notify(): void;
  /** Calls back after any number of `notify` since the last call; returns how to stop listening. */
  listen(look: () => void): () => void;
  close(): Promise<void>;
}
