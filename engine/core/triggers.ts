// Whether an event passes a trigger, and under which key.

import type { CompiledJourney } from '../language/compile/compile.ts';
import type { EventTrigger, Trigger } from '../language/journey.ts';
import type { JsonObject, Value } from '../language/values.ts';
import type { LiveJourney } from './definitions.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime, pastOf } from './events.ts';
import { judge } from './scope.ts';
import type { Work } from './work.ts';

/** What would start an enrollment. */
export interface Start {
  readonly live: LiveJourney;
  readonly trigger: Trigger;
  readonly key: string | null;
  /** Id of the starting event. */
  readonly by: string;
  readonly at: number;
  readonly data: JsonObject;
  readonly pick?: { readonly holdout?: boolean; readonly split?: { readonly [step: string]: string } };
}

/** Whether an event is what this trigger asks for. */
export function passes(work: Work, trigger: EventTrigger, compiled: CompiledJourney, event: TurnEvent): boolean {
  if (trigger.if === null) return true;
  return judge(work, trigger.if, aboutTrigger(trigger, compiled, event)) === true;
}

/** What tells entries of one person apart, or null. */
export function keyOf(work: Work, trigger: EventTrigger, compiled: CompiledJourney, event: TurnEvent): string | null {
  if (trigger.key === null) return null;
  const value: Value = judge(work, trigger.key, aboutTrigger(trigger, compiled, event));
  return value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);
}

function aboutTrigger(trigger: EventTrigger, compiled: CompiledJourney, event: TurnEvent) {
  return {
    compiled,
    trigger: { data: event.data, at: effectiveTime(event), name: trigger.name },
    event: pastOf(event),
  };
}
