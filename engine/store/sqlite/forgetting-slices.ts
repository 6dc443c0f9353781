// What all slices of forgetting share: when a slice has done enough, where the next goes on, and what was counted.

import type { Tally } from '../../core/tallies.ts';
import type { Slice } from '../../ports/keeping.ts';
import type { Past } from './horizons.ts';

/** Told how many more were looked at; true when the slice has to end. */
export type Enough = (more: number) => boolean;

/** Ends a slice by its count or by its time, whichever is first. */
export function watch({ limit, budgetMs }: Slice): Enough {
  const until = performance.now() + budgetMs;
  let looked = 0;
  return (more) => {
    looked += more;
    return looked >= limit || performance.now() >= until;
  };
}

/** A place among rows ordered by time and name. */
export const cursorOf = (at: number, name: string): string => `${at}/${name}`;

export function placeIn(cursor: string | null): readonly [at: number, name: string] {
  if (cursor === null) return [Number.MIN_SAFE_INTEGER, ''];
  const slash = cursor.indexOf('/');
  return [Number(cursor.slice(0, slash)), cursor.slice(slash + 1)];
}

export interface Counting {
  add(tallies: readonly Tally[]): void;
  write(): void;
}

/** Gathers what a slice counts, so that each sum is written once. */
export function counting(past: Past): Counting {
  const sums = new Map<string, Tally>();
  return {
    add(tallies) {
      for (const tally of tallies) {
        const key = JSON.stringify([tally.journey, tally.version, tally.step, tally.name]);
        sums.set(key, { ...tally, amount: tally.amount + (sums.get(key)?.amount ?? 0) });
      }
    },
    write: () => past.add(sums.values()),
  };
}
