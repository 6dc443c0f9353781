// The one table of error codes: what each means, what to do, and which exit and HTTP status it becomes.
// `docs/errors.md` is held equal to it by a test. Codes are a contract: they are added, never reused.

export interface Place {
  /** Path as the author knows it, relative to where the command runs. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface ErrorKind {
  /** What is wrong, one sentence, for `docs/errors.md`. */
  readonly means: string;
  /** What the reader should do. */
  readonly remedy: string;
  /** Exit status of a command that ends with it: 1 findings, 2 cannot run. */
  readonly exit: 1 | 2;
  /** HTTP status where a request ends with it. */
  readonly http: number;
  /** `W_` codes warn only. */
}

/** One finding about what somebody typed. Never thrown: `check` gathers all of them. */
export interface Fault {
  readonly code: string;
  readonly place: Place;
  /** Names what is wrong and how to mend it; ends with a full stop or question mark. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

/** An operation that could not be done. `code` is a row of `ERRORS`. */
export class TropaError extends Error {
  readonly code: string;
  readonly place: Place | undefined;
  constructor(code: string, message: string, place?: Place) {
    super(message);
    this.name = 'TropaError';
    this.code = code;
    this.place = place;
  }
}

/** `E_UNKNOWN_STEP journeys/abandoned-cart/journey.yaml:14:9: no step "remnd". Did you mean "reminder"?` */
export function formatFault(fault: Pick<Fault, 'code' | 'place' | 'message'>): string {
  return `${fault.code} ${fault.place.file}:${fault.place.line}:${fault.place.column}: ${fault.message}`;
}
