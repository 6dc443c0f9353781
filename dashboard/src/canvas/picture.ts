// What the canvas draws: a journey's steps and ways as the engine tells them, and what was counted on them.

export interface PictureNode {
  readonly id: string;
  readonly verb: string;
  readonly line: number | null;
  readonly note: string | null;
  readonly sends: readonly { readonly channel: string; readonly template: string }[];
  readonly texts: readonly string[];
  readonly millis: number | null;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly labels: readonly string[] }[];
}

/** What was counted at one step. */
export interface StepCounts {
  readonly inside: number;
  readonly passed: number;
  readonly skipped: Readonly<Record<string, number>>;
  /** Of those who came, the share that went on; null where nobody came. */
  readonly onward: number | null;
  readonly sent?: number;
}

export interface Counts {
  readonly steps: ReadonlyMap<string, StepCounts>;
  /** How many went from one step to another, by `from to`. */
  readonly flows: ReadonlyMap<string, number>;
}

export const NO_COUNTS: Counts = { steps: new Map(), flows: new Map() };
