// How states are joined: ways into steps, guards put before ways, and the effects every verb shares.

import type { Condition } from '../condition.ts';
import type { Place } from '../errors.ts';
import type { FreeValue, Send, Step } from '../journey.ts';
import type { Branch, Effect, Guard, StateSpec } from './states.ts';
import { stateKey } from './states.ts';

/** Where to go next: branches tried in order. The last has no guard. */
export type Way = readonly Branch[];

/** The end of the steps. A `$` cannot begin a step id. */
export const COMPLETED = '$completed';
/** Where a missed moment (`past: exit`) leads. */
export const EXITED = '$exited';

export interface StateDraft {
  readonly step: string;
  readonly phase?: string;
  readonly verb: StateSpec['verb'];
  readonly place: Place | null;
  readonly conditions?: readonly Condition[];
  readonly awaits?: readonly string[];
  readonly entry?: readonly Effect[];
  readonly branches?: readonly Branch[];
  readonly after?: StateSpec['after'];
  readonly final?: boolean;
}

/** What a verb may ask of the builder that lays it. */
export interface Layout {
  add(draft: StateDraft): void;
  /** Lays a block and returns the way into it; `next` is where it goes on. */
  block(steps: readonly Step[], next: Way): Way;
}

/** The way into a guarded step: in when its `if` is true, else what follows it. */
export function entering(step: { id: string; guard: Condition | null }, into: Way, past: Way): Way {
  const { guard } = step;
  if (guard === null) return into;
  const holds: Guard = (memory, env) => env.holds(step.id, guard, memory);
  return [
    ...into.map((branch) => ({
      ...also(branch, holds),
      label: branch.label || guard.text,
      conditions: [...branch.conditions, guard],
    })),
    ...past,
  ];
}

/** A branch to a step, without condition. */
export function go(step: string, label: string): Branch {
  return { to: stateKey(step, null), label, conditions: [] };
}

/** The branch under one more guard, with one more effect before its own. */
export function also(branch: Branch, guard: Guard | null, effect?: Effect): Branch {
  const inner = branch.guard;
  const both: Guard | undefined =
    guard === null ? inner : inner === undefined ? guard : (memory, env) => guard(memory, env) && inner(memory, env);
  const after = branch.effect;
  const effects: Effect | undefined =
    effect === undefined
      ? after
      : after === undefined
        ? effect
        : (memory, env) => [...effect(memory, env), ...after(memory, env)];
  return {
    to: branch.to,
    label: branch.label,
    conditions: branch.conditions,
    ...(both && { guard: both }),
    ...(effects && { effect: effects }),
  };
}

/** Time has passed: what is sent next is another contact, and events are awaited from here on. */
export const passTime: Effect = (memory, env) => {
  memory.mark = env.now;
  memory.contact += 1;
  return [];
};

/** Decides a message: it goes into the outbox and is judged there. `owner` is the state whose visit it belongs to. */
export function send(id: string, owner: string, what: Send): Effect {
  return (memory, env) => {
    const visit = memory.visits[owner] ?? 1;
    const message = env.messageId(id, visit);
    memory.messages[id] = { id: message, visit, channel: what.channel };
    return [
      { type: 'send', step: id, visit, contact: memory.contact, id: message, with: env.data(id, what.with, memory) },
    ];
  };
}

/** Every expression inside free data. */
export function conditionsIn(what: Pick<Send, 'with'>): Condition[] {
  return dataConditions({ kind: 'map', fields: what.with });
}

export function dataConditions(value: FreeValue): Condition[] {
  if (value.kind === 'expression') return [value.condition];
  if (value.kind === 'list') return value.items.flatMap(dataConditions);
  if (value.kind === 'map') return Object.values(value.fields).flatMap(dataConditions);
  return [];
}
