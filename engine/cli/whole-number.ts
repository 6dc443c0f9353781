// Numbers among the options of commands.

import { TropaError } from '../language/errors.ts';

/** The whole number of an option, from 1 to `most`. Throws E_BAD_REQUEST naming the option. */
export function wholeNumber(value: unknown, option: string, most: number): number {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= most) return number;
  throw new TropaError('E_BAD_REQUEST', `${option} is a whole number from 1 to ${most}.`);
}
