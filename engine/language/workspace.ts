// A workspace folder as a map of files, and what it holds once read. Reading is `read-workspace.ts`.

import type { Fault } from './errors.ts';
import type { Journey, Spec } from './journey.ts';
import type { Settings } from './settings.ts';
import type { Template } from './template.ts';

/** Path inside the workspace folder (`abandoned-cart/journey.yaml`) → text. */
export type Files = ReadonlyMap<string, string>;

export interface Workspace {
  readonly settings: Settings;
  readonly journeys: readonly Journey[];
  readonly templates: readonly Template[];
  readonly specs: readonly Spec[];
}

export interface WorkspaceReading {
  /** What could be read; a journey with errors is left out. */
  readonly workspace: Workspace;
  /** Every fault of every file at once, in file and line order. */
  readonly faults: readonly Fault[];
}
