// `repeat`: rounds of a block, the first at once, each begun `every` after the start of the one before.

import type { Condition } from '../condition.ts';
import type { Step } from '../journey.ts';
import type { MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';
import type { Effect } from './states.ts';
import { stateKey } from './states.ts';
import type { Layout, Way } from './ways.ts';
import { also, go, passTime } from './ways.ts';

type RepeatStep = Step & { verb: 'repeat' };

/** Lays a loop. Its own state judges a round, `:every` rests between two. */
export function layRepeat(layout: Layout, step: RepeatStep, next: Way): Way {
  const { id, every } = step;
  const played = (memory: Memory) => memory.rounds[id]?.n ?? 0;
  const begin: Effect = (memory, env) => {
    memory.rounds[id] = { n: played(memory) + 1, started: env.now };
    return [];
  };
  const finish: Effect = (memory) => {
    delete memory.rounds[id];
    return [];
  };
  const over = (memory: Memory) => played(memory) >= step.times;
  const again: Way = [
    every === null ? go(id, 'again') : { to: stateKey(id, 'every'), label: 'round ends', conditions: [] },
  ];
  const round = layout.block(step.do, again);
  const out = next.map((branch) => also(branch, null, finish));
  layout.add({
    step: id,
    verb: 'repeat',
    place: step.place,
    branches: [
      ...out.map((branch) => ({ ...also(branch, over), label: `${step.times} rounds` })),
      ...until(step, out),
      ...round.map((branch) => ({ ...also(branch, null, begin), label: branch.label || 'round' })),
    ],
  });
  if (every !== null) layPause(layout, step, every, over, out);
  return [go(id, '')];
}

function until(step: RepeatStep, out: Way): Way {
  const condition: Condition | null = step.until;
  if (condition === null) return [];
  return out.map((branch) => ({
    ...also(branch, (memory: Memory, env: MachineEnv) => env.holds(step.id, condition, memory)),
    label: condition.text,
    conditions: [...branch.conditions, condition],
  }));
}

/** The rest of a round's `every`; the last round is followed at once. */
function layPause(layout: Layout, step: RepeatStep, every: number, over: (memory: Memory) => boolean, out: Way): void {
  const due = (memory: Memory) => (memory.rounds[step.id]?.started ?? 0) + every;
  const again = [also(go(step.id, 'next round'), null, passTime)];
  layout.add({
    step: step.id,
    phase: 'every',
    verb: 'repeat',
    place: step.place,
    branches: [
      ...out.map((branch) => ({ ...also(branch, over), label: 'last round' })),
      ...again.map((branch) => also(branch, (memory, env) => due(memory) <= env.now)),
    ],
    after: { delay: (memory, env) => due(memory) - env.now, label: 'every', branches: again },
  });
}
