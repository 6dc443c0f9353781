// One person's story: why they are where they are, and why each message was sent, held or skipped, with the values that
// conditions had then.

import type { Enrollment, MessageRow, OutboxItem, Person } from '../core/person.ts';
import { idOf, zoneOf } from '../core/profile.ts';
import { formatLocal } from '../language/calendar.ts';
import type { Settings } from '../language/settings.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { JournalLine, Store, StoredEvent } from '../ports/store.ts';
import { journalOf, messagesOf } from './ledger.ts';

export interface StoryLine {
  readonly at: Instant;
  /** `at` on the wall clock where the person is. */
  readonly local: string;
  readonly text: string;
  /** Each condition judged for it: its text, its answer, and the values it read. */
  readonly why: readonly string[];
}

export interface Story {
  readonly profile: string;
  readonly person: string;
  readonly zone: string;
  /** Where they stand. */
  readonly now: readonly string[];
  readonly lines: readonly StoryLine[];
}

/** More events than this are not told one by one; the latest are. */
const MOST_EVENTS = 10_000;
/** Our own events: the journal tells better what they did. */
const OWN = /^(tropa|message|journey|segment)\./;

/** Tells a person's story, of one journey or all (null). */
export async function story(store: Store, person: Person, settings: Settings, journey: string | null): Promise<Story> {
  const zone = zoneOf(person, settings);
  const filter = { person: person.id, ...(journey !== null && { journey }) };
  const messages = new Map<string, MessageRow>();
  for await (const row of messagesOf(store, { person: person.id })) messages.set(row.id, row);
  const mine = (id: string | undefined) => id !== undefined && messages.get(id)?.journey === journey;
  const lines: StoryLine[] = [];
  for await (const line of journalOf(store, { person: person.id })) {
    if (journey === null || line.journey === journey || mine(line.message)) lines.push(tell(line, zone, messages));
  }
  if (filter.journey === undefined)
    lines.push(...(await eventsOf(store, person.id)).map((event) => tellEvent(event, zone)));
  return {
    profile: idOf(person),
    person: person.id,
    zone,
    now: standing(person, journey, zone),
    lines: [...(await forgotten(store, person, zone)), ...lines.sort((a, b) => a.at - b.at)],
  };
}

/** A story that begins in the middle says so. */
async function forgotten(store: Store, person: Person, zone: string): Promise<StoryLine[]> {
  const { journal: at } = await store.horizons();
  if (at === undefined || person.createdAt >= at) return [];
  const text = 'what ended before is no longer kept (RETENTION)';
  return [{ at, local: formatLocal(at, zone), text, why: [] }];
}

async function eventsOf(store: Store, person: string): Promise<StoredEvent[]> {
  const events = await store.events({ person, limit: MOST_EVENTS });
  return events.filter((event) => !OWN.test(event.name));
}

function standing(person: Person, journey: string | null, zone: string): string[] {
  const about = (id: string) => journey === null || id === journey;
  const faint =
    person.pausedUntil !== null && person.pausedUntil > person.now
      ? [`has paused all messages until ${formatLocal(person.pausedUntil, zone)}`]
      : [];
  return [
    ...person.enrollments.filter((one) => about(one.journey)).map((one) => whereabouts(one, zone)),
    ...person.idle
      .filter((wait) => about(wait.journey))
      .map((wait) => `enters ${wait.journey} at ${formatLocal(wait.due, zone)}, unless something happens before`),
    ...person.outbox.filter((item) => about(item.journey)).map((item) => onItsWay(item, zone)),
    ...faint,
  ];
}

function whereabouts({ journey, step, phase, timers, fault, key }: Enrollment, zone: string): string {
  const until = timers[0] === undefined ? '' : `, until ${formatLocal(timers[0].at, zone)} at the latest`;
  const stuck = fault === undefined ? '' : `. Stands still: ${fault.code} ${fault.message}`;
  return `is in ${journey}${key === null ? '' : ` (key ${key})`} at step ${step}${phase === null ? '' : `, ${phase}`}${until}${stuck}`;
}

