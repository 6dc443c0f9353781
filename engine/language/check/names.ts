// Names that must exist elsewhere in the workspace: journeys, segments, categories.

import type { Condition } from '../condition.ts';
import { formatDuration } from '../duration.ts';
import { suggest } from '../suggest.ts';
import { conditionsOf } from '../walk.ts';
import { child } from '../yaml/node.ts';
import type { CheckedJourney, Findings, Reading } from './findings.ts';

/** `Did you mean …`, else what there is. */
export function remedy(word: string, candidates: readonly string[], none: string, all: string): string {
  const near = suggest(word, candidates);
  if (near !== null) return `Did you mean "${near}"?`;
  return candidates.length === 0 ? none : `${all} ${candidates.slice(0, 12).join(', ')}.`;
}

/** Two folders may not hold the same journey. */
export function checkJourneyIds(reading: Reading, findings: Findings): void {
  const first = new Map<string, string>();
  for (const draft of reading.drafts) {
    if (draft.id === undefined) continue;
    const other = first.get(draft.id);
    const place = child(draft.node ?? undefined, 'journey')?.place;
    if (other === undefined) first.set(draft.id, draft.file);
    else if (place !== undefined)
      findings.error(
        'E_DUPLICATE_JOURNEY',
        place,
        `the journey "${draft.id}" stands in the folder "${other.split('/')[0]}" already. Give one of them another id.`,
      );
  }
}

/** Names in the conditions of one journey, and its category. */
export function checkJourneyNames({ journey, draft }: CheckedJourney, reading: Reading, findings: Findings): void {
  const ids = reading.drafts.flatMap(({ id }) => id ?? []);
  for (const condition of conditionsOf(journey)) {
    checkFacts(condition, reading, findings);
    for (const id of condition.journeys) {
      if (!ids.includes(id))
        findings.error(
          'E_UNKNOWN_JOURNEY',
          findings.inside(condition, `journey("${id}")`),
          `no journey "${id}". ${remedy(id, ids, '', 'Journeys are')}`,
        );
    }
    checkAnswers(condition, findings);
  }
  const categories = Object.keys(reading.settings.categories);
  const place = child(draft.node ?? undefined, 'category')?.place;
  if (place !== undefined && !categories.includes(journey.category)) {
    findings.error(
      'E_UNKNOWN_CATEGORY',
      place,
      `no category "${journey.category}" in tropa.yaml. ${remedy(journey.category, categories, '', 'Categories are')}`,
    );
  }
  const status = child(draft.node ?? undefined, 'status')?.place;
  if (status !== undefined && journey.status === 'test' && reading.settings.segments.testers === undefined) {
    findings.warn(
      'W_NO_TESTERS',
      status,
      'a journey with status test lets only the segment "testers" in, and tropa.yaml has none: nobody can enter. Define it under segments.',
    );
  }
}

/** Segments that exist, and windows that events are kept for. */
export function checkFacts(condition: Condition, reading: Reading, findings: Findings): void {
  const segments = Object.keys(reading.settings.segments);
  for (const name of condition.segments) {
    if (segments.includes(name)) continue;
    findings.error(
      'E_UNKNOWN_SEGMENT',
      findings.inside(condition, `segment("${name}")`),
      `no segment "${name}" in tropa.yaml. ${remedy(name, segments, 'It defines none: add it under segments.', 'Segments are')}`,
    );
  }
  for (const { event, window } of condition.needs) {
    if (window === null || window <= reading.retention) continue;
    const kept = formatDuration(reading.retention);
    findings.error(
      'E_WINDOW_TOO_LONG',
      findings.inside(condition, `"${event}"`),
      `looks back ${formatDuration(window)} for "${event}", and events are kept ${kept}. Shorten the window, or raise RETENTION.`,
    );
  }
}

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  message: ['sent', 'delivered', 'opened', 'clicked', 'replied', 'failed', 'skipped', 'machine_opened'],
  journey: ['active', 'entered_at', 'outcome'],
};

/** What `message("…")` and `journey("…")` can tell. */
function checkAnswers(condition: Condition, findings: Findings): void {
  for (const [whole, asked = '', field = ''] of condition.text.matchAll(
    /\b(message|journey)\(\s*(?:"[^"]*"|'[^']*')\s*\)\s*\.\s*([A-Za-z_]\w*)/g,
  )) {
    const known = ANSWERS[asked] ?? [];
    if (!known.includes(field))
      findings.error(
        'E_UNKNOWN_NAME',
        findings.inside(condition, whole),
        `${asked}() does not tell "${field}". ${remedy(field, known, '', 'It tells')}`,
      );
  }
}

/** Segments of tropa.yaml: what they name exists, and none goes round in a circle. */
export function checkSegments(reading: Reading, findings: Findings): void {
  const { segments } = reading.settings;
  for (const [name, condition] of Object.entries(segments)) {
    checkFacts(condition, reading, findings);
    const circle = circleFrom(name, segments);
    if (circle?.every((other) => name <= other)) {
      findings.error(
        'E_SEGMENT_CYCLE',
        condition.place,
        `the segments ${[...circle, name].map((one) => `"${one}"`).join(' → ')} go round in a circle. Take one of the references out.`,
      );
    }
  }
}

/** The way from a segment back to itself, or null. */
function circleFrom(start: string, segments: Reading['settings']['segments']): string[] | null {
  const seen = new Set<string>();
  const ways: string[][] = [[start]];
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    for (const next of segments[way.at(-1) ?? '']?.segments ?? []) {
      if (next === start) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return null;
}
