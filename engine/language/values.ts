// The values that journeys compute with: JSON plus moments and durations of time. No behaviour of CEL lives here.

/** Milliseconds since 1970-01-01T00:00:00Z, whole. */
export type Instant = number;
/** A length of time in milliseconds, whole. */
export type Millis = number;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A moment as conditions see it; `now`, `trigger.at`, `event.at` and `time(x)` are of this kind. */
export class Moment {
  readonly ms: Instant;
  constructor(ms: Instant) {
    this.ms = ms;
  }
  /** ISO 8601 in UTC is written by `calendar.ts`; JSON keeps milliseconds. */
  toJSON(): number {
    return this.ms;
  }
}

/** A length of time as conditions see it; `duration("3d")` and `now - trigger.at` are of this kind. */
export class Span {
  readonly ms: Millis;
  constructor(ms: Millis) {
    this.ms = ms;
  }
  toJSON(): number {
    return this.ms;
  }
}

/** What an expression may read or answer. A missing field is null, never undefined. */
export type Value = null | boolean | number | string | Moment | Span | Value[] | { [key: string]: Value };
