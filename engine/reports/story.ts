// One person's story: why they are where they are, and why each message was sent, held or skipped, with the values that
// conditions had then.

import type { Enrollment, Person } from '../core/person.ts';
import { zoneOf } from '../core/profile.ts';
import { formatLocal } from '../language/calendar.ts';
import type { Settings } from '../language/settings.ts';
import type { JsonObject } from '../language/values.ts';
import type { JournalLine, Store, StoredEvent } from '../ports/store.ts';

export interface Story {
  readonly person: string;
  readonly zone: string;
  readonly now: readonly string[];
  readonly lines: readonly string[];
}

/** Tells a person's story, of one journey or all. */
export async function story(store: Store, person: Person, settings: Settings, journey?: string): Promise<Story> {
  const zone = zoneOf(person, settings);
  const journal = await store.journal({ person: person.id, limit: 10_000, ...(journey !== undefined && { journey }) });
  const events = await store.events({ person: person.id, limit: 10_000 });
  const told = [...journal.map((line) => ({ at: line.at, text: lineOf(line, zone) })), ...(journey === undefined ? events.filter((event) => !event.name.startsWith('tropa.') && !event.name.startsWith('message.')).map((event) => ({ at: event.received, text: eventLine(event, zone) })) : [])];
  return {
    person: person.id,
    zone,
    now: person.enrollments.filter((one) => journey === undefined || one.journey === journey).map((one) => standing(one, zone)),
    lines: told.sort((a, b) => a.at - b.at).map((one) => one.text),
  };
}

function standing(enrollment: Enrollment, zone: string): string {
  const { journey, step, phase, timers, fault } = enrollment;
  const until = timers[0] === undefined ? '' : `, until ${formatLocal(timers[0].at, zone)} at the latest`;
  const stuck = fault === undefined ? '' : `. Stands still: ${fault.code} ${fault.message}`;
  return `in ${journey} at step ${step}${phase === null ? '' : ` (${phase})`}${until}${stuck}`;
}

function eventLine(event: StoredEvent, zone: string): string {
  const late = Math.abs(event.received - event.at) > 1_000 ? `, dated ${formatLocal(event.at, zone)}` : '';
  return `${formatLocal(event.received, zone)}  event ${event.name} from ${event.source}${late} ${short(event.data)}`;
}

const WORDS: Readonly<Record<string, (line: JournalLine) => string>> = {
  entered: (line) => `enters ${line.journey}${line.detail?.holdout === true ? ', held out' : ''}`,
  refused_entry: (line) => `does not enter ${line.journey}: ${line.reason}`,
  moved: (line) => `${line.journey}: comes to step ${line.step}${line.phase === undefined ? '' : ` (${line.phase})`}`,
  exited: (line) => `leaves ${line.journey} as ${line.reason}`,
  converted: (line) => `reaches the goal of ${line.journey}`,
  decided: (line) => `${line.journey}: step ${line.step} decides message ${line.message}`,
  begun: (line) => `message ${line.message} of step ${line.step} may leave and is handed over`,
  held: (line) => `message ${line.message} of step ${line.step} is held: ${line.reason}`,
  skipped: (line) => `message ${line.message} of step ${line.step} is skipped: ${line.reason}`,
  receipt: (line) => `message ${line.message}: ${line.reason}`,
  updated: (line) => `${line.journey}: step ${line.step} changes the person`,
  emitted: (line) => `${line.journey}: step ${line.step} emits ${String(line.detail?.event ?? '')}`,
  fault: (line) => `${line.journey}: stands still at step ${line.step}: ${line.reason} ${String(line.detail?.message ?? '')}`,
  retried: (line) => `${line.journey ?? ''}: is driven again`,
  merged: (line) => (line.detail?.absorbed === undefined ? `${line.journey}: two enrollments become one` : 'turns out to be somebody known already'),
};

function lineOf(line: JournalLine, zone: string): string {
  const what = WORDS[line.kind]?.(line) ?? line.kind;
  const judged = (line.judged ?? []).map(({ text, value, read, remarks }) => `\n      ${text} → ${JSON.stringify(value)}${values(read)}${(remarks ?? []).map((remark) => `\n        ${remark}`).join('')}`);
  return `${formatLocal(line.at, zone)}  ${what}${judged.join('')}`;
}

function values(read: JsonObject): string {
  const told = Object.entries(read).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return told.length === 0 ? '' : `   (${told.join(', ')})`;
}

function short(data: JsonObject): string {
  const text = JSON.stringify(data);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
