// `wait`: a length of time, a wall clock, or a moment from data.

import { addDays, atClock, nextClock, parseMoment } from '../calendar.ts';
import type { Condition } from '../condition.ts';
import { TropaError } from '../errors.ts';
import type { Clock, Step, Wait } from '../journey.ts';
import type { Instant } from '../values.ts';
import { Moment } from '../values.ts';
import type { MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';
import type { Effect } from './states.ts';
import type { Layout, Way } from './ways.ts';
import { also, EXITED, go, passTime } from './ways.ts';

type WaitStep = Step & { verb: 'wait' };

/** Lays a wait: it rests until its moment; a past or missing one continues or exits. */
export function layWait(layout: Layout, step: WaitStep, next: Way): Way {
  const { wait } = step;
  // What happens after the wait's own end counts as after it, however late the timer is noticed.
  const pass: Effect = (memory, env) => {
    const actions = passTime(memory, env);
    memory.mark = Math.min(env.now, memory.due[step.id] ?? env.now);
    return actions;
  };
  const onward = next.map((branch) => also(branch, null, pass));
  const past = wait.kind === 'until' && wait.past === 'exit' ? [go(EXITED, 'past')] : onward;
  const plan: Effect = (memory, env) => {
    memory.due[step.id] = dueOf(step, memory, env);
    return [];
  };
  layout.add({
    step: step.id,
    verb: 'wait',
    place: step.place,
    conditions: waitConditions(wait),
    entry: [plan],
    branches: past.map((branch) => also(branch, (memory, env) => (memory.due[step.id] ?? env.now) <= env.now)),
    after: {
      delay: (memory, env) => (memory.due[step.id] ?? env.now) - env.now,
      label: describe(wait),
      branches: onward,
    },
  });
  return [go(step.id, '')];
}

function dueOf(step: WaitStep, memory: Memory, env: MachineEnv): Instant | null {
  const { wait } = step;
  if (wait.kind === 'for')
    return env.now + wait.for + Math.floor(env.chance(step.id, memory.visits[step.id] ?? 1) * wait.jitter);
  if (wait.kind === 'until') return untilMoment(step.id, wait, memory, env);
  if (wait.days === null)
    return nextClock(env.now, env.zone, {
      ...(wait.weekday !== null && { weekday: wait.weekday }),
      ...(wait.at ?? { hour: 0, minute: 0 }),
    });
  return onClock(addDays(env.now, wait.days, env.zone), wait.at, env.zone);
}

function untilMoment(step: string, wait: Wait & { kind: 'until' }, memory: Memory, env: MachineEnv): Instant | null {
  const base = baseMoment(step, wait.until, memory, env);
  if (base === null) return null;
  const days =
    wait.days === null || typeof wait.days === 'number'
      ? (wait.days ?? 0)
      : wholeDays(env.value(step, wait.days, memory));
  return days === null ? null : onClock(addDays(base, days, env.zone), wait.at, env.zone);
}

function baseMoment(
  step: string,
  until: { readonly text: string } | Condition,
  memory: Memory,
  env: MachineEnv,
): Instant | null {
  if (!('tree' in until)) return parseMoment(until.text, env.zone);
  const value = env.value(step, until, memory);
  if (value instanceof Moment) return value.ms;
  // Seconds or milliseconds, and of which zone? Nobody knows: the enrollment stands still and is shown, rather than guess.
  if (typeof value === 'number')
    throw new TropaError(
      'E_UNTIL',
      `"until" of step ${step} came to the number ${value}. Write time(…) of an ISO 8601 text.`,
    );
  return typeof value === 'string' ? parseMoment(value, env.zone) : null;
}

function wholeDays(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : null;
}

function onClock(moment: Instant, at: Clock | null, zone: string): Instant {
  return at === null ? moment : atClock(moment, zone, at);
}

function waitConditions(wait: Wait): Condition[] {
  if (wait.kind !== 'until') return [];
  return [wait.until, wait.days].filter(
    (part): part is Condition => part !== null && typeof part === 'object' && 'tree' in part,
  );
}

function describe(wait: Wait): string {
  if (wait.kind === 'for') return `after ${wait.for / 60_000} min`;
  if (wait.kind === 'clock') return wait.days === null ? 'at the next such moment' : `after ${wait.days} days`;
  return `until ${wait.until.text}`;
}
