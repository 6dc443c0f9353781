// Where spans go: what one event led to, told process by process, under ids that all of them derive from what they have
// in hand. No attribute carries what a customer or a page typed (P30).

import type { Instant } from '../language/values.ts';

export interface SpanPlace {
  /** 32 hex digits. */
  readonly trace: string;
  /** 16 hex digits. */
  readonly span: string;
}

export interface Span extends SpanPlace {
  readonly parent: string | null;
  /** A span of another trace that this one follows from. */
  readonly follows?: SpanPlace;
  readonly name: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Whether what it tells of went wrong. */
  readonly failed?: boolean;
}

export interface Traces {
  /** Never waits and never throws: what cannot be told is dropped. */
  tell(span: Span): void;
  /** Sends what is still waiting to be sent, within a few seconds. */
  close(): Promise<void>;
}
