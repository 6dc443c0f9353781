// What expressions of one enrollment may see, made of the person's record, the facts in hand and the settings.

import { formatIso } from '../language/calendar.ts';
import type { CompiledJourney } from '../language/compile/compile.ts';
import type { Memory, MessageMemo } from '../language/compile/memory.ts';
import { reached } from '../language/compile/memory.ts';
import type { Condition, MessageSignals, PastEvent, Scope, Trace } from '../language/condition.ts';
import { evaluate } from '../language/expression/index.ts';
import type { Json, JsonObject, Value } from '../language/values.ts';
import { Moment } from '../language/values.ts';
import { permission } from './consent.ts';
import { normaliseEmail, normalisePhone } from './identity.ts';
import { fraction } from './ids.ts';
import type { Enrollment, Person } from './person.ts';
import { addressOf, profileOf, zoneOf } from './profile.ts';
import type { Work } from './work.ts';
import { toJson } from './work.ts';

/** What a scope is about, apart from the person. */
export interface About {
  readonly compiled?: CompiledJourney;
  readonly trigger?: Enrollment['trigger'];
  readonly memory?: Memory;
  readonly event?: PastEvent;
}

/** Builds the scope of one judgement. Names are made when they are asked for. */
export function scopeOf(work: Work, about: About): Scope {
  const { person, definitions, now } = work;
  return {
    now,
    zone: zoneOf(person, definitions.settings),
    name: (name) => nameOf(work, about, name),
    segment: (name) => inSegment(work, name, 0),
    consent: (channel) => mayWrite(work, about, channel),
    bucket: (name) => Math.floor(fraction(person.id, 'bucket', name) * 100),
    events: (name, window) => work.facts.events(name, window === null ? null : now - window),
    message: (reference) => signalsOf(about, reference),
    journey: (id) => journeyOf(person, id),
  };
}

function nameOf(work: Work, { trigger, memory, event }: About, name: string): Value {
  switch (name) {
    case 'profile':
      return profileOf(work.person, work.definitions.settings, memory?.patch);
    case 'trigger':
      return trigger === undefined ? null : { ...trigger.data, at: new Moment(trigger.at), name: trigger.name };
    case 'vars':
      return memory?.vars ?? {};
    case 'event':
      return event === undefined ? null : { ...event.data, at: new Moment(event.at) };
    default:
      return null;
  }
}

/** Segments may name segments; `check` refuses circles, and depth ends one that slipped through. */
function inSegment(work: Work, name: string, depth: number): boolean {
  const condition = work.definitions.settings.segments[name];
  if (condition === undefined || depth > 20) return false;
  const scope = scopeOf(work, {});
  return evaluate(condition, { ...scope, segment: (inner) => inSegment(work, inner, depth + 1) }) === true;
}

function mayWrite(work: Work, { compiled }: About, channel: string): boolean {
  if (channel !== 'email' && channel !== 'sms' && channel !== 'push') return false;
  const { settings } = work.definitions;
  const category = settings.categories[compiled?.journey.category ?? 'marketing'] ?? settings.categories.marketing;
  const address = addressOf(work.person, channel, normaliseEmail, normalisePhone);
  if (category === undefined || address === null || !permission(work.person, settings, channel, category).allowed)
    return false;
  return !work.facts.suppressed(`${channel}:${address}`);
}

const NEVER_SENT: MessageSignals = {
  sent: false,
  delivered: false,
  opened: false,
  clicked: false,
  replied: false,
  failed: false,
  skipped: false,
  machine_opened: false,
};

function signalsOf({ compiled, memory }: About, reference: string): MessageSignals {
  const step = compiled?.messageSteps.get(reference) ?? reference;
  const memo = memory?.messages[step];
  return memo === undefined ? NEVER_SENT : memoSignals(memo);
}

function memoSignals(memo: MessageMemo): MessageSignals {
  return {
    sent: memo.sent !== undefined,
    delivered: reached(memo, 'delivered') !== null,
    opened: reached(memo, 'opened') !== null,
    clicked: reached(memo, 'clicked') !== null,
    replied: memo.replied !== undefined,
    failed: memo.failed !== undefined,
    skipped: memo.skipped !== undefined,
    machine_opened: memo.machine_opened !== undefined,
  };
}

function journeyOf(person: Person, id: string): { active: boolean; entered_at: number | null; outcome: string | null } {
  const inside = person.enrollments.filter((enrollment) => enrollment.journey === id);
  const past = person.past[id];
  return { active: inside.length > 0, entered_at: past?.enteredAt ?? null, outcome: past?.outcome ?? null };
}

/** Judges a condition and remembers how, for the next line of the journal. */
export function judge(work: Work, condition: Condition, about: About): Value {
  const trace: Trace = { values: {}, remarks: [] };
  const value = evaluate(condition, scopeOf(work, about), trace);
  work.judge({
    text: condition.text,
    value: toJson(value, formatIso),
    read: trace.values as JsonObject,
    ...(trace.remarks.length > 0 && { remarks: [...trace.remarks] }),
  });
  return value;
}

/** A value as stored data keeps it. */
export function stored(value: Value): Json {
  return toJson(value, formatIso);
}
