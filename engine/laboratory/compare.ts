// What a case expected against what happened: every difference with its reason.

import type { MessageRow } from '../core/person.ts';
import { stored } from '../core/scope.ts';
import { formatLocal, parseMoment } from '../language/calendar.ts';
import { formatDuration } from '../language/duration.ts';
import { equal } from '../language/expression/operators.ts';
import type { Expectation, ExpectedMessage } from '../language/journey.ts';
import type { JournalLine } from '../ports/store.ts';
import { leftTime } from '../reports/ledger.ts';
import type { CaseRecord } from './run-case.ts';

export interface Difference {
  readonly about: string;
  readonly expected: string;
  readonly actual: string;
  /** Why it came so, in the journal's words. */
  readonly why: readonly string[];
}

/** A message that left: handed over, and not refused at the door. */
function left(row: MessageRow): boolean {
  return row.times.sending !== undefined && !(row.times.failed !== undefined && row.times.sent === undefined);
}

/** Everything in which a record differs from what was expected. */
export function differences(record: CaseRecord, expect: Expectation): Difference[] {
  const sent = record.messages.filter(left);
  return [
    ...(expect.messages === undefined ? [] : compareMessages(record, sent, expect.messages)),
    ...(expect.skipped === undefined ? [] : compareSkipped(record, expect.skipped)),
    ...(expect.not ?? []).flatMap((unwanted) => {
      const found = sent.find((row) => matches(record, row, unwanted));
      return found === undefined
        ? []
        : [
            {
              about: 'not',
              expected: `no ${describeExpected(unwanted)}`,
              actual: describe(record, found),
              why: whyOf(record, found.step),
            },
          ];
    }),
    ...(expect.outcome === undefined ? [] : compareOutcome(record, expect.outcome)),
    ...(expect.visited === undefined ? [] : compareVisited(record, expect.visited)),
    ...Object.entries(expect.profile ?? {}).flatMap(([field, value]) => {
      const actual = record.profile[field] ?? null;
      return equal(actual, stored(value))
        ? []
        : [{ about: `profile.${field}`, expected: JSON.stringify(value), actual: JSON.stringify(actual), why: [] }];
    }),
  ];
}

function compareMessages(
  record: CaseRecord,
  sent: readonly MessageRow[],
  expected: readonly ExpectedMessage[],
): Difference[] {
  const found: Difference[] = [];
  for (let n = 0; n < Math.max(sent.length, expected.length); n += 1) {
    const [row, wanted] = [sent[n], expected[n]];
    if (row !== undefined && wanted !== undefined && matches(record, row, wanted)) continue;
    const step = row?.step ?? record.messages.find((one) => one.template === wanted?.template)?.step ?? '';
    found.push({
      about: `message ${n + 1}`,
      expected: wanted === undefined ? 'nothing more' : describeExpected(wanted),
      actual: row === undefined ? 'nothing more' : describe(record, row),
      why: whyOf(record, step),
    });
  }
  return found;
}

function matches(record: CaseRecord, row: MessageRow, wanted: ExpectedMessage): boolean {
  const mail = record.mails.find((one) => one.id === row.id);
  return (
    (wanted.channel === undefined || wanted.channel === row.channel) &&
    (wanted.template === undefined || wanted.template === row.template) &&
    (wanted.step === undefined || wanted.step === row.step) &&
    (wanted.at === undefined || leftTime(row) === momentOf(record, wanted.at)) &&
    (wanted.locale === undefined || mail?.content.locale === wanted.locale) &&
    (wanted.subject === undefined ||
      JSON.stringify([
        (mail?.content.headers as { subject?: string } | undefined)?.subject,
        mail?.content.text,
      ]).includes(JSON.stringify(wanted.subject).slice(1, -1)))
  );
}

function momentOf(record: CaseRecord, at: number | string): number | null {
  return typeof at === 'number' ? record.start + at : parseMoment(at, record.zone);
}

