// Operations on journeys as a whole: deploy, pause, resume, archive.

import { formatFault, TropaError } from '../../language/errors.ts';
import { didYouMean } from '../../language/suggest.ts';
import { deployInto } from '../deploy-folder.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { eventOf, optionalText, peopleOf, refuseBesideOthers, textOf } from './operation.ts';

/** Takes a folder's versions into the store. */
export const deployFolder: Operation = async (house, args) => {
  const request = {
    workspace: textOf(args, 'workspace'),
    author: optionalText(args, 'author'),
    only: optionalText(args, 'journey'),
  };
  const report = await deployInto(house, request);
  return { changed: [...report.changed], unchanged: [...report.unchanged], warnings: report.faults.map(formatFault) };
};

/** Throws E_NO_SUCH_JOURNEY for what the store does not know. */
export async function known(house: House, id: string): Promise<void> {
  const ids = (await house.store.workspace()).journeys.map((journey) => journey.id);
  if (ids.includes(id)) return;
  const rest = ids.length === 0 ? ' None is deployed yet.' : ` Deployed are: ${ids.join(', ')}.`;
  throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${id}".${didYouMean(id, ids) || rest}`);
}

const setting =
  (flags: { paused?: boolean; archived?: boolean }): Operation =>
  async (house, args) => {
    const id = textOf(args, 'journey');
    await known(house, id);
    await house.store.setJourney(id, flags, house.clock.now());
    await house.engine.refresh();
    return { journey: id, ...flags };
  };

export const pause = setting({ paused: true });
export const archive = setting({ archived: true });

/** Resumes; with `expire` whatever ran out meanwhile is dropped: whoever's timer is over leaves as `expired`. */
export const resume: Operation = async (house, args) => {
  const id = textOf(args, 'journey');
  await known(house, id);
  const expired = args.expire === true ? await expire(house, id) : 0;
  await house.store.setJourney(id, { paused: false }, house.clock.now());
  await house.engine.refresh();
  // Whoever is inside is due now, and only a look tells.
  house.engine.parts.wakeups.notify();
  return { journey: id, paused: false, expired };
};

/** Ends those whose timer ran out, while the journey still stands: afterwards the timers would fire. */
async function expire(house: House, journey: string): Promise<number> {
  refuseBesideOthers(house);
  const now = house.clock.now();
  let count = 0;
  for await (const people of peopleOf(house.store, { inside: journey })) {
    const over = people.filter((person) =>
      person.enrollments.some((one) => one.journey === journey && one.timers.some((timer) => timer.at <= now)),
    );
    count += over.length;
    await house.engine.ingest(over.map((person) => eventOf(house, person.id, 'tropa.expire', { journey })));
  }
  if (count > 0) await house.engine.drain();
  return count;
}
