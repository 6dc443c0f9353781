// Operations after a restore: what becomes of the messages that were due since the backup.

import { formatIso } from '../../language/calendar.ts';
import { TropaError } from '../../language/errors.ts';
import { releaseSending } from '../../runtime/restored.ts';
import { type Operation, refuseBesideOthers } from './operation.ts';

/** Lets sending go on that a restore holds; with `expire` what was due before the restore is dropped. */
export const release: Operation = async (house, args) => {
  refuseBesideOthers(house);
  const released = await releaseSending(house.engine, args.expire === true);
  if (released === null) throw new TropaError('E_BAD_REQUEST', 'Nothing is held here: no backup was restored.');
  await house.engine.refresh();
  return released;
};

/** Why nothing is sent after a restore, and what ends it. */
export function heldWords(since: number): string {
  return `a backup was restored at ${formatIso(since)}, and sending is held since: \`tropa restore --release\` sends what was due, with --expire it is dropped`;
}
