// Which releases understand a definition. The language only grows: what a release before would refuse, or read otherwise,
// is listed here, and a definition that uses it says so in the store. Workers of that release leave its people to others.

import type { Journey } from './journey.ts';

/** What each format after the first brought: whether a journey uses it. Append only; its place is the format's number. */
const BROUGHT: readonly ((journey: Journey) => boolean)[] = [];

/** The newest format of definitions that this release understands. */
export const FORMAT = 1 + BROUGHT.length;

/** The oldest format that can say what this journey says. */
export function formatOf(journey: Journey): number {
  const newest = BROUGHT.findLastIndex((uses) => uses(journey));
  return newest < 0 ? 1 : newest + 2;
}
