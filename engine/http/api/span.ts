// The period a question is about.

import { TropaError } from '../../language/errors.ts';
import type { Instant } from '../../language/values.ts';
import type { Span } from '../../reports/activity.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
const MOST_DAYS = 400;

/** The last `days`, thirty where nothing is said, up to the end of this minute. Throws E_BAD_REQUEST. */
export function spanOf({ days = '30' }: Readonly<Record<string, string | undefined>>, now: Instant): Span {
  const length = Number(days);
  if (!Number.isSafeInteger(length) || length < 1 || length > MOST_DAYS)
    throw new TropaError('E_BAD_REQUEST', `days is a whole number from 1 to ${MOST_DAYS}.`);
  const to = (Math.floor(now / MINUTE) + 1) * MINUTE;
  return { from: to - length * DAY, to };
}

/** The same length of time before it. */
export const before = ({ from, to }: Span): Span => ({ from: from - (to - from), to: from });
