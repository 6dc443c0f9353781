// Addresses that are not written to, whatever anybody allows. A part of the store's port; `suppressions.contract.ts`
// tests it.

import type { Instant } from '../language/values.ts';

/** An address that is left in peace: `channel:address`, why, and since when. */
export interface Suppression {
  readonly address: string;
  readonly reason: string;
  readonly at: Instant;
}

export interface SuppressionFilter {
  /** What stands before the colon; all when left out. */
  readonly channel?: string;
  /** Beyond this address. */
  readonly after?: string;
  readonly limit: number;
}

export interface Suppressing {
  /** Which of these `channel:address` are suppressed. */
  suppressed(addresses: readonly string[]): Promise<ReadonlySet<string>>;
  /** Suppresses an address; where it is already, the first reason stays. */
  suppress(address: string, reason: string, at: Instant): Promise<void>;
  /** Lets an address be written to again; what was known of it, or null where it was not suppressed. */
  lift(address: string): Promise<Suppression | null>;
  /** Ordered by address. */
  suppressions(filter: SuppressionFilter): Promise<Suppression[]>;
}
