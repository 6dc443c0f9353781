// Entering a journey: who may, when, and under which key.

import { freshMemory } from '../language/compile/memory.ts';
import type { PastEvent } from '../language/condition.ts';
import type { Journey } from '../language/journey.ts';
import type { JsonObject } from '../language/values.ts';
import { endEnrollment, enterMachine, named } from './advance.ts';
import type { TurnEvent } from './events.ts';
import { effectiveTime } from './events.ts';
import { alreadyExited } from './exits.ts';
import { fraction, mint } from './ids.ts';
import type { Enrollment, IdleWait } from './person.ts';
import { judge, scopeOf } from './scope.ts';
import type { Start } from './triggers.ts';
import { keyOf, passes } from './triggers.ts';
import type { Work } from './work.ts';

/** Entries this event starts, by priority. */
export function enterBy(work: Work, event: TurnEvent, ended: ReadonlySet<string>): void {
  for (const { live, trigger } of work.definitions.doors(event.name)) {
    if (trigger.idle !== null || event.received - event.at > trigger.maxAge) continue;
    if (ended.has(live.compiled.journey.id)) continue;
    if (!passes(work, trigger, live.compiled, event)) continue;
    enter(work, {
      live,
      trigger,
      key: keyOf(work, trigger, live.compiled, event),
      by: event.id,
      at: effectiveTime(event),
      data: event.data,
    });
  }
}

/** A silence that has lasted: its last event starts the journey, unless an exit dated at or after it came first. */
export function endSilence(work: Work, wait: IdleWait): void {
  work.person.idle = work.person.idle.filter((one) => one !== wait);
  const live = work.definitions.journey(wait.journey);
  const trigger = live?.compiled.journey.triggers[wait.trigger];
  if (live === undefined || trigger === undefined || trigger.kind !== 'event') return;
  work.cause = wait.event;
  const start: Start = { live, trigger, key: wait.key, by: wait.event, at: wait.at, data: wait.data };
  if (alreadyExited(work, live.compiled, start) === undefined) enter(work, start);
}

/** `api: true`: a start by call or command. */
export function enterByCall(work: Work, event: TurnEvent): void {
  const journey = typeof event.data.journey === 'string' ? work.definitions.journey(event.data.journey) : undefined;
  const trigger = journey?.compiled.journey.triggers.find((one) => one.kind === 'api');
  if (journey === undefined || trigger === undefined) {
    work.note({ kind: 'refused_entry', journey: String(event.data.journey), reason: 'not_startable' });
    return;
  }
  const data = (event.data.data ?? {}) as JsonObject;
  const past: PastEvent = { id: event.id, at: effectiveTime(event), data };
  const about = { compiled: journey.compiled, trigger: { data, at: past.at, name: trigger.name }, event: past };
  if (trigger.if !== null && judge(work, trigger.if, about) !== true) return;
  const pick = event.data.pick as Start['pick'];
  enter(work, {
    live: journey,
    trigger,
    key: event.data.key == null ? null : String(event.data.key),
    by: event.id,
    at: past.at,
    data,
    ...(pick && { pick }),
  });
}

function enter(work: Work, start: Start): void {
  const { live, by } = start;
  const { journey, hash } = live.compiled;
  const reason = refusal(work, start);
  if (reason !== null) {
    work.note({
      kind: 'refused_entry',
      journey: journey.id,
      version: hash,
      reason,
      ...(start.key !== null && { detail: { key: start.key } }),
    });
    return;
  }
  const running = work.person.enrollments.find((one) => one.journey === journey.id && one.key === start.key);
  if (running !== undefined) endEnrollment(work, running, 'restarted');
  const enrollment = newEnrollment(work, start);
  work.person.enrollments.push(enrollment);
  remember(work, enrollment, start);
  work.note({
    kind: 'entered',
    ...named(enrollment),
    because: by,
    detail: { entry: enrollment.entry, holdout: enrollment.holdout, ...(start.key !== null && { key: start.key }) },
  });
  if (work.definitions.listens('journey.entered'))
    work.emit('journey.entered', { journey: journey.id }, mint('entered', enrollment.id));
  const exited = alreadyExited(work, live.compiled, start);
  if (exited === undefined) enterMachine(work, enrollment);
  else endEnrollment(work, enrollment, exited.as);
}

