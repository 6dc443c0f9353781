// What a compiled condition is and what it may ask. Parsing and evaluation live in `expression/`.

import type { Place } from './errors.ts';
import type { Instant, Millis, Value } from './values.ts';

/** A fact of the store that an expression can ask for: the person's own events of one name. */
export interface FactNeed {
  readonly event: string;
  /** How far back from now, or null for all that are kept. */
  readonly window: Millis | null;
}

/** A CEL expression, parsed once; plain data apart from the parsed tree. */
export interface Condition {
  /** As typed, for explanations. */
  readonly text: string;
  readonly place: Place;
  /** The parsed tree, of `expression/`'s own kind; nobody else looks inside. */
  readonly tree: unknown;
  /** Own-event histories it may ask for. Segments it names are listed apart and carry needs of their own. */
  readonly needs: readonly FactNeed[];
  readonly segments: readonly string[];
  /** Message references it names: `message("reminder")`. */
  readonly messages: readonly string[];
  /** Journeys it names: `journey("welcome")`. */
  readonly journeys: readonly string[];
  /** Dotted paths it reads, for the checker: `profile.country`, `event.total`, `vars.code`. */
  readonly paths: readonly string[];
}

/** One event as an expression sees it: its data with `at`. */
export interface PastEvent {
  readonly id: string;
  readonly at: Instant;
  readonly data: { readonly [key: string]: Value };
}

/** How a message of this enrollment fared, of its latest visit. */
export interface MessageSignals {
  readonly sent: boolean;
  readonly delivered: boolean;
  readonly opened: boolean;
  readonly clicked: boolean;
  readonly replied: boolean;
  readonly failed: boolean;
  readonly skipped: boolean;
  readonly machine_opened: boolean;
}

/** Everything an expression may see. Built by `engine/core/scope.ts`; tests may build their own. */
export interface Scope {
  readonly now: Instant;
  /** IANA zone of the person's wall clock. */
  readonly zone: string;
  /** Answers a top-level name (`profile trigger vars event`); null when absent here. */
  name(name: string): Value;
  segment(name: string): boolean;
  consent(channel: string): boolean;
  bucket(name: string): number;
  /** Own events with this name, newest first; `window` counts back from now, null for all kept. */
  events(name: string, window: Millis | null): readonly PastEvent[];
  message(reference: string): MessageSignals;
  journey(id: string): {
    readonly active: boolean;
    readonly entered_at: Instant | null;
    readonly outcome: string | null;
  };
}

/** What a condition read while it was judged: for `explain` and the journal. Values are JSON-safe. */
export interface Trace {
  /** `profile.country` → "LV", `count("order.placed", "30d")` → 2. */
  readonly values: { [source: string]: unknown };
  /** Comparisons of different kinds, in words: `profile.age ("7", text) == 7 (number)`. */
  readonly remarks: string[];
}
