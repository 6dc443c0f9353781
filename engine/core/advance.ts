// Moves one enrollment through its machine, and carries what the machine asks for into the person's record.

import type { CompiledJourney } from '../language/compile/compile.ts';
import type { MachineAction, MachineEnv } from '../language/compile/env.ts';
import type { Advance } from '../language/compile/machine.ts';
import type { Memory } from '../language/compile/memory.ts';
import type { PastEvent } from '../language/condition.ts';
import { TropaError } from '../language/errors.ts';
import type { FreeData, FreeValue } from '../language/journey.ts';
import type { Json, JsonObject } from '../language/values.ts';
import { fraction, mint } from './ids.ts';
import { writeDecided } from './learn.ts';
import { type Enrollment, undecided } from './person.ts';
import { profileOf, zoneOf } from './profile.ts';
import { judge, stored } from './scope.ts';
import type { Work } from './work.ts';
import { MAX_HOPS } from './work.ts';

/** Tells an enrollment that something about it may have changed. */
export function tellMachine(work: Work, enrollment: Enrollment): void {
  drive(work, enrollment, (compiled, env) => compiled.machine.signal(enrollment, env));
}

/** Tells an enrollment that the timer of the state where it stands has run out. */
export function timeoutMachine(work: Work, enrollment: Enrollment): void {
  drive(work, enrollment, (compiled, env) => compiled.machine.timeout(enrollment, env));
}

/** Takes the first steps of a new enrollment. */
export function enterMachine(work: Work, enrollment: Enrollment): void {
  drive(work, enrollment, (compiled, env) => compiled.machine.enter(env, enrollment.trigger.at));
}

type Move = (compiled: CompiledJourney, env: MachineEnv) => Advance;

/** One whole transition or none: an expression that throws leaves the enrollment where it stood, faulted. */
function drive(work: Work, enrollment: Enrollment, move: Move): void {
  if (enrollment.fault !== undefined) return;
  const compiled = work.definitions.version(enrollment.version);
  if (compiled === undefined) return;
  let advance: Advance;
  try {
    advance = move(compiled, environment(work, enrollment, compiled));
  } catch (error) {
    const code = error instanceof TropaError ? error.code : 'E_EXPRESSION_STEPS';
    fault(work, enrollment, code, error instanceof Error ? error.message : String(error));
    return;
  }
  enrollment.step = advance.step;
  enrollment.phase = advance.phase;
  enrollment.memory = { ...advance.memory, patch: {} };
  for (const action of advance.actions) carry(work, enrollment, compiled, action);
}

/** Stands the enrollment still; its neighbours go on. `tropa retry` drives it again. */
export function fault(work: Work, enrollment: Enrollment, code: string, message: string): void {
  enrollment.fault = { at: work.now, code, message: message.slice(0, 500), step: enrollment.step };
  work.note({
    kind: 'fault',
    ...named(enrollment),
    step: enrollment.step,
    reason: code,
    detail: { message: message.slice(0, 500) },
  });
}

function environment(work: Work, enrollment: Enrollment, compiled: CompiledJourney): MachineEnv {
  const { person, definitions, now } = work;
  const about = (memory: Memory, event?: PastEvent) => ({
    compiled,
    trigger: enrollment.trigger,
    memory,
    ...(event && { event }),
  });
  return {
    now,
    zone: zoneOf(person, definitions.settings),
    holdout: enrollment.holdout,
    enteredAt: enrollment.trigger.at,
    holds: (_step, condition, memory, event) => judge(work, condition, about(memory, event)) === true,
    value: (_step, condition, memory) => judge(work, condition, about(memory)),
    data: (_step, data, memory) => evaluateData(data, (condition) => stored(judge(work, condition, about(memory)))),
    eventsSince: (name, since) =>
      [...work.facts.events(name, since)].reverse().filter((event) => event.id !== enrollment.startedBy),
    messageId: (step, visit) => mint('message', enrollment.id, step, visit),
    share: (step) => fraction('split', person.id, enrollment.journey, step),
    chance: (step, visit) => fraction('jitter', enrollment.id, step, visit),
    picked: (step) => enrollment.pick?.[step] ?? null,
    tags: (memory) => tagsOf(profileOf(person, definitions.settings, memory.patch).tags),
    tellsDelivery: (channel) => definitions.tellsDelivery(channel),
  };
}

function tagsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((tag): tag is string => typeof tag === 'string') : [];
}

function evaluateData(
  data: FreeData,
  value: (condition: (FreeValue & { kind: 'expression' })['condition']) => Json,
): JsonObject {
  const one = (item: FreeValue): Json => {
    if (item.kind === 'literal') return item.value;
    if (item.kind === 'expression') return value(item.condition);
    return item.kind === 'list' ? item.items.map(one) : evaluateData(item.fields, value);
  };
  return Object.fromEntries(Object.entries(data).map(([name, item]) => [name, one(item)]));
}

function carry(work: Work, enrollment: Enrollment, compiled: CompiledJourney, action: MachineAction): void {
  switch (action.type) {
    case 'visit':
      if (!action.step.startsWith('$'))
        work.note({
          kind: 'moved',
          ...named(enrollment),
          step: action.step,
          ...(action.phase !== null && { phase: action.phase }),
          detail: { visit: action.visit },
        });
      return;
    case 'timer':
      enrollment.timers = [
        {
          step: action.step,
          phase: action.phase,
          visit: enrollment.memory.visits[action.step] ?? 1,
          at: work.now + action.after,
        },
      ];
      return;
    case 'cancel':
      enrollment.timers = enrollment.timers.filter(
        (timer) => timer.step !== action.step || timer.phase !== action.phase,
      );
      return;
    case 'send':
      putOut(work, enrollment, compiled, action);
      return;
    case 'update':
      writeDecided(work.person, action.fields, work.now, mint('update', enrollment.id, action.step, action.visit));
      work.note({
        kind: 'updated',
        ...named(enrollment),
        step: action.step,
        detail: { fields: Object.keys(action.fields) },
      });
      return;
    case 'emit':
      emit(work, enrollment, action);
      return;
    case 'leave':
      endEnrollment(work, enrollment, action.outcome);
  }
}

function putOut(
  work: Work,
  enrollment: Enrollment,
  compiled: CompiledJourney,
  action: MachineAction & { type: 'send' },
): void {
  const send = compiled.sends.get(action.step);
  if (send === undefined) return;
  work.person.outbox.push({
    id: action.id,
    enrollment: enrollment.id,
    journey: enrollment.journey,
    version: enrollment.version,
    step: action.step,
    visit: action.visit,
    channel: send.channel,
    template: send.template,
    with: action.with,
    subject: send.subject,
    contact: mint('contact', enrollment.id, action.contact),
    priority: compiled.journey.priority,
    ...undecided(work.now),
    generation: 0,
  });
  work.note({ kind: 'decided', ...named(enrollment), step: action.step, message: action.id });
}

function emit(work: Work, enrollment: Enrollment, action: MachineAction & { type: 'emit' }): void {
  if (work.hops >= MAX_HOPS) {
    fault(
      work,
      enrollment,
      'E_HOPS',
      `${MAX_HOPS} emits in a row led to "${action.event}": journeys are starting each other in a circle.`,
    );
    return;
  }
  work.emit(action.event, action.data, mint('emit', enrollment.id, action.step, action.visit));
  work.note({ kind: 'emitted', ...named(enrollment), step: action.step, detail: { event: action.event } });
}

/** Ends an enrollment. What it still has in the outbox is skipped when the outbox is judged. */
export function endEnrollment(work: Work, enrollment: Enrollment, outcome: string): void {
  const { person } = work;
  person.enrollments = person.enrollments.filter((one) => one !== enrollment);
  const past = person.past[enrollment.journey];
  if (past !== undefined) person.past[enrollment.journey] = { ...past, endedAt: work.now, outcome };
  person.goals = person.goals.filter((goal) => goal.enrollment !== enrollment.id || goal.until !== null);
  work.note({
    kind: 'exited',
    ...named(enrollment),
    step: enrollment.step,
    reason: outcome,
    detail: { holdout: enrollment.holdout, entered: enrollment.enteredAt },
  });
  if (work.definitions.listens('journey.exited')) {
    work.emit(
      'journey.exited',
      { journey: enrollment.journey, step: enrollment.step, reason: outcome },
      mint('exited', enrollment.id),
    );
  }
}

/** How the journal names an enrollment. */
export function named(enrollment: Enrollment): { journey: string; version: string; enrollment: string } {
  return { journey: enrollment.journey, version: enrollment.version, enrollment: enrollment.id };
}