/** Why nobody enters, or null. */
function refusal(work: Work, start: Start): string | null {
  const { live, at } = start;
  const { journey } = live.compiled;
  if (live.archived) return 'archived';
  if (journey.status === 'draft') return 'draft';
  if (journey.status === 'test' && !scopeOf(work, {}).segment('testers')) return 'not_a_tester';
  if (mintedAlready(work, start)) return 'already_started';
  const again = reentryRefusal(work, start);
  if (again !== null) return again;
  const about = { compiled: live.compiled, trigger: { data: start.data, at, name: start.trigger.name } };
  if (journey.audience !== null && judge(work, journey.audience, about) !== true) return 'audience';
  return null;
}

/** What `reenter` has against it, or null. */
function reentryRefusal({ person, now }: Work, { live, key }: Start): string | null {
  const { id, reenter } = live.compiled.journey;
  const running = person.enrollments.some((one) => one.journey === id && one.key === key);
  if (running && reenter.kind !== 'restart') return 'already_inside';
  const last = person.past[id]?.keys[key ?? ''];
  if (last === undefined) return null;
  if (reenter.kind === 'never') return 'entered_before';
  return reenter.kind === 'after' && now - last < reenter.span ? 'entered_lately' : null;
}

function enrollmentId(work: Work, start: Start): string {
  return mint('enrollment', work.person.id, start.live.compiled.journey.id, start.key, start.by);
}

function mintedAlready(work: Work, start: Start): boolean {
  if (work.person.enrollments.length === 0) return false;
  const id = enrollmentId(work, start);
  return work.person.enrollments.some((one) => one.id === id);
}

function newEnrollment(work: Work, start: Start): Enrollment {
  const { person } = work;
  const { journey, hash } = start.live.compiled;
  return {
    id: enrollmentId(work, start),
    journey: journey.id,
    version: hash,
    key: start.key,
    entry: (person.past[journey.id]?.entries ?? 0) + 1,
    startedBy: start.by,
    enteredAt: work.now,
    trigger: { data: start.data, at: start.at, name: start.trigger.name },
    step: '$start',
    phase: null,
    memory: freshMemory(start.at),
    timers: [],
    holdout: picked(start, person.kept)?.holdout ?? isHeldOut(person.id, journey),
    ...(picked(start, person.kept)?.split && { pick: { ...picked(start, person.kept)?.split } }),
  };
}

function isHeldOut(person: string, { id, holdout }: Journey): boolean {
  return holdout > 0 && fraction('holdout', person, id) * 100 < holdout;
}

/** What a laboratory decided beforehand: with the start, or with the person's beginning. */
function picked(start: Start, kept: JsonObject | undefined): Start['pick'] {
  return start.pick ?? (kept?.pick as Start['pick']);
}

function remember(work: Work, enrollment: Enrollment, start: Start): void {
  const { journey } = start.live.compiled;
  const past = work.person.past[journey.id];
  const looksBack = journey.reenter.kind === 'never' || journey.reenter.kind === 'after';
  const span = journey.reenter.kind === 'after' ? journey.reenter.span : Number.POSITIVE_INFINITY;
  const keys = Object.fromEntries(Object.entries(past?.keys ?? {}).filter(([, at]) => work.now - at < span));
  work.person.past[journey.id] = {
    entries: enrollment.entry,
    enteredAt: work.now,
    endedAt: null,
    outcome: null,
    keys: looksBack ? { ...keys, [enrollment.key ?? '']: work.now } : {},
  };
  const { goal } = journey;
  if (goal === null) return;
  work.person.goals.push({
    enrollment: enrollment.id,
    journey: journey.id,
    version: enrollment.version,
    key: enrollment.key,
    enteredAt: work.now,
    trigger: enrollment.trigger,
    holdout: enrollment.holdout,
    until: goal.within === null ? null : work.now + goal.within,
  });
}
