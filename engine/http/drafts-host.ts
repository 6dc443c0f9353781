// What the editor needs of the engine: a journey's files as they are, and what would come of others.

import type { Changes } from '../language/compile/changes.ts';
import type { Picture } from '../language/compile/picture.ts';

/** Files of one journey's folder by name: `journey.yaml`, its specs, its templates. */
export type DraftFiles = Readonly<Record<string, string>>;

export interface DraftSource {
  readonly files: DraftFiles;
  /** Hash of the version these are: the parent of what is published from them. */
  readonly version: string;
  readonly number: number;
  readonly author: string | null;
  readonly deployedAt: number;
}

export interface DraftLook {
  readonly faults: readonly {
    readonly code: string;
    readonly message: string;
    readonly severity: 'error' | 'warning';
    readonly file: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Null where errors leave nothing to draw. */
  readonly picture: Picture | null;
  /** Against the live version; null where there is none, or errors. */
  readonly changes: Changes | null;
  /** Names of templates and specs with another text than the deployed one. */
  readonly templates: readonly string[];
}

export interface SpecOutcome {
  readonly name: string;
  readonly ok: boolean;
  /** Its line in `journey.spec.yaml`. */
  readonly line: number;
  readonly differences: readonly {
    readonly about: string;
    readonly expected: string;
    readonly actual: string;
    readonly why: readonly string[];
  }[];
}

/** What invented people came to. */
export interface Played {
  readonly people: number;
  readonly entered: number;
  readonly outcomes: { readonly [outcome: string]: number };
  readonly converted: number;
  readonly steps: readonly {
    readonly step: string;
    readonly entered: number;
    readonly sent: number;
    readonly waiting: number;
    readonly skipped: { readonly [reason: string]: number };
  }[];
}

export interface Published {
  readonly version: string;
  readonly number: number;
  /** False where the journey was published already as it is: only templates changed, or nothing. */
  readonly changed: boolean;
}

export interface Drafts {
  /** Throws E_NO_SUCH_JOURNEY. */
  open(id: string): Promise<DraftSource>;
  look(id: string, draft: DraftFiles): Promise<DraftLook>;
  specs(id: string, draft: DraftFiles): Promise<SpecOutcome[]>;
  simulate(id: string, draft: DraftFiles): Promise<Played>;
  /** Throws E_STALE where `parent` is not current and `force` is not set; E_CHECK where it has errors. */
  publish(
    id: string,
    draft: DraftFiles,
    how: { readonly parent: string | null; readonly author: string; readonly force: boolean },
  ): Promise<Published>;
}
