// One journey as one XState machine, of which only `initialTransition` and `transition` are ever used: XState decides,
// the turn acts. What is stored of an enrollment is our step, phase and memory, never a snapshot of XState's.

import type { AnyStateMachine } from 'xstate';
import { createMachine, enqueueActions, initialTransition, transition } from 'xstate';
import type { Instant } from '../values.ts';
import type { MachineAction, MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';
import { draft, freshMemory } from './memory.ts';
import type { Branch, Effect, StateSpec } from './states.ts';
import { readStateKey, stateKey } from './states.ts';
import type { Way } from './ways.ts';
import { also } from './ways.ts';

/** Where an enrollment stands after a transition, and what it asks for, in order. */
export interface Advance {
  readonly step: string;
  readonly phase: string | null;
  readonly memory: Memory;
  readonly actions: readonly MachineAction[];
  readonly final: boolean;
}

export interface JourneyMachine {
  readonly xstate: AnyStateMachine;
  /** Enters the journey: `since` is the trigger's own time, from which a first `wait_for` looks. */
  enter(env: MachineEnv, since: Instant): Advance;
  /** Something happened that this enrollment might care about. */
  signal(at: { step: string; phase: string | null; memory: Memory }, env: MachineEnv): Advance;
  /** The timer of the state where it stands has run out. */
  timeout(at: { step: string; phase: string | null; memory: Memory }, env: MachineEnv): Advance;
}

type XEvent = { type: string; env?: MachineEnv; input?: { env: MachineEnv; since: Instant } };
const START = '$start';

/** Builds the machine of a laid-out journey. */
export function buildMachine(id: string, states: readonly StateSpec[], start: Way): JourneyMachine {
  const begin: StateSpec = {
    key: START,
    step: START,
    phase: null,
    verb: 'end',
    place: null,
    conditions: [],
    awaits: [],
    entry: [],
    // `transition` makes XState work out an initial state of its own, without environment: it must go no further than here.
    branches: start.map((branch) => also(branch, () => true)),
    after: null,
    final: false,
  };
  const all = [begin, ...states];
  // XState's own types would follow every state of a journey that is only known at run time.
  const xstate = createMachine(
    {
      id,
      initial: START,
      context: ({ input }: { input: { since: Instant } | undefined }) => freshMemory(input?.since ?? 0),
      states: Object.fromEntries(all.map((state) => [state.key, stateConfig(state)])),
    } as never,
    { delays: Object.fromEntries(all.flatMap(delayOf)) } as never,
  ) as unknown as AnyStateMachine;
  const asked = withoutSecondStart(xstate);
  const resume = ({ step, phase, memory }: { step: string; phase: string | null; memory: Memory }) =>
    xstate.resolveState({ value: stateKey(step, phase), context: memory });
  return {
    xstate,
    enter: (env, since) => settle(initialTransition(asked, { env, since } as never)),
    signal: (at, env) => settle(transition(asked, resume(at), { type: 'signal', env } as never)),
    timeout: (at, env) =>
      settle(transition(asked, resume(at), { type: timeoutEvent(id, stateKey(at.step, at.phase)), env } as never)),
  };
}

/**
 * The same machine, but for the initial state without input that XState 5.33 works out, and throws away, at every
 * transition: a third of what one costs. It is worked out once.
 */
function withoutSecondStart(machine: AnyStateMachine): AnyStateMachine {
  let still: ReturnType<AnyStateMachine['getInitialSnapshot']> | null = null;
  return Object.assign(Object.create(machine) as AnyStateMachine, {
    getInitialSnapshot(scope: never, input?: unknown) {
      if (input !== undefined) return machine.getInitialSnapshot(scope, input as never);
      still ??= machine.getInitialSnapshot(scope);
      return still;
    },
  });
}

function stateConfig(state: StateSpec): object {
  const ways = state.branches.map(transitionConfig);
  return {
    ...(state.entry.length > 0 && { entry: state.entry.map(action) }),
    ...(state.final && { type: 'final' }),
    ...(ways.length > 0 && { always: ways, on: { signal: ways } }),
    ...(state.after && { after: { [delayName(state.key)]: state.after.branches.map(transitionConfig) } }),
  };
}

function delayOf(state: StateSpec): [string, unknown][] {
  const { after } = state;
  if (after === null) return [];
  return [
    [
      delayName(state.key),
      ({ context, event }: { context: Memory; event: XEvent }) => Math.max(0, after.delay(context, envOf(event))),
    ],
  ];
}

/** A delay's name. Were it a step id alone, XState would read `2` as two milliseconds. */
function delayName(key: string): string {
  return `due ${key}`;
}

/** The state whose timer an event or send id of XState's names. */
function keyOfTimeout(name: string): string {
  return (name.split('.')[2] ?? '').slice('due '.length);
}

/** The event XState raises to itself when the delay named like the state is over (5.33: `xstate.after.<delay>.<machine>.<state>`). */
function timeoutEvent(id: string, key: string): string {
  return `xstate.after.${delayName(key)}.${id}.${key}`;
}

function transitionConfig(branch: Branch): object {
  const { guard, effect } = branch;
  return {
    target: branch.to,
    ...(guard && {
      guard: ({ context, event }: { context: Memory; event: XEvent }) => hasEnv(event) && guard(context, envOf(event)),
    }),
    ...(effect && { actions: action(effect) }),
    reenter: true,
  };
}

function action(effect: Effect): unknown {
  return enqueueActions((({
    context,
    event,
    enqueue,
  }: {
    context: Memory;
    event: XEvent;
    enqueue: { (action: object): void; assign(memory: Memory): void };
  }) => {
    const memory = draft(context);
    const asked = effect(memory, envOf(event));
    enqueue.assign(memory);
    for (const one of asked) enqueue({ type: one.type, params: one });
  }) as never);
}

function hasEnv(event: XEvent): boolean {
  return event.env !== undefined || event.input !== undefined;
}

function envOf(event: XEvent): MachineEnv {
  const env = event.env ?? event.input?.env;
  if (env === undefined) throw new Error('a machine is only ever moved with an environment');
  return env;
}

function settle([snapshot, asked]: readonly [unknown, readonly unknown[]]): Advance {
  const { value, context, status, error } = snapshot as {
    value: string;
    context: Memory;
    status: string;
    error?: unknown;
  };
  // XState keeps what a guard throws; the turn must know of it.
  if (status === 'error') throw error;
  const { step, phase } = readStateKey(value);
  const actions = (asked as readonly { type: string; params?: Record<string, unknown> }[])
    .map(translate)
    .filter((one): one is MachineAction => one !== null);
  return { step, phase, memory: context, actions, final: status === 'done' };
}

/** XState's own timers become ours; everything else is ours already. */
function translate({ type, params }: { type: string; params?: Record<string, unknown> }): MachineAction | null {
  if (type === 'xstate.raise') {
    const key = keyOfTimeout((params?.event as { type: string } | undefined)?.type ?? '');
    return { type: 'timer', ...readStateKey(key), visit: 0, after: params?.delay as number };
  }
  if (type === 'xstate.cancel') return { type: 'cancel', ...readStateKey(keyOfTimeout(String(params?.sendId))) };
  return (params as MachineAction | undefined) ?? null;
}
