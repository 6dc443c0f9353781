// From a journey to everything the engine needs of it: machine, states, and the facts each state may ask for.

import type { Condition, FactNeed } from '../condition.ts';
import type { Journey, Send } from '../journey.ts';
import { layJourney } from './builder.ts';
import type { JourneyMachine } from './machine.ts';
import { buildMachine } from './machine.ts';
import { needsFrom } from './needs.ts';
import { messageSteps, sendsOf } from './sends.ts';
import type { StateSpec } from './states.ts';
import { stateKey } from './states.ts';
import type { Way } from './ways.ts';

/** Facts of the store that deciding may ask for. */
export interface Needs {
  readonly facts: readonly FactNeed[];
  /** Names whose events are looked at since the entry, by `wait_for`. */
  readonly sinceEntry: readonly string[];
  readonly segments: readonly string[];
}

export interface CompiledJourney {
  /** Hash of the definition. */
  readonly hash: string;
  readonly journey: Journey;
  readonly machine: JourneyMachine;
  readonly states: readonly StateSpec[];
  readonly start: Way;
  /** Every send by the id of its step or rung. */
  readonly sends: ReadonlyMap<string, Send>;
  /** What a message may be called (its step's id, or its template's name where one send alone uses it) → its step's id. */
  readonly messageSteps: ReadonlyMap<string, string>;
  /** Needs of entering: triggers, audience, exits and the first states. */
  readonly entryNeeds: Needs;
  /** Needs of anything that may happen while standing in a state. */
  needsAt(step: string, phase: string | null): Needs;
}

/** Compiles a journey that `check` found no error in. */
export function compile(journey: Journey, hash: string): CompiledJourney {
  const { states, start } = layJourney(journey);
  const sends = new Map(sendsOf(journey.steps));
  const always: Condition[] = [
    ...journey.exits.flatMap((rule) => rule.if ?? []),
    ...(journey.audience === null ? [] : [journey.audience]),
    ...[journey.goal?.if, journey.goal?.value, journey.goal?.currency].filter(
      (one): one is Condition => one !== null && one !== undefined,
    ),
  ];
  const entry = journey.triggers.flatMap((trigger) =>
    [trigger.if, trigger.kind === 'event' ? trigger.key : null].filter((one): one is Condition => one !== null),
  );
  const byKey = new Map(states.map((state) => [state.key, state]));
  const cache = new Map<string, Needs>();
  return {
    hash,
    journey,
    machine: buildMachine(journey.id, states, start),
    states,
    start,
    sends,
    messageSteps: messageSteps(sends),
    entryNeeds: needsFrom(
      byKey,
      start.map((branch) => branch.to),
      [...always, ...entry, ...start.flatMap((branch) => branch.conditions)],
    ),
    needsAt(step, phase) {
      const key = stateKey(step, phase);
      const known = cache.get(key);
      if (known !== undefined) return known;
      const needs = needsFrom(byKey, [key], always);
      cache.set(key, needs);
      return needs;
    },
  };
}
