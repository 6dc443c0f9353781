// Steps that do something and go on at once: `set`, `update`, `tag`, `untag`, `emit`, `exit`.

import type { Condition } from '../condition.ts';
import type { Step } from '../journey.ts';
import type { JsonObject } from '../values.ts';
import type { MachineAction, MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';
import type { Effect } from './states.ts';
import type { Layout, Way } from './ways.ts';
import { dataConditions, go } from './ways.ts';

type ActStep = Step & { verb: 'set' | 'update' | 'tag' | 'untag' | 'emit' | 'exit' };

/** Lays a step that acts. People held out are changed by nothing but `set`: they walk the same steps. */
export function layAct(layout: Layout, step: ActStep, next: Way): Way {
  layout.add({
    step: step.id,
    verb: step.verb,
    place: step.place,
    conditions: conditionsOf(step),
    entry: [effectOf(step)],
    branches: step.verb === 'exit' ? [] : next,
    final: step.verb === 'exit',
  });
  return [go(step.id, '')];
}

function effectOf(step: ActStep): Effect {
  switch (step.verb) {
    case 'set':
      return (memory, env) => {
        Object.assign(memory.vars, env.data(step.id, step.fields, memory));
        return [];
      };
    case 'update':
      return (memory, env) => update(step.id, env.data(step.id, step.fields, memory), memory, env);
    case 'tag':
      return (memory, env) => update(step.id, { tags: [...new Set([...env.tags(memory), ...step.tags])] }, memory, env);
    case 'untag':
      return (memory, env) =>
        update(step.id, { tags: env.tags(memory).filter((tag) => !step.tags.includes(tag)) }, memory, env);
    case 'emit':
      return (memory, env) =>
        env.holdout
          ? []
          : [
              {
                type: 'emit',
                step: step.id,
                visit: memory.visits[step.id] ?? 1,
                event: step.event,
                data: env.data(step.id, step.data, memory),
              },
            ];
    case 'exit':
      return () => [{ type: 'leave', step: step.id, outcome: step.outcome }];
  }
}

function update(step: string, fields: JsonObject, memory: Memory, env: MachineEnv): MachineAction[] {
  if (env.holdout) return [];
  Object.assign(memory.patch, fields);
  return [{ type: 'update', step, visit: memory.visits[step] ?? 1, fields }];
}

function conditionsOf(step: ActStep): Condition[] {
  if (step.verb === 'set' || step.verb === 'update') return dataConditions({ kind: 'map', fields: step.fields });
  return step.verb === 'emit' ? dataConditions({ kind: 'map', fields: step.data }) : [];
}
