// Figures of journeys, counted from the ledger and the journal alone (I10): nothing here is kept, so nothing can drift.

import type { MessageRow } from '../core/person.ts';
import type { JournalLine, Store } from '../ports/store.ts';

export interface StepFigures {
  readonly journey: string;
  readonly version: string;
  readonly step: string;
  visited: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  replied: number;
  bounced: number;
  failed: number;
  held: number;
  unknown: number;
  readonly skipped: { [reason: string]: number };
}

export interface JourneyFigures {
  readonly journey: string;
  entered: number;
  inside: number;
  readonly exits: { [outcome: string]: number };
  converted: number;
  /** Sum of the goal's value over conversions. */
  value: number;
  readonly steps: StepFigures[];
}

const PAGE = 5_000;

/** Counts everything of one journey, or of all. */
export async function figures(store: Store, journey?: string): Promise<JourneyFigures[]> {
  const all = new Map<string, JourneyFigures>();
  for await (const line of journalOf(store, journey)) countLine(all, line);
  for await (const row of messagesOf(store, journey)) countMessage(all, row);
  return [...all.values()].sort((a, b) => (a.journey < b.journey ? -1 : 1));
}

/** The whole journal, page by page. */
export async function* journalOf(store: Store, journey?: string): AsyncGenerator<JournalLine> {
  let after: string | undefined;
  for (;;) {
    const lines = await store.journal({ limit: PAGE, ...(journey !== undefined && { journey }), ...(after !== undefined && { after }) });
    yield* lines;
    if (lines.length < PAGE) return;
    after = lines.at(-1)?.id;
  }
}

/** The whole ledger, page by page, newest first. */
export async function* messagesOf(store: Store, journey?: string): AsyncGenerator<MessageRow> {
  let before: string | undefined;
  for (;;) {
    const rows = await store.messages({ limit: PAGE, ...(journey !== undefined && { journey }), ...(before !== undefined && { before }) });
    yield* rows;
    if (rows.length < PAGE) return;
    before = rows.at(-1)?.id;
  }
}

function journeyOf(all: Map<string, JourneyFigures>, id: string): JourneyFigures {
  const known = all.get(id) ?? { journey: id, entered: 0, inside: 0, exits: {}, converted: 0, value: 0, steps: [] };
  all.set(id, known);
  return known;
}

function stepOf(all: Map<string, JourneyFigures>, { journey, version, step }: { journey: string; version: string; step: string }): StepFigures {
  const { steps } = journeyOf(all, journey);
  const known = steps.find((one) => one.version === version && one.step === step);
  if (known !== undefined) return known;
  const made: StepFigures = { journey, version, step, visited: 0, sent: 0, delivered: 0, opened: 0, clicked: 0, replied: 0, bounced: 0, failed: 0, held: 0, unknown: 0, skipped: {} };
  steps.push(made);
  return made;
}

function countLine(all: Map<string, JourneyFigures>, line: JournalLine): void {
  if (line.journey === undefined) return;
  const figures = journeyOf(all, line.journey);
  if (line.kind === 'entered') {
    figures.entered += 1;
    figures.inside += 1;
  } else if (line.kind === 'exited') {
    figures.inside -= 1;
    figures.exits[line.reason ?? ''] = (figures.exits[line.reason ?? ''] ?? 0) + 1;
  } else if (line.kind === 'converted') {
    figures.converted += 1;
    figures.value += typeof line.detail?.value === 'number' ? line.detail.value : 0;
  } else if (line.kind === 'moved' && line.phase === undefined && line.step !== undefined) stepOf(all, { journey: line.journey, version: line.version ?? '', step: line.step }).visited += 1;
}

function countMessage(all: Map<string, JourneyFigures>, row: MessageRow): void {
  const step = stepOf(all, row);
  const reached = (name: 'delivered' | 'opened' | 'clicked' | 'replied' | 'bounced') => row.times[name] !== undefined;
  if (row.status === 'skipped') step.skipped[row.reason ?? ''] = (step.skipped[row.reason ?? ''] ?? 0) + 1;
  else if (row.status === 'held' || row.status === 'unknown' || row.status === 'failed') step[row.status] += 1;
  if (row.times.sent !== undefined || reached('delivered')) step.sent += 1;
  for (const name of ['delivered', 'opened', 'clicked', 'replied', 'bounced'] as const) if (reached(name)) step[name] += 1;
}
