// Whether the treated convert more than those held out, and how sure that is.

import type { Group } from './activity.ts';

export interface Uplift {
  /** Difference of the two shares, 0.05 for five percentage points. */
  readonly points: number;
  /** Its 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

/** Fewer people in either group tell nothing. */
const FEW = 30;
const Z = 1.959964;

/**
 * Difference of two proportions with its interval after Newcombe (1998), method 10: from the Wilson intervals of both, so
 * that it holds for small groups and for shares near 0 and 1. Null where a group is too small.
 */
export function upliftOf(treated: Group, held: Group): Uplift | null {
  if (treated.people < FEW || held.people < FEW) return null;
  const [a, b] = [wilson(treated), wilson(held)];
  const points = a.share - b.share;
  return {
    points,
    low: points - Math.hypot(a.share - a.low, b.high - b.share),
    high: points + Math.hypot(a.high - a.share, b.share - b.low),
  };
}

function wilson({ people, converted }: Group): { share: number; low: number; high: number } {
  const share = converted / people;
  const square = Z * Z;
  const middle = (share + square / (2 * people)) / (1 + square / people);
  const half = (Z / (1 + square / people)) * Math.sqrt((share * (1 - share)) / people + square / (4 * people * people));
  return { share, low: middle - half, high: middle + half };
}