function onItsWay({ id, journey, step, channel, template, status, until, reason }: OutboxItem, zone: string): string {
  const state =
    status === 'begun'
      ? 'is being handed over'
      : status === 'ready'
        ? 'is about to leave'
        : `is held (${reason ?? ''})${until === null ? '' : ` until ${formatLocal(until, zone)}`}`;
  return `${channel} "${template}" of ${journey} step ${step} ${state}: message ${id}`;
}

function tellEvent(event: StoredEvent, zone: string): StoryLine {
  const late = Math.abs(event.received - event.at) > 1_000 ? `, dated ${formatLocal(event.at, zone)}` : '';
  return {
    at: event.received,
    local: formatLocal(event.received, zone),
    text: `${event.name} from ${event.source}${late} ${short(event.data)}`,
    why: [],
  };
}

type Words = (line: JournalLine, message: string) => string;

const WORDS: Readonly<Record<JournalLine['kind'], Words>> = {
  entered: (line) => `enters ${line.journey}${line.detail?.holdout === true ? ', held out' : ''}`,
  refused_entry: (line) => `does not enter ${line.journey}: ${line.reason}`,
  moved: (line) => `${line.journey}: comes to step ${line.step}${line.phase === undefined ? '' : `, ${line.phase}`}`,
  exited: (line) => `leaves ${line.journey} as ${line.reason}`,
  converted: (line) =>
    `reaches the goal of ${line.journey}${line.detail?.value == null ? '' : `, worth ${String(line.detail.value)} ${String(line.detail.currency ?? '')}`.trimEnd()}`,
  decided: (_line, message) => `${message} is decided`,
  begun: (_line, message) => `${message} may leave, and is handed over`,
  held: (_line, message) => `${message} is held`,
  skipped: (line, message) => `${message} is skipped: ${line.reason}`,
  receipt: (line, message) => `${message}: ${line.reason}`,
  updated: (line) => `${line.journey}: step ${line.step} changes ${list(line.detail?.fields)}`,
  emitted: (line) => `${line.journey}: step ${line.step} emits ${String(line.detail?.event ?? '')}`,
  idle: (line) => `${line.journey}: has been silent`,
  fault: (line) =>
    `${line.journey}: stands still at step ${line.step}: ${line.reason} ${String(line.detail?.message ?? '')}`,
  retried: (line) =>
    line.message === undefined
      ? `${line.journey ?? 'everything'} is driven again at step ${line.step ?? ''}`
      : 'is sent on an operator’s word',
  merged: (line) =>
    line.journey === undefined
      ? 'turns out to be somebody known already'
      : `${line.journey}: two enrollments become one`,
  migrated: (line) => `${line.journey}: goes on in another version`,
};

function tell(line: JournalLine, zone: string, messages: ReadonlyMap<string, MessageRow>): StoryLine {
  const row = messages.get(line.message ?? '');
  const message =
    row === undefined
      ? `message ${line.message ?? ''}`
      : `${row.channel} "${row.template}" of ${row.journey} step ${row.step}`;
  const until = typeof line.detail?.until === 'number' ? ` until ${formatLocal(line.detail.until, zone)}` : '';
  const held = line.kind === 'held' ? `${until}: ${line.reason}` : '';
  const why = (line.judged ?? []).flatMap(({ text, value, read, remarks }) => [
    `${text} → ${JSON.stringify(value)}${values(read)}`,
    ...(remarks ?? []),
  ]);
  const ground = line.kind === 'begun' && row !== undefined ? [standsOn(row, zone)] : [];
  return {
    at: line.at,
    local: formatLocal(line.at, zone),
    text: `${WORDS[line.kind](line, message)}${held}`,
    why: [...why, ...ground],
  };
}

/** The consent of a message (P20). */
function standsOn({ proof }: MessageRow, zone: string): string {
  if (proof === null) return 'stands on: no recorded word; none is needed here';
  const { scope, granted, at, source, version, text } = proof;
  const words = text === undefined ? '' : `: "${text}"`;
  const told = version === undefined ? '' : `, version ${version}`;
  return `stands on: ${scope} ${granted ? 'granted' : 'withdrawn'} ${formatLocal(at, zone)}, source ${source}${told}${words}`;
}

function values(read: JsonObject): string {
  const told = Object.entries(read).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return told.length === 0 ? '' : `   (${told.join(', ')})`;
}

const list = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : 'the person');

function short(data: JsonObject): string {
  const text = JSON.stringify(data);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
