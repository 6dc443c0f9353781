// Which facts a state may ask for: its own conditions and those of every state that can be reached without resting.

import type { Condition, FactNeed } from '../condition.ts';
import type { StateSpec } from './states.ts';

/** Needs of everything that can be judged in one turn that begins in `from`. */
export function needsFrom(
  states: ReadonlyMap<string, StateSpec>,
  from: readonly string[],
  always: readonly Condition[],
): { facts: FactNeed[]; sinceEntry: string[]; segments: string[] } {
  const conditions = new Set<Condition>(always);
  const awaits = new Set<string>();
  const seen = new Set<string>();
  const open = [...from];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const state = states.get(key);
    if (state === undefined || seen.has(key)) continue;
    seen.add(key);
    for (const condition of [
      ...state.conditions,
      ...state.branches.flatMap((branch) => branch.conditions),
      ...(state.after?.branches ?? []).flatMap((branch) => branch.conditions),
    ])
      conditions.add(condition);
    for (const name of state.awaits) awaits.add(name);
    open.push(
      ...state.branches.map((branch) => branch.to),
      ...(state.after?.branches ?? []).map((branch) => branch.to),
    );
  }
  return {
    facts: widest([...conditions].flatMap((condition) => condition.needs)),
    sinceEntry: [...awaits].sort(),
    segments: [...new Set([...conditions].flatMap((condition) => condition.segments))].sort(),
  };
}

/** One need an event, as wide as the widest. */
export function widest(needs: readonly FactNeed[]): FactNeed[] {
  const byEvent = new Map<string, FactNeed>();
  for (const need of needs) {
    const known = byEvent.get(need.event);
    if (known === undefined || (known.window !== null && (need.window === null || need.window > known.window)))
      byEvent.set(need.event, need);
  }
  return [...byEvent.values()].sort((a, b) => (a.event < b.event ? -1 : 1));
}
