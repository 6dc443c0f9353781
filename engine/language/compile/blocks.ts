// `if`, `choose` and `split`: steps that only choose a way.

import type { Condition } from '../condition.ts';
import type { Step } from '../journey.ts';
import type { Layout, Way } from './ways.ts';
import { also, go } from './ways.ts';

type BranchStep = Step & { verb: 'if' | 'choose' | 'split' };

/** Lays a step that is left in the moment it is entered. */
export function layBranches(layout: Layout, step: BranchStep, next: Way): Way {
  if (step.verb === 'split') return laySplit(layout, step, next);
  const cases = step.verb === 'if' ? [{ if: step.condition, do: step.do }] : step.cases;
  const ways = cases.flatMap((one) => when(step.id, one.if, layout.block(one.do, next)));
  const otherwise = layout.block(step.else, next).map((branch) => ({ ...branch, label: branch.label || 'else' }));
  layout.add({ step: step.id, verb: step.verb, place: step.place, branches: [...ways, ...otherwise] });
  return [go(step.id, '')];
}

/** Judged once a visit: were it judged for each branch of the way again, its trace would repeat itself. */
function when(step: string, condition: Condition, way: Way): Way {
  return way.map((branch) => ({
    ...also(branch, (memory, env) => env.holds(step, condition, memory)),
    label: condition.text,
    conditions: [...branch.conditions, condition],
  }));
}

function laySplit(layout: Layout, step: Step & { verb: 'split' }, next: Way): Way {
  let from = 0;
  const ways = step.variants.flatMap((variant) => {
    const [low, high] = [from, from + variant.weight / 100];
    from = high;
    const way = layout.block(variant.do, next);
    return way.map((branch) => ({
      ...also(branch, (_memory, env) => chosen(env.picked(step.id), variant.name, env.share(step.id), low, high)),
      label: variant.name,
    }));
  });
  // Weights are rounded: whoever falls beyond the last share belongs to the last variant.
  const rest = layout.block([], next);
  layout.add({ step: step.id, verb: 'split', place: step.place, branches: [...ways, ...rest] });
  return [go(step.id, '')];
}

function chosen(picked: string | null, name: string, share: number, low: number, high: number): boolean {
  return picked === null ? share >= low && share < high : picked === name;
}
