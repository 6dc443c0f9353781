// `reach`: rungs tried in turn until one gets through.

import type { Rung, Step } from '../journey.ts';
import type { Instant } from '../values.ts';
import type { MachineEnv } from './env.ts';
import type { Memory, MessageMemo } from './memory.ts';
import { leftAt, reached, settled } from './memory.ts';
import type { Branch, Effect, Guard } from './states.ts';
import { stateKey } from './states.ts';
import type { Layout, Way } from './ways.ts';
import { also, conditionsIn, entering, go, passTime, send } from './ways.ts';

type ReachStep = Step & { verb: 'reach' };

/** Lays a ladder: one state that begins a pass, one for each rung, and `:waiting` for its silence. */
export function layLadder(layout: Layout, step: ReachStep, next: Way): Way {
  const done = next.map((branch) => also(branch, null, passTime));
  let onward: Way =
    step.else === null ? done : layout.block(step.else, next).map((branch) => also(branch, null, passTime));
  const last = step.rungs.at(-1);
  for (const rung of [...step.rungs].reverse()) {
    layRung(layout, step, rung, { done, onward, last: rung === last });
    onward = entering({ id: rung.id, guard: rung.if }, [go(rung.id, '')], onward);
  }
  const begin: Effect = (memory) => {
    memory.passes[step.id] = [];
    return [];
  };
  layout.add({ step: step.id, verb: 'reach', place: step.place, entry: [begin], branches: onward });
  return [go(step.id, '')];
}

interface Exits {
  readonly done: Way;
  readonly onward: Way;
  readonly last: boolean;
}

function layRung(layout: Layout, step: ReachStep, rung: Rung, { done, onward, last }: Exits): void {
  const through: Guard = (memory) => passMemos(memory, step.id).some((memo) => reached(memo, step.until) !== null);
  const ready: Guard = (memory) => rungMemos(memory, rung, step.id).every(settled);
  const lost: Guard = (memory, env) => ready(memory, env) && standing(memory, rung, step.id).length === 0;
  const ends = last && rung.for === null;
  const handed: Way = ends ? done : [{ to: stateKey(rung.id, 'waiting'), label: 'handed over', conditions: [] }];
  layout.add({
    step: rung.id,
    verb: 'reach',
    place: rung.place,
    conditions: rung.sends.flatMap(({ send: what, if: guard }) => [
      ...conditionsIn(what),
      ...(guard === null ? [] : [guard]),
    ]),
    entry: [start(rung, step.id)],
    branches: [
      ...labelled(done, through, step.until),
      ...labelled(onward, lost, 'not sent'),
      ...labelled(handed, ready, ends ? 'sent' : 'handed over'),
    ],
  });
  if (!ends) layWaiting(layout, step, rung, { through, lost, done, onward });
}

/** Silence after hand-over: `for` runs from the moment the last message of the rung left. */
function layWaiting(
  layout: Layout,
  step: ReachStep,
  rung: Rung,
  ways: { through: Guard; lost: Guard; done: Way; onward: Way },
): void {
  const due = (memory: Memory): Instant =>
    Math.max(0, ...standing(memory, rung, step.id).map((memo) => leftAt(memo) ?? 0)) + (rung.for ?? 0);
  const presumed: Guard = (memory, env) => step.until === 'delivered' && silentDelivery(memory, rung, step, env);
  const silence: Way = [
    ...labelled(ways.done, presumed, 'not bounced'),
    ...ways.onward.map((branch) => ({ ...branch, label: branch.label || 'silence' })),
  ];
  layout.add({
    step: rung.id,
    phase: 'waiting',
    verb: 'reach',
    place: rung.place,
    branches: [
      ...labelled(ways.done, ways.through, step.until),
      ...labelled(ways.onward, ways.lost, 'bounced'),
      ...silence.map((branch) => also(branch, (memory, env) => due(memory) <= env.now)),
    ],
    after: { delay: (memory, env) => due(memory) - env.now, label: 'silence', branches: silence },
  });
}

/** With a channel that cannot confirm delivery, sent and not bounced by the end of `for` is delivered. */
function silentDelivery(memory: Memory, rung: Rung, step: ReachStep, env: MachineEnv): boolean {
  return standing(memory, rung, step.id).some((memo) => memo.sent !== undefined && !env.tellsDelivery(memo.channel));
}

function start(rung: Rung, ladder: string): Effect {
  return (memory, env) => {
    const actions = rung.sends
      .filter(({ id, if: guard }) => guard === null || env.holds(id, guard, memory))
      .flatMap(({ id, send: what }) => {
        memory.passes[ladder] = [...(memory.passes[ladder] ?? []), id];
        return send(id, rung.id, what)(memory, env);
      });
    return actions;
  };
}

/** Every message of this pass, of this rung and of the earlier ones. */
function passMemos(memory: Memory, ladder: string): MessageMemo[] {
  return (memory.passes[ladder] ?? [])
    .map((id) => memory.messages[id])
    .filter((memo): memo is MessageMemo => memo !== undefined);
}

function rungMemos(memory: Memory, rung: Rung, ladder: string): MessageMemo[] {
  const pass = memory.passes[ladder] ?? [];
  return rung.sends
    .filter(({ id }) => pass.includes(id))
    .map(({ id }) => memory.messages[id])
    .filter((memo): memo is MessageMemo => memo !== undefined);
}

/** Messages of the rung that left (or would have, for somebody held out) and have not come back. */
function standing(memory: Memory, rung: Rung, ladder: string): MessageMemo[] {
  return rungMemos(memory, rung, ladder).filter((memo) => leftAt(memo) !== null && memo.failed === undefined);
}

function labelled(way: Way, guard: Guard, label: string): Branch[] {
  return way.map((branch) => ({ ...also(branch, guard), label }));
}
