// Lays out steps one after another as states. Each verb has its own file; this one knows only how a block goes on,
// and how sends that stand together leave together.

import type { Journey, Step } from '../journey.ts';
import { layAct } from './acts.ts';
import { layBranches } from './blocks.ts';
import { layLadder } from './ladder.ts';
import { layRepeat } from './loops.ts';
import { settled } from './memory.ts';
import type { Effect, Guard, StateSpec } from './states.ts';
import { stateKey } from './states.ts';
import { layWaitFor } from './wait-for.ts';
import { layWait } from './waits.ts';
import type { Layout, StateDraft, Way } from './ways.ts';
import { also, COMPLETED, conditionsIn, EXITED, entering, go, send } from './ways.ts';

class Builder implements Layout {
  readonly states: StateSpec[] = [];

  add(draft: StateDraft): void {
    this.states.push({
      key: stateKey(draft.step, draft.phase ?? null),
      step: draft.step,
      phase: draft.phase ?? null,
      verb: draft.verb,
      place: draft.place,
      conditions: draft.conditions ?? [],
      awaits: draft.awaits ?? [],
      entry:
        draft.phase === undefined
          ? [visit(draft.step), ...(draft.entry ?? [])]
          : [arrive(draft.step, draft.phase), ...(draft.entry ?? [])],
      branches: draft.branches ?? [],
      after: draft.after ?? null,
      final: draft.final ?? false,
    });
  }

  block(steps: readonly Step[], next: Way): Way {
    let way = next;
    let end = steps.length;
    while (end > 0) {
      const start = groupStart(steps, end - 1);
      way = this.group(steps.slice(start, end), way);
      end = start;
    }
    return way;
  }

  /** One step, or several sends that stand together. */
  private group(steps: readonly Step[], next: Way): Way {
    const last = steps.at(-1);
    if (last === undefined) return next;
    if (last.verb !== 'send') return entering(last, this.step(last, next), next);
    const sends = steps as readonly (Step & { verb: 'send' })[];
    const barrier = this.barrier(sends, next);
    let way = barrier;
    for (const step of [...sends].reverse()) {
      this.add({
        step: step.id,
        verb: 'send',
        place: step.place,
        conditions: conditionsIn(step.send),
        entry: [send(step.id, step.id, step.send)],
        branches: way,
      });
      way = entering(step, [go(step.id, '')], way);
    }
    // When every send of the group was passed over there is nothing to wait for, but the barrier finds that by itself.
    return way;
  }

  /** Where sends that stand together wait until the last has left or been skipped. */
  private barrier(sends: readonly (Step & { verb: 'send' })[], next: Way): Way {
    const last = sends.at(-1);
    if (last === undefined) return next;
    const done: Guard = (memory) =>
      sends.every(({ id }) => memory.messages[id] === undefined || settled(memory.messages[id]));
    const pass: Effect = (memory, env) => {
      const ends = sends
        .map(({ id }) => memory.messages[id])
        .map((memo) => memo?.skipped ?? memo?.failed ?? memo?.sent ?? memo?.unknown ?? 0);
      memory.mark = Math.min(env.now, Math.max(memory.mark, ...ends));
      return [];
    };
    this.add({
      step: last.id,
      phase: 'leaving',
      verb: 'send',
      place: last.place,
      branches: next.map((branch) => also(branch, done, pass)),
    });
    return [{ to: stateKey(last.id, 'leaving'), label: '', conditions: [] }];
  }

  private step(step: Step, next: Way): Way {
    switch (step.verb) {
      case 'send':
        return next;
      case 'reach':
        return layLadder(this, step, next);
      case 'wait':
        return layWait(this, step, next);
      case 'wait_for':
        return layWaitFor(this, step, next);
      case 'if':
      case 'choose':
      case 'split':
        return layBranches(this, step, next);
      case 'repeat':
        return layRepeat(this, step, next);
      default:
        return layAct(this, step, next);
    }
  }
}

function groupStart(steps: readonly Step[], end: number): number {
  if (steps[end]?.verb !== 'send') return end;
  let start = end;
  while (start > 0 && steps[start - 1]?.verb === 'send') start -= 1;
  return start;
}

function visit(step: string): Effect {
  return (memory) => {
    const count = (memory.visits[step] ?? 0) + 1;
    memory.visits[step] = count;
    return [{ type: 'visit', step, phase: null, visit: count }];
  };
}

function arrive(step: string, phase: string): Effect {
  return (memory) => [{ type: 'visit', step, phase, visit: memory.visits[step] ?? 1 }];
}

/** Lays a whole journey: its states, and the way in. */
export function layJourney(journey: Journey): { states: readonly StateSpec[]; start: Way } {
  const builder = new Builder();
  const leave =
    (outcome: string): Effect =>
    () => [{ type: 'leave', step: null, outcome }];
  builder.add({ step: COMPLETED, verb: 'end', place: null, entry: [leave('completed')], final: true });
  builder.add({ step: EXITED, verb: 'end', place: null, entry: [leave('exited')], final: true });
  const start = builder.block(journey.steps, [go(COMPLETED, '')]);
  return { states: builder.states, start };
}
