// What a machine is told with every event: the time, the person's scope, and how to judge a condition. The turn makes
// it; the machine keeps nothing of it.

import type { Condition, PastEvent } from '../condition.ts';
import type { FreeData } from '../journey.ts';
import type { Channel } from '../template.ts';
import type { Instant, JsonObject, Millis, Value } from '../values.ts';
import type { Memory } from './memory.ts';

export interface MachineEnv {
  readonly now: Instant;
  readonly zone: string;
  readonly holdout: boolean;
  /** Judges a condition of this step with what the enrollment remembers, and records it for the journal. */
  holds(step: string, condition: Condition, memory: Memory, event?: PastEvent): boolean;
  value(step: string, condition: Condition, memory: Memory): Value;
  /** Free data with its expressions evaluated. */
  data(step: string, data: FreeData, memory: Memory): JsonObject;
  /** Own events of this name that count for a wait: applied so far, own time at or after `since`, oldest first; never the trigger. */
  eventsSince(name: string, since: Instant): readonly PastEvent[];
  enteredAt: Instant;
  /** The id of the message this step sends on this visit (I5). */
  messageId(step: string, visit: number): string;
  /** A sticky share of this person for a split, in [0, 1). */
  share(step: string): number;
  /** An even number in [0, 1) for this visit of a step: jitter. */
  chance(step: string, visit: number): number;
  /** A variant decided beforehand, or null. */
  picked(step: string): string | null;
  /** The person's tags, pending changes included. */
  tags(memory: Memory): readonly string[];
  /** Whether this channel's provider confirms delivery; where it does not, silence until the end of a rung means delivered. */
  tellsDelivery(channel: Channel): boolean;
}

/** What a machine asks the turn to do, in the order asked. */
export type MachineAction =
  | { readonly type: 'visit'; readonly step: string; readonly phase: string | null; readonly visit: number }
  | {
      readonly type: 'send';
      readonly step: string;
      readonly visit: number;
      readonly contact: number;
      readonly id: string;
      readonly with: JsonObject;
    }
  | {
      readonly type: 'timer';
      readonly step: string;
      readonly phase: string | null;
      readonly visit: number;
      readonly after: Millis;
    }
  | { readonly type: 'cancel'; readonly step: string; readonly phase: string | null }
  | { readonly type: 'update'; readonly step: string; readonly visit: number; readonly fields: JsonObject }
  | {
      readonly type: 'emit';
      readonly step: string;
      readonly visit: number;
      readonly event: string;
      readonly data: JsonObject;
    }
  | { readonly type: 'leave'; readonly step: string | null; readonly outcome: string };
