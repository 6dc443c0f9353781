// A note of who is being decided right now, made before trying: a process that dies of an input is so remembered.
// It needs to outlive the process, not the machine.

export interface Attempt {
  readonly people: readonly string[];
  /** The one input being tried alone, once a person has been found out. */
  readonly event: string | null;
}

export interface Attempts {
  /** Notes what is about to be tried; null when it went well. */
  note(attempt: Attempt | null): void;
  /** What the process before this one was trying when it died, or null. */
  last(): Attempt | null;
}
