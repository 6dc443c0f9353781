// What a returned mail says about one recipient.

export type BounceClass = 'hard' | 'soft' | 'complaint' | 'auto-reply' | 'delivered' | 'none';

/** What a returned mail says about one recipient. */
export interface Bounce {
  readonly class: BounceClass;
  /** A few words, with the status where one was told: `mailbox full (5.2.2)`. */
  readonly reason: string;
  /** The address it is about, or '' where it cannot be told. */
  readonly recipient: string;
}
