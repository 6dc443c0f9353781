// When a person is to be looked at again, and how urgently.

import type { Instant } from '../language/values.ts';
import { clicksDue } from './clicks.ts';
import type { Definitions } from './definitions.ts';
import type { OutboxItem, Person } from './person.ts';

/** How long after a hand-over began it is looked after when no outcome came: its process may have died. */
export const RECOVER_AFTER = 60_000;

/** The next moment at which anything of this person may happen by itself, or null. */
export function nextWake(person: Person, definitions: Definitions): Instant | null {
  if (person.into !== null) return person.now;
  const moving = person.enrollments.filter(
    (one) => one.fault === undefined && definitions.journey(one.journey)?.paused !== true,
  );
  const times = [
    ...(definitions.held === true ? [] : person.idle.map((wait) => wait.due)),
    ...moving.flatMap((one) => one.timers.map((timer) => timer.at)),
    ...person.outbox.flatMap((item) => wakeOf(item, person.now)),
    ...[clicksDue(person)].filter((at) => at !== null),
  ];
  return times.length === 0 ? null : Math.min(...times);
}

function wakeOf({ status, begunAt, until }: OutboxItem, now: Instant): Instant[] {
  if (status === 'begun') return [(begunAt ?? now) + RECOVER_AFTER];
  if (until !== null) return [until];
  return status === 'ready' ? [now] : [];
}

/** Whether anything of this person is transactional: it then goes before everybody else. */
export function laneOf(person: Person, definitions: Definitions): 'transactional' | 'live' {
  return person.outbox.some((item) => definitions.category(item.journey, item.template, item.channel).transactional)
    ? 'transactional'
    : 'live';
}