function compareSkipped(record: CaseRecord, expected: readonly { step?: string; reason?: string }[]): Difference[] {
  const actual = record.messages.filter((row) => row.status === 'skipped');
  const same =
    actual.length === expected.length &&
    actual.every(
      (row, n) => (expected[n]?.step ?? row.step) === row.step && (expected[n]?.reason ?? row.reason) === row.reason,
    );
  if (same) return [];
  const list = (items: readonly { step?: string; reason?: string | null }[]) =>
    items.length === 0 ? 'nothing skipped' : items.map((one) => `${one.step ?? '…'}: ${one.reason ?? '…'}`).join(', ');
  return [
    {
      about: 'skipped',
      expected: list(expected),
      actual: list(actual),
      why: actual.flatMap((row) => whyOf(record, row.step)),
    },
  ];
}

/** The outcome of the first enrollment of the case's person. */
export function outcomeOf(record: CaseRecord): string {
  const mine = record.journal.filter((line) => line.person === record.person?.id);
  const entered = mine.find((line) => line.kind === 'entered');
  if (entered === undefined) return 'none';
  return mine.find((line) => line.kind === 'exited' && line.enrollment === entered.enrollment)?.reason ?? 'active';
}

function compareOutcome(record: CaseRecord, expected: string): Difference[] {
  const actual = outcomeOf(record);
  if (actual === expected) return [];
  const why = record.journal
    .filter((line) => ['entered', 'refused_entry', 'exited', 'fault'].includes(line.kind))
    .map((line) => sentence(record, line));
  return [{ about: 'outcome', expected, actual, why }];
}

function compareVisited(record: CaseRecord, expected: readonly string[]): Difference[] {
  const visited = record.journal
    .filter((line) => line.kind === 'moved' && line.phase === undefined && line.person === record.person?.id)
    .map((line) => line.step ?? '');
  let next = 0;
  for (const step of visited) if (step === expected[next]) next += 1;
  return next === expected.length
    ? []
    : [{ about: 'visited', expected: expected.join(' → '), actual: visited.join(' → '), why: [] }];
}

function describeExpected(wanted: ExpectedMessage): string {
  const parts = [
    wanted.channel,
    wanted.template,
    wanted.step === undefined ? undefined : `step ${wanted.step}`,
    wanted.subject === undefined ? undefined : `“${wanted.subject}”`,
    wanted.locale,
  ];
  const at =
    wanted.at === undefined ? '' : ` at ${typeof wanted.at === 'number' ? `+${formatDuration(wanted.at)}` : wanted.at}`;
  return `${parts.filter((part) => part !== undefined).join(' ')}${at}`;
}

function describe(record: CaseRecord, row: MessageRow): string {
  return `${row.channel} ${row.template} at +${formatDuration(leftTime(row) - record.start)} (step ${row.step})`;
}

/** Journal lines about a step, with the values its conditions had. */
function whyOf(record: CaseRecord, step: string): string[] {
  return record.journal
    .filter((line) => line.step === step && line.kind !== 'moved')
    .map((line) => sentence(record, line));
}

/** One journal line as a sentence with its time and the values of its conditions. */
export function sentence(record: Pick<CaseRecord, 'start' | 'zone'>, line: JournalLine): string {
  const what = [
    line.kind.replace('_', ' '),
    line.journey,
    line.step === undefined ? undefined : `step ${line.step}${line.phase === undefined ? '' : ` (${line.phase})`}`,
    line.reason,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
  const judged = (line.judged ?? []).map(
    (one) =>
      `${one.text} → ${JSON.stringify(one.value)}${
        Object.keys(one.read).length === 0
          ? ''
          : ` (${Object.entries(one.read)
              .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
              .join(', ')})`
      }`,
  );
  return `+${formatDuration(line.at - record.start)} ${formatLocal(line.at, record.zone)}  ${what}${judged.length === 0 ? '' : `\n      ${judged.join('\n      ')}`}`;
}
