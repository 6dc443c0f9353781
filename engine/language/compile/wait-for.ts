// `wait_for`: the first of several signals and events, or else.

import { formatIso } from '../calendar.ts';
import type { PastEvent } from '../condition.ts';
import type { Awaited, Step } from '../journey.ts';
import type { Instant, Json, JsonObject } from '../values.ts';
import type { MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';
import { impossible, reached } from './memory.ts';
import type { Effect, Guard } from './states.ts';
import { stateKey } from './states.ts';
import type { Layout, Way } from './ways.ts';
import { also, go, passTime } from './ways.ts';

type WaitForStep = Step & { verb: 'wait_for' };
interface Found {
  readonly at: Instant;
  readonly data: JsonObject;
}

/** Lays a wait for the first of several. What has already happened continues at once, what no longer can is `else` at once. */
export function layWaitFor(layout: Layout, step: WaitForStep, next: Way): Way {
  const otherwise = layout
    .block(step.else, next)
    .map((branch) => ({ ...also(branch, null, passTime), label: branch.label || 'else' }));
  const plan: Effect = (memory, env) => {
    memory.due[step.id] = env.now + step.within;
    return [];
  };
  const ways = step.waits.flatMap((awaited, place) => alternative(layout, step, awaited, place, next));
  const hopeless: Guard = (memory) =>
    step.waits.every((one) => one.kind === 'signal' && impossible(memory.messages[one.messageStep], one.signal));
  const late: Guard = (memory, env) => (memory.due[step.id] ?? env.now) <= env.now;
  layout.add({
    step: step.id,
    verb: 'wait_for',
    place: step.place,
    conditions: step.waits.flatMap((one) => (one.kind === 'event' && one.if !== null ? [one.if] : [])),
    awaits: step.waits.flatMap((one) => (one.kind === 'event' ? [one.event] : [])),
    entry: [plan],
    branches: [
      ...ways,
      ...otherwise.map((branch) => ({ ...also(branch, hopeless), label: 'can no longer happen' })),
      ...otherwise.map((branch) => also(branch, late)),
    ],
    after: { delay: (memory, env) => (memory.due[step.id] ?? env.now) - env.now, label: 'within', branches: otherwise },
  });
  return [go(step.id, '')];
}

function alternative(layout: Layout, step: WaitForStep, awaited: Awaited, place: number, next: Way): Way {
  const first: Guard = (memory, env) => firstOf(step, memory, env) === place;
  const note: Effect = (memory, env) => {
    const found = find(step, awaited, memory, env);
    if (awaited.as !== null && found !== null) memory.vars[awaited.as] = found.data;
    return passTime(memory, env);
  };
  const label = awaited.kind === 'event' ? awaited.event : awaited.signal;
  return heard(layout, step, awaited, place, layout.block(awaited.do, next)).map((branch) => ({
    ...also(branch, first, note),
    label,
    conditions: [...branch.conditions, ...(awaited.kind === 'event' && awaited.if !== null ? [awaited.if] : [])],
  }));
}

/** What follows may ask for what was heard (`if: vars.answer.value > 5`), so it is judged in a state of its own, after the variable is set. */
function heard(layout: Layout, step: WaitForStep, awaited: Awaited, place: number, onward: Way): Way {
  if (awaited.as === null) return onward;
  const phase = `heard-${place + 1}`;
  layout.add({ step: step.id, phase, verb: 'wait_for', place: awaited.place, branches: onward });
  return [{ to: stateKey(step.id, phase), label: '', conditions: [] }];
}

/** Which alternative happened first, or -1; of the same moment, the one named first. */
function firstOf(step: WaitForStep, memory: Memory, env: MachineEnv): number {
  let best = -1;
  let when = Number.POSITIVE_INFINITY;
  step.waits.forEach((awaited, place) => {
    const found = find(step, awaited, memory, env);
    if (found !== null && found.at < when) {
      best = place;
      when = found.at;
    }
  });
  return best;
}

function find(step: WaitForStep, awaited: Awaited, memory: Memory, env: MachineEnv): Found | null {
  if (awaited.kind === 'event') return findEvent(step, awaited, memory, env);
  const memo = memory.messages[awaited.messageStep];
  const at = memo === undefined ? null : reached(memo, awaited.signal);
  return at === null ? null : { at, data: memo?.data ?? {} };
}

function findEvent(
  step: WaitForStep,
  awaited: Awaited & { kind: 'event' },
  memory: Memory,
  env: MachineEnv,
): Found | null {
  const since = step.since === 'entry' ? env.enteredAt : memory.mark;
  const condition = awaited.if;
  const found = env
    .eventsSince(awaited.event, since)
    .find((event) => condition === null || env.holds(step.id, condition, memory, event));
  return found === undefined ? null : { at: found.at, data: plain(found) };
}

/** An event's data as a variable keeps it, its own time as ISO text. */
function plain(event: PastEvent): JsonObject {
  return { ...(JSON.parse(JSON.stringify(event.data)) as { [key: string]: Json }), at: formatIso(event.at) };
}
