// The one table of error codes: what each means, what to do, and which exit and HTTP status it becomes.
// `docs/errors.md` is held equal to it by a test. Codes are a contract: they are added, never reused.

import {
  EXPRESSION_ERRORS,
  JOURNEY_ERRORS,
  SETTINGS_ERRORS,
  SHAPE_ERRORS,
  TEMPLATE_ERRORS,
  YAML_ERRORS,
} from './errors/authoring.ts';
import type { ErrorSection } from './errors/kind.ts';
import { FAULT_ERRORS, REQUEST_ERRORS, STORE_ERRORS } from './errors/running.ts';
import { WARNINGS } from './errors/warnings.ts';

export type { ErrorKind } from './errors/kind.ts';

/** The table by section, as `docs/errors.md` shows it. A new section needs a line here and nothing else. */
export const ERROR_SECTIONS: Readonly<Record<string, ErrorSection>> = {
  'Reading YAML': YAML_ERRORS,
  'Keys and values': SHAPE_ERRORS,
  Conditions: EXPRESSION_ERRORS,
  Journeys: JOURNEY_ERRORS,
  'Settings (tropa.yaml)': SETTINGS_ERRORS,
  Templates: TEMPLATE_ERRORS,
  Warnings: WARNINGS,
  Requests: REQUEST_ERRORS,
  'Faults of one person': FAULT_ERRORS,
  'Starting and storing': STORE_ERRORS,
};

/** Every code there is. `W_` codes warn only. */
export const ERRORS: ErrorSection = Object.assign({}, ...Object.values(ERROR_SECTIONS));

export interface Place {
  /** Path as the author knows it, relative to where the command runs. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
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
