// Leaving by an event: the rules of `exit`, judged in whatever order the event and what it ends arrive.

import type { CompiledJourney } from '../language/compile/compile.ts';
import type { PastEvent } from '../language/condition.ts';
import type { ExitRule } from '../language/journey.ts';
import { endEnrollment } from './advance.ts';
import type { TurnEvent } from './events.ts';
import { pastOf } from './events.ts';
import type { Enrollment } from './person.ts';
import { judge } from './scope.ts';
import { callOff } from './silences.ts';
import type { Start } from './triggers.ts';
import type { Work } from './work.ts';

/** Exits every enrollment and waiting silence this event ends. Returns the journeys it ended: it starts none of them. */
export function exitBy(work: Work, event: TurnEvent): ReadonlySet<string> {
  const ended = new Set<string>();
  for (const enrollment of [...work.person.enrollments]) {
    const compiled = work.definitions.version(enrollment.version);
    const rule =
      compiled === undefined
        ? undefined
        : exitRule(work, compiled, enrollment, pastOf(event), event.name, event.id === enrollment.startedBy);
    if (rule === undefined) continue;
    ended.add(enrollment.journey);
    endEnrollment(work, enrollment, rule.as);
  }
  callOff(work, (wait, compiled) => {
    const trigger = { data: wait.data, at: wait.at, name: null };
    return exitRule(work, compiled, { trigger }, pastOf(event), event.name, event.id === wait.event) !== undefined;
  });
  return ended;
}

/** The first rule by which this event ends what `trigger` started. Older than the trigger it ends nothing; a trigger never exits what it starts. */
export function exitRule(
  work: Work,
  compiled: CompiledJourney,
  inside: Pick<Enrollment, 'trigger'> & Partial<Pick<Enrollment, 'memory'>>,
  event: PastEvent,
  name: string,
  own: boolean,
): ExitRule | undefined {
  if (own || event.at < inside.trigger.at) return undefined;
  const about = { compiled, trigger: inside.trigger, ...(inside.memory && { memory: inside.memory }), event };
  return compiled.journey.exits.find(
    (rule) => rule.event === name && (rule.if === null || judge(work, rule.if, about) === true),
  );
}

/** An exit event that was applied before what it exits: order of arrival never matters. */
export function alreadyExited(
  work: Work,
  compiled: CompiledJourney,
  start: Pick<Start, 'data' | 'at' | 'by' | 'trigger'>,
): ExitRule | undefined {
  const trigger = { data: start.data, at: start.at, name: start.trigger.name };
  let first: { readonly event: PastEvent; readonly rule: ExitRule } | undefined;
  for (const name of new Set(compiled.journey.exits.map((rule) => rule.event))) {
    for (const event of work.facts.events(name, start.at)) {
      const rule = exitRule(work, compiled, { trigger }, event, name, event.id === start.by);
      if (rule !== undefined && (first === undefined || isBefore(event, first.event))) first = { event, rule };
    }
  }
  return first?.rule;
}

function isBefore(one: PastEvent, other: PastEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.id < other.id);
}
