// Commands that look: why, how many, whether it all agrees, what stands still.

import type { Json, JsonObject } from '../../language/values.ts';
import { counted, table } from '../print.ts';
import { asking, one } from './asking.ts';

const list = (answer: Json) => answer as JsonObject[];

export const explain = asking(
  'explain',
  ([profile = '', journey]) => ({ profile, journey: journey ?? null }),
  one(({ profile, now, lines, zone }) => {
    const standing = now as string[];
    return [
      `${String(profile)}, times in ${String(zone)}`,
      ...(standing.length === 0 ? ['is in no journey now'] : standing).map((line) => `  ${line}`),
      '',
      ...(lines as unknown as StoryLine[]).map(lineOf),
    ].join('\n');
  }),
);

interface StoryLine {
  readonly local: string;
  readonly text: string;
  readonly why: readonly string[];
}

function lineOf({ local, text, why }: StoryLine): string {
  return [`${local}  ${text}`, ...why.map((reason) => `      ${reason}`)].join('\n');
}

const STEP = [
  'step',
  'visited',
  'sent',
  'delivered',
  'opened',
  'clicked',
  'replied',
  'bounced',
  'failed',
  'held',
  'unknown',
  'skipped',
];

export const stats = asking(
  'stats',
  ([journey]) => ({ journey: journey ?? null }),
  (answer) => {
    if (list(answer).length === 0) return 'Nobody has come to a journey yet.';
    return list(answer).map(figuresOf).join('\n\n');
  },
);

function figuresOf(figures: JsonObject): string {
  const { journey, version, entered, inside, converted, heldOut, heldOutConverted } = figures;
  const parts = [
    `${String(entered)} entered`,
    `${String(inside)} inside`,
    told('left', figures.exits),
    told('not entered', figures.refused),
    `${String(converted)} converted${told(' worth', figures.value)}`,
    heldOut === 0 ? '' : `of them held out: ${String(heldOut)} entered, ${String(heldOutConverted)} converted`,
  ];
  const head = `${String(journey)} version ${String(version)}: ${parts.filter((part) => part !== '').join('; ')}`;
  const steps = figures.steps as JsonObject[];
  return steps.length === 0 ? head : `${head}\n${table(steps, STEP)}`;
}

function told(word: string, counts: Json | undefined): string {
  const all = counted((counts ?? {}) as JsonObject);
  return all === '' ? '' : `${word} ${all}`;
}

export const audit = asking(
  'audit',
  () => ({}),
  one((report) => {
    const findings = report.findings as JsonObject[];
    const recounted = ['people', 'events', 'messages', 'journal'].map(
      (name) => `${String(report[name])} ${name === 'journal' ? 'journal lines' : name}`,
    );
    return [
      `Recounted: ${recounted.join(', ')}.`,
      ...(report.unknown === 0
        ? []
        : [`${String(report.unknown)} messages have no known outcome: \`tropa resolve\` settles them.`]),
      ...(findings.length === 0
        ? ['Everything agrees.']
        : findings.map(({ about, detail }) => `${String(about)}: ${String(detail)}`)),
    ].join('\n');
  }),
  (answer) => (((answer as JsonObject).findings as Json[]).length === 0 ? 0 : 1),
);

export const faults = asking(
  'faults',
  () => ({}),
  (answer) =>
    list(answer).length === 0
      ? 'Nothing stands still.'
      : table(list(answer), ['kind', 'profile', 'journey', 'step', 'name', 'event', 'code', 'why']),
  (answer) => (list(answer).length === 0 ? 0 : 1),
);

export const doctor = asking(
  'doctor',
  ([worker]) => (worker === undefined ? {} : { worker }),
  (answer) =>
    list(answer)
      .map(({ ok, about, detail }) => `${ok === true ? 'ok   ' : 'WRONG'} ${String(about)}: ${String(detail)}`)
      .join('\n'),
  (answer) => (list(answer).every(({ ok }) => ok === true) ? 0 : 1),
);
