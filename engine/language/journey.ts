// A journey as read from YAML: typed, with every condition parsed and every step named. Plain data; reading is
// `read-journey.ts`, what is wrong with it `check/`, what it becomes `compile/`.

import type { Condition } from './condition.ts';
import type { Place } from './errors.ts';
import type { Channel } from './template.ts';
import type { JsonObject, Millis } from './values.ts';

export type Signal = 'delivered' | 'opened' | 'clicked' | 'replied';
/** What a `wait_for` may wait for of a message. */
export type AwaitedSignal = Signal | 'failed' | 'skipped';

/** Free data: literals as they are, texts beginning with `=` parsed as conditions. */
export type FreeValue =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'expression'; readonly condition: Condition }
  | { readonly kind: 'list'; readonly items: readonly FreeValue[] }
  | { readonly kind: 'map'; readonly fields: Readonly<Record<string, FreeValue>> };
export type FreeData = Readonly<Record<string, FreeValue>>;

/** A wall clock `10:00`. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
}

/** `mon-fri 10:00-20:00` in the person's zone. `to` at or before `from` runs over midnight. */
export interface Window {
  /** Monday is 1; all seven when the text names none. */
  readonly weekdays: readonly number[];
  readonly from: Clock;
  readonly to: Clock;
}

export interface EventTrigger {
  readonly kind: 'event';
  readonly name: string | null;
  readonly if: Condition | null;
  readonly event: string;
  readonly idle: Millis | null;
  readonly key: Condition | null;
  /** 24 h unless set. */
  readonly maxAge: Millis;
  readonly place: Place;
}
export interface ApiTrigger {
  readonly kind: 'api';
  readonly name: string | null;
  readonly if: Condition | null;
  readonly place: Place;
}
export type Trigger = EventTrigger | ApiTrigger;

export type Reenter =
  | { readonly kind: 'after_exit' }
  | { readonly kind: 'never' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'after'; readonly span: Millis };

export interface ExitRule {
  readonly event: string;
  readonly if: Condition | null;
  /** `exited` unless set. */
  readonly as: string;
  readonly place: Place;
}

export interface Goal {
  readonly event: string;
  readonly if: Condition | null;
  readonly within: Millis | null;
  readonly value: Condition | null;
  readonly currency: Condition | null;
  readonly place: Place;
}

export interface Send {
  readonly channel: Channel;
  readonly template: string;
  readonly with: FreeData;
  /** Overrides the template's subject; Liquid. */
  readonly subject: string | null;
  /** What to do in quiet hours; null is what the workspace says. */
  readonly quiet: 'skip' | 'hold' | null;
  readonly window: Window | null;
  readonly expires: Millis | null;
}

/** One rung: one send, or several at once under one `for`. */
export interface Rung {
  readonly id: string;
  /** Each with its message id step: the rung's id for a lone send, `3.1.1` for parallel ones. */
  readonly sends: readonly {
    readonly id: string;
    readonly if: Condition | null;
    readonly send: Send;
    readonly place: Place;
  }[];
  /** A rung whose `if` is not true is passed over. */
  readonly if: Condition | null;
  readonly for: Millis | null;
  readonly place: Place;
}

export type Awaited =
  | {
      readonly kind: 'event';
      readonly event: string;
      readonly if: Condition | null;
      readonly as: string | null;
      readonly do: readonly Step[];
      readonly place: Place;
    }
  | {
      readonly kind: 'signal';
      readonly signal: AwaitedSignal;
      /** A step id or a template name as typed; `messageStep` is the step id it means. */
      readonly message: string;
      readonly messageStep: string;
      readonly as: string | null;
      readonly do: readonly Step[];
      readonly place: Place;
    };

export type Wait =
  | { readonly kind: 'for'; readonly for: Millis; readonly jitter: Millis }
  /** `{days: 2, at: 10:00}`; days null: the next such moment. */
  | { readonly kind: 'clock'; readonly days: number | null; readonly weekday: number | null; readonly at: Clock | null }
  | {
      readonly kind: 'until';
      /** A literal date or date-time text, or an expression. */
      readonly until: { readonly text: string } | Condition;
      readonly days: number | Condition | null;
      readonly at: Clock | null;
      readonly past: 'continue' | 'exit';
    };

interface StepBase {
  /** As typed, or its place: `3`, `3.do.1`, `3.2.do.1`, `3.else.1`. */
  readonly id: string;
  /** False where the id is a position. */
  readonly named: boolean;
  readonly note: string | null;
  /** Without truth the step is passed over. Null where the verb itself is `if`. */
  readonly guard: Condition | null;
  readonly place: Place;
}

