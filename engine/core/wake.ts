// When a person is to be looked at again, and how urgently.

import type { Instant } from '../language/values.ts';
import type { Definitions } from './definitions.ts';
import type { Person } from './person.ts';

/** How long after a hand-over began it is looked after when no outcome came: its process may have died. */
export const RECOVER_AFTER = 60_000;

/** The next moment at which anything of this person may happen by itself, or null. */
export function nextWake(person: Person, definitions: Definitions): Instant | null {
  if (person.into !== null) return person.now;
  const times: Instant[] = person.idle.map((wait) => wait.due);
  for (const enrollment of person.enrollments) {
    if (enrollment.fault !== undefined || definitions.journey(enrollment.journey)?.paused === true) continue;
    times.push(...enrollment.timers.map((timer) => timer.at));
  }
  for (const item of person.outbox) {
    if (item.status === 'begun') times.push((item.begunAt ?? person.now) + RECOVER_AFTER);
    else if (item.until !== null) times.push(item.until);
    else if (item.status === 'ready') times.push(person.now);
  }
  return times.length === 0 ? null : Math.min(...times);
}

/** Whether anything of this person is transactional: it then goes before everybody else. */
export function laneOf(person: Person, definitions: Definitions): 'transactional' | 'live' {
  return person.outbox.some((item) => definitions.category(item.journey, item.template, item.channel).transactional)
    ? 'transactional'
    : 'live';
}
