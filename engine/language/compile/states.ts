// What a compiled journey is made of before it becomes an XState machine: states with branches. The one description
// from which the machine, its picture, its reachability and its needs are all made.

import type { Condition } from '../condition.ts';
import type { Place } from '../errors.ts';
import type { Step } from '../journey.ts';
import type { Millis } from '../values.ts';
import type { MachineAction, MachineEnv } from './env.ts';
import type { Memory } from './memory.ts';

/** Changes a drafted memory and asks for actions. */
export type Effect = (memory: Memory, env: MachineEnv) => readonly MachineAction[];
export type Guard = (memory: Memory, env: MachineEnv) => boolean;

/** One way on. Branches of a list are tried in order; the first whose guard is true is taken. */
export interface Branch {
  readonly to: string;
  readonly guard?: Guard;
  readonly effect?: Effect;
  /** In words, for pictures: `opened`, `event.total > 10`, `else`. */
  readonly label: string;
  /** What the guard may judge, for needs. */
  readonly conditions: readonly Condition[];
}

export interface StateSpec {
  /** Key inside the machine: the step's id, `:` and phase where it has one, dots as slashes. */
  readonly key: string;
  readonly step: string;
  readonly phase: string | null;
  readonly verb: Step['verb'] | 'end';
  readonly place: Place | null;
  /** Conditions evaluated on entry apart from branches. */
  readonly conditions: readonly Condition[];
  /** Events whose history a branch asks for. */
  readonly awaits: readonly string[];
  readonly entry: readonly Effect[];
  /** Tried on entry, and again whenever anything about this enrollment happens. */
  readonly branches: readonly Branch[];
  /** How long it rests here at most, and what then. */
  readonly after: {
    readonly delay: (memory: Memory, env: MachineEnv) => Millis;
    readonly label: string;
    readonly branches: readonly Branch[];
  } | null;
  readonly final: boolean;
}

/** The key of a state: XState reads dots in keys as paths, so step ids carry slashes there. */
export function stateKey(step: string, phase: string | null): string {
  const key = step.replaceAll('.', '/');
  return phase === null ? key : `${key}:${phase}`;
}

/** The step and phase a key stands for. */
export function readStateKey(key: string): { step: string; phase: string | null } {
  const [step = '', phase] = key.split(':');
  return { step: step.replaceAll('/', '.'), phase: phase ?? null };
}