export type Step = StepBase &
  (
    | { readonly verb: 'send'; readonly send: Send }
    | {
        readonly verb: 'reach';
        readonly rungs: readonly Rung[];
        readonly until: Signal;
        readonly else: readonly Step[] | null;
      }
    | { readonly verb: 'wait'; readonly wait: Wait }
    | {
        readonly verb: 'wait_for';
        readonly waits: readonly Awaited[];
        readonly within: Millis;
        readonly since: 'step' | 'entry';
        readonly else: readonly Step[];
      }
    | {
        readonly verb: 'if';
        readonly condition: Condition;
        readonly do: readonly Step[];
        readonly else: readonly Step[];
      }
    | {
        readonly verb: 'choose';
        readonly cases: readonly { readonly if: Condition; readonly do: readonly Step[]; readonly place: Place }[];
        readonly else: readonly Step[];
      }
    | {
        readonly verb: 'split';
        /** Weights are percent and add up to 100. */
        readonly variants: readonly {
          readonly name: string;
          readonly weight: number;
          readonly do: readonly Step[];
          readonly place: Place;
        }[];
      }
    | {
        readonly verb: 'repeat';
        readonly times: number;
        readonly every: Millis | null;
        readonly until: Condition | null;
        readonly do: readonly Step[];
      }
    | { readonly verb: 'update'; readonly fields: FreeData }
    | { readonly verb: 'tag'; readonly tags: readonly string[] }
    | { readonly verb: 'untag'; readonly tags: readonly string[] }
    | { readonly verb: 'set'; readonly fields: FreeData }
    | { readonly verb: 'emit'; readonly event: string; readonly data: FreeData }
    | { readonly verb: 'exit'; readonly outcome: string }
  );

export interface Journey {
  readonly id: string;
  readonly title: string;
  readonly status: 'draft' | 'test' | 'live';
  readonly category: string;
  /** 0–100; the higher goes first. */
  readonly priority: number;
  readonly triggers: readonly Trigger[];
  readonly audience: Condition | null;
  readonly reenter: Reenter;
  /** Percent held out, 0–100. */
  readonly holdout: number;
  readonly exits: readonly ExitRule[];
  readonly goal: Goal | null;
  readonly steps: readonly Step[];
  readonly file: string;
}

/** What a spec's script does, one line. Times are texts resolved by the laboratory. */
export interface ScriptLine {
  readonly after: Millis | null;
  /** Absolute, as typed; the person's wall clock where it names no zone. */
  readonly at: string | null;
  /** The event's own time, where it differs from when it arrives: an offset from that moment (`-10m`). */
  readonly dated: Millis | null;
  readonly action:
    | {
        readonly kind: 'event';
        readonly event: string;
        readonly data: JsonObject;
        readonly as: JsonObject | null;
        readonly id: string | null;
      }
    | { readonly kind: 'start'; readonly journey: string; readonly data: JsonObject }
    | {
        readonly kind: 'signal';
        readonly signal: Signal | 'bounced' | 'failed';
        readonly step: string;
        readonly value: string | number | null;
      }
    | { readonly kind: 'unsubscribed'; readonly channel: Channel }
    | { readonly kind: 'update'; readonly traits: JsonObject }
    | { readonly kind: 'pass' };
  readonly place: Place;
}

export interface ExpectedMessage {
  readonly channel?: Channel;
  readonly template?: string;
  readonly step?: string;
  /** `+2h30m` from start as ms, or an absolute time as typed. */
  readonly at?: Millis | string;
  /** Rendered subject or text must contain this. */
  readonly subject?: string;
  readonly locale?: string;
}

export interface Expectation {
  readonly messages?: readonly ExpectedMessage[];
  readonly skipped?: readonly { readonly step?: string; readonly reason?: string }[];
  readonly not?: readonly ExpectedMessage[];
  readonly profile?: JsonObject;
  readonly outcome?: string;
  readonly visited?: readonly string[];
}

export interface Pick {
  readonly holdout?: boolean;
  readonly split?: Readonly<Record<string, string>>;
}

export interface SpecCase {
  readonly name: string;
  /** ISO text. */
  readonly start: string;
  readonly profile: JsonObject;
  /** Key by key over `tropa.yaml`; still the raw YAML text form, merged before the settings are read. */
  readonly settings: unknown;
  readonly pick: Pick;
  readonly script: readonly ScriptLine[];
  readonly expect: Expectation;
  readonly place: Place;
}

export interface Spec {
  readonly journey: string;
  readonly cases: readonly SpecCase[];
  readonly file: string;
}
