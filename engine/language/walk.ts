// Ways through a journey that was read: its steps in order, its messages, its conditions.

import type { Condition } from './condition.ts';
import type { Place } from './errors.ts';
import type { FreeData, FreeValue, Journey, Send, Step } from './journey.ts';
import type { YamlNode } from './yaml/node.ts';

/** One message a journey may send, under the id its signals are known by. */
export interface Message {
  readonly id: string;
  readonly send: Send;
  readonly place: Place;
  /** The step it belongs to: itself, or the ladder. */
  readonly step: Step;
}

/** The blocks of steps inside a step, in order. */
export function blocksOf(step: Step): readonly (readonly Step[])[] {
  switch (step.verb) {
    case 'reach':
      return step.else === null ? [] : [step.else];
    case 'wait_for':
      return [...step.waits.map((one) => one.do), step.else];
    case 'if':
      return [step.do, step.else];
    case 'choose':
      return [...step.cases.map((one) => one.do), step.else];
    case 'split':
      return step.variants.map((one) => one.do);
    case 'repeat':
      return [step.do];
    default:
      return [];
  }
}

/** Every step, outer before inner, in the order they are written. */
export function everyStep(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...blocksOf(step).flatMap(everyStep)]);
}

/** Every message, in the order they are written. */
export function messagesOf(journey: Pick<Journey, 'steps'>): Message[] {
  return everyStep(journey.steps).flatMap((step): Message[] => {
    if (step.verb === 'send') return [{ id: step.id, send: step.send, place: step.place, step }];
    if (step.verb !== 'reach') return [];
    return step.rungs.flatMap((rung) => rung.sends.map(({ id, send, place }) => ({ id, send, place, step })));
  });
}

/** Every id a step, rung or message is known by. */
export function idsOf(journey: Pick<Journey, 'steps'>): string[] {
  return everyStep(journey.steps).flatMap((step) =>
    step.verb === 'reach'
      ? [step.id, ...step.rungs.flatMap((rung) => [rung.id, ...rung.sends.map(({ id }) => id)])]
      : [step.id],
  );
}

/** Every condition of a journey, those inside free data too. */
export function conditionsOf(journey: Journey): Condition[] {
  const { goal } = journey;
  return present([
    ...journey.triggers.flatMap((trigger) => [trigger.if, trigger.kind === 'event' ? trigger.key : null]),
    journey.audience,
    ...journey.exits.map((rule) => rule.if),
    goal?.if,
    goal?.value,
    goal?.currency,
    ...everyStep(journey.steps).flatMap(conditionsOfStep),
  ]);
}

/** The conditions of one step itself, not of the steps inside it. */
export function conditionsOfStep(step: Step): Condition[] {
  return present([step.guard, ...ownConditions(step)]);
}

function ownConditions(step: Step): (Condition | null)[] {
  switch (step.verb) {
    case 'send':
      return inData(step.send.with);
    case 'reach':
      return step.rungs.flatMap((rung) => [
        rung.if,
        ...rung.sends.flatMap((one) => [one.if, ...inData(one.send.with)]),
      ]);
    case 'wait':
      return step.wait.kind === 'until' ? [step.wait.until, step.wait.days].filter(isCondition) : [];
    case 'wait_for':
      return step.waits.map((one) => (one.kind === 'event' ? one.if : null));
    case 'if':
      return [step.condition];
    case 'choose':
      return step.cases.map((one) => one.if);
    case 'repeat':
      return [step.until];
    case 'update':
    case 'set':
      return inData(step.fields);
    case 'emit':
      return inData(step.data);
    default:
      return [];
  }
}

function isCondition(value: unknown): value is Condition {
  return typeof value === 'object' && value !== null && 'tree' in value;
}

function inData(data: FreeData): Condition[] {
  return Object.values(data).flatMap(inValue);
}

function inValue(value: FreeValue): Condition[] {
  if (value.kind === 'expression') return [value.condition];
  if (value.kind === 'list') return value.items.flatMap(inValue);
  return value.kind === 'map' ? inData(value.fields) : [];
}

function present(conditions: readonly (Condition | null | undefined)[]): Condition[] {
  return conditions.filter((one): one is Condition => one !== null && one !== undefined);
}

const NAMING: ReadonlySet<string> = new Set(['id', 'email', 'sms', 'push', 'name', 'as']);

/** Names of steps, templates and variables that stand anywhere in a file, whether its steps could be read or not. */
export function mentions(node: YamlNode | null): Set<string> {
  if (node === null) return new Set();
  if (node.kind === 'list') return new Set(node.items.flatMap((item) => [...mentions(item)]));
  if (node.kind !== 'map') return new Set();
  return new Set(
    node.entries.flatMap(({ key, value }) =>
      value.kind === 'text' && NAMING.has(key) ? [value.text] : [...mentions(value)],
    ),
  );
}
