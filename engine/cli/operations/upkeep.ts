// Operations on the installation: backup, and the test clock.

import { TropaError } from '../../language/errors.ts';
import { parseDuration } from '../../language/duration.ts';
import { parseMoment } from '../../language/calendar.ts';
import { advance } from '../../runtime/advance-clock.ts';
import type { Operation } from './operation.ts';
import { textOf } from './operation.ts';

/** Writes a consistent copy of the store while everything goes on. */
export const backup: Operation = async (house, args) => {
  await house.store.backup(textOf(args, 'file'));
  return { file: textOf(args, 'file') };
};

/** Moves a test's clock: `advance` through everything that is due, `set` at once, back as well. */
export const clock: Operation = async (house, args) => {
  if (house.movable === null) throw new TropaError('E_TEST_CLOCK', 'The clock moves by itself here. Start with TROPA_TEST_CLOCK=1 to move it.');
  const text = textOf(args, 'to');
  const span = parseDuration(text);
  const to = span === null ? (/^\d+$/.test(text) ? Number(text) : parseMoment(text, 'UTC')) : house.clock.now() + span;
  if (to === null) throw new TropaError('E_BAD_REQUEST', `"${text}" is neither a duration nor a time.`);
  if (args.mode === 'set') await house.movable.set(to);
  else await advance(house.engine, house.movable, to);
  return { now: house.clock.now() };
};

/** Decides everything that is due now. */
export const drain: Operation = async (house) => {
  await house.engine.drain();
  return { now: house.clock.now() };
};
