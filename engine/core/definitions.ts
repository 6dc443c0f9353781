// What deciding may know of the workspace: settings, journeys and versions, as of one revision. Made by the runtime.

import type { CompiledJourney } from '../language/compile/compile.ts';
import type { EventTrigger } from '../language/journey.ts';
import type { Category, Settings } from '../language/settings.ts';
import type { Channel } from '../language/template.ts';
import type { Instant } from '../language/values.ts';

export interface LiveJourney {
  readonly compiled: CompiledJourney;
  /** Holds timers and hand-overs; events, entries, exits and receipts still count. */
  readonly paused: boolean;
  /** Nobody new enters; who is inside finishes. */
  readonly archived: boolean;
}

/** A trigger that an event of some name may start. */
export interface Door {
  readonly live: LiveJourney;
  readonly trigger: EventTrigger;
  /** Its place in the journey's list of triggers. */
  readonly index: number;
}

/** Why nothing of a channel leaves now; `until` null: until somebody says so. */
export interface ChannelGate {
  readonly until: Instant | null;
  readonly reason: 'sender_paused' | 'provider_down' | 'throttled';
}

export interface Definitions {
  /** After a restore: timers, silences and hand-overs of all journeys stand still. */
  readonly held?: boolean;
  readonly settings: Settings;
  journey(id: string): LiveJourney | undefined;
  /** A version somebody may still be inside of; undefined where this release does not understand it. */
  version(hash: string): CompiledJourney | undefined;
  /** Triggers an event may start, by priority, the higher first. */
  doors(event: string): readonly Door[];
  /** The template's own category, else the journey's. */
  category(journey: string, template: string, channel: Channel): Category;
  /** Where the mail that asks for a confirmation lies; undefined where there is none of this name. */
  confirming?(template: string): { readonly journey: string; readonly version: string } | undefined;
  /** Whether anything listens to or counts this event of our own; what nobody hears is only journaled. */
  listens(event: string): boolean;
  tellsDelivery(channel: Channel): boolean;
  /** What keeps a message of a channel from leaving now, or null; as of this moment, like a fact. Absent: nothing does. */
  gate?(channel: Channel, message: string, now: Instant, urgent: boolean): ChannelGate | null;
}
