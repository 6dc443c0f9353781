// One case of a spec: its person, its script, what happened, and how that differs from what was expected.

import type { MessageRow, Person } from '../core/person.ts';
import { profileOf } from '../core/profile.ts';
import { stored } from '../core/scope.ts';
import { parseMoment } from '../language/calendar.ts';
import type { CompiledJourney } from '../language/compile/compile.ts';
import type { ScriptLine, SpecCase } from '../language/journey.ts';
import type { Instant, JsonObject } from '../language/values.ts';
import type { JournalLine, SandboxMail } from '../ports/store.ts';
import type { Workshop } from '../runtime/definitions.ts';
import { beginning } from './beginning.ts';
import type { LabAction, LabParts } from './world.ts';
import { World } from './world.ts';

/** Everything that happened in a case. */
export interface CaseRecord {
  readonly start: Instant;
  readonly zone: string;
  readonly messages: readonly MessageRow[];
  readonly mails: readonly SandboxMail[];
  readonly journal: readonly JournalLine[];
  readonly profile: JsonObject;
  /** Of the case's own person. */
  readonly person: Person | undefined;
  readonly ended: Instant;
}

/** What a reader or provider does, by the signal that comes of it. */
export const ACTIONS: Readonly<Record<string, LabAction>> = {
  opened: 'open',
  clicked: 'click',
  delivered: 'deliver',
  bounced: 'bounce',
  failed: 'fail',
  replied: 'reply',
};

/** Plays a case in a world of its own. */
export async function playCase(
  parts: LabParts,
  definitions: Workshop,
  compiled: CompiledJourney,
  one: SpecCase,
): Promise<CaseRecord> {
  const first = beginning(one.profile, one.pick);
  const zone = zoneOfCase(one, definitions.settings.timezone);
  const start = parseMoment(one.start, zone) ?? 0;
  const world = new World(parts, definitions, start);
  await world.tell(first.id, 'tropa.begin', first.data);
  const known = new Set([first.id]);
  let at = start;
  for (const line of one.script) {
    at = timeOf(line, at, zone);
    await world.advance(at);
    await act(world, compiled, first.id, line, known);
  }
  const id = await world.store.find(`user:${first.id}`);
  const person = id === null ? undefined : (await world.store.load([id]))[0]?.person;
  const record: CaseRecord = {
    start,
    zone,
    messages: await world.messages(),
    mails: await world.store.mails({ limit: 10_000 }),
    journal: await world.store.journal({ limit: 100_000 }),
    profile: person === undefined ? {} : (stored(profileOf(person, definitions.settings)) as JsonObject),
    person,
    ended: world.clock.now(),
  };
  await world.store.close();
  return record;
}

/** The zone in which times of a script without one are read: the person's, else the workspace's. */
export function zoneOfCase(one: SpecCase, otherwise: string): string {
  return typeof one.profile.timezone === 'string' ? one.profile.timezone : otherwise;
}

/** When a line happens, after one that happened at `before`. */
export function timeOf(line: ScriptLine, before: Instant, zone: string): Instant {
  if (line.at !== null) return parseMoment(line.at, zone) ?? before;
  return before + (line.after ?? 0);
}

async function act(
  world: World,
  compiled: CompiledJourney,
  user: string,
  line: ScriptLine,
  known: Set<string>,
): Promise<void> {
  const { action } = line;
  switch (action.kind) {
    case 'event': {
      const who = action.as === null ? user : await introduce(world, action.as, known);
      await world.tell(who, action.event, action.data, {
        ...(line.dated !== null && { dated: line.dated }),
        ...(action.id !== null && { id: action.id }),
      });
      return;
    }
    case 'start':
      await world.tell(user, 'tropa.start', { journey: action.journey, data: action.data });
      return;
    case 'update':
      await world.tell(user, 'profile.updated', action.traits);
      return;
    case 'unsubscribed':
      await world.tell(user, 'consent.withdrawn', { channel: action.channel, source: 'spec' });
      return;
    case 'signal':
      await signal(world, compiled, action);
      return;
    case 'pass':
  }
}

async function introduce(world: World, profile: JsonObject, known: Set<string>): Promise<string> {
  const { id, data } = beginning(profile, {});
  if (!known.has(id)) await world.tell(id, 'tropa.begin', data);
  known.add(id);
  return id;
}

/** Does to the latest message of a step what its reader or its provider would do. */
async function signal(
  world: World,
  compiled: CompiledJourney,
  action: ScriptLine['action'] & { kind: 'signal' },
): Promise<void> {
  const step = compiled.messageSteps.get(action.step) ?? action.step;
  const row = (await world.messages()).filter((one) => one.step === step && one.times.sending !== undefined).at(-1);
  const what = ACTIONS[action.signal];
  if (row === undefined || what === undefined) return;
  await world.sandbox.desk.act(row.id, what, action.value === null ? undefined : String(action.value));
  await world.engine.drain();
}
