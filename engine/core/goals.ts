// Goals: they count, once for each enrollment and for the control group alike, and exit nobody.

import type { TurnEvent } from './events.ts';
import { effectiveTime } from './events.ts';
import type { GoalWatch } from './person.ts';
import { judge, stored } from './scope.ts';
import type { Work } from './work.ts';

/** Counts the goals this event reaches. */
export function countGoals(work: Work, event: TurnEvent): void {
  const at = effectiveTime(event);
  work.person.goals = work.person.goals.filter(
    (watch) =>
      (watch.until === null || at <= watch.until || work.now <= watch.until) && !reachedBy(work, watch, event, at),
  );
}

function reachedBy(work: Work, watch: GoalWatch, event: TurnEvent, at: number): boolean {
  const compiled = work.definitions.version(watch.version);
  const goal = compiled?.journey.goal ?? null;
  if (
    compiled === undefined ||
    goal === null ||
    goal.event !== event.name ||
    at < watch.trigger.at ||
    (watch.until !== null && at > watch.until)
  )
    return false;
  const about = { compiled, trigger: watch.trigger, event: { id: event.id, at, data: event.data } };
  if (goal.if !== null && judge(work, goal.if, about) !== true) return false;
  const value = goal.value === null ? null : stored(judge(work, goal.value, about));
  const currency = goal.currency === null ? null : stored(judge(work, goal.currency, about));
  work.note({
    kind: 'converted',
    journey: watch.journey,
    version: watch.version,
    enrollment: watch.enrollment,
    detail: { holdout: watch.holdout, value, currency },
  });
  return true;
}
