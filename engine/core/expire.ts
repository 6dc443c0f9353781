// What ran out while it stood still and is not to be made up for: whoever it concerns leaves as `expired`.

import { endEnrollment } from './advance.ts';
import type { TurnEvent } from './events.ts';
import { skipItem } from './outbox.ts';
import type { Enrollment, OutboxItem, Person } from './person.ts';
import type { Work } from './work.ts';

/** `journey`: a paused one is resumed without what ran out. `by`: a backup was restored then, and what was due is dropped. */
export function expire(work: Work, event: TurnEvent): void {
  const { journey, by } = event.data;
  if (typeof by === 'number') {
    dropAll(work, by);
    return;
  }
  for (const enrollment of [...work.person.enrollments])
    if (enrollment.journey === journey && enrollment.timers.some((timer) => timer.at <= work.now))
      endEnrollment(work, enrollment, 'expired');
}

function dropAll(work: Work, by: number): void {
  const { person } = work;
  for (const enrollment of [...person.enrollments])
    if (ranOut(person, enrollment, by)) endEnrollment(work, enrollment, 'expired');
  // Of those who left the messages are skipped when the outbox is judged.
  for (const item of [...person.outbox])
    if (item.resend === true && wasDue(item, by)) skipItem(work, item, 'expired', undefined);
  person.idle = person.idle.filter((wait) => wait.due > by);
}

function ranOut(person: Person, enrollment: Enrollment, by: number): boolean {
  return (
    enrollment.timers.some((timer) => timer.at <= by) ||
    person.outbox.some((item) => item.enrollment === enrollment.id && wasDue(item, by))
  );
}

/** Whether a message was to leave by then; one that waits for a later moment has not run out. */
function wasDue(item: OutboxItem, by: number): boolean {
  return item.status !== 'begun' && item.decidedAt <= by && (item.until ?? by) <= by;
}

/** Whether anything of a person was due by then. */
export function hasRunOut(person: Person, by: number): boolean {
  return (
    person.enrollments.some((enrollment) => ranOut(person, enrollment, by)) ||
    person.outbox.some((item) => item.resend === true && wasDue(item, by)) ||
    person.idle.some((wait) => wait.due <= by)
  );
}
