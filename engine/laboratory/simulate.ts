// `tropa simulate`: what would happen, day by day, in virtual time: one profile's story, or a crowd's figures by step.

import { fraction } from '../core/ids.ts';
import type { MessageRow } from '../core/person.ts';
import type { CompiledJourney } from '../language/compile/compile.ts';
import type { EventTrigger } from '../language/journey.ts';
import type { Instant, Json, JsonObject } from '../language/values.ts';
import type { JournalLine } from '../ports/store.ts';
import type { Workshop } from '../runtime/definitions.ts';
import { beginning } from './beginning.ts';
import { sentence } from './compare.ts';
import type { LabParts } from './world.ts';
import { World } from './world.ts';

export interface SimulateRequest {
  readonly compiled: CompiledJourney;
  readonly definitions: Workshop;
  readonly start: Instant;
  readonly days: number;
  /** One person's story when given, else `people` invented ones. */
  readonly profile: JsonObject | null;
  readonly people: number;
  /** Data of the event that starts them; made up from the trigger's conditions when null. */
  readonly data: JsonObject | null;
}

export interface StepFigures {
  readonly step: string;
  readonly verb: string;
  entered: number;
  sent: number;
  waiting: number;
  readonly skipped: { [reason: string]: number };
}

export interface Simulation {
  readonly people: number;
  readonly entered: number;
  readonly refused: { readonly [reason: string]: number };
  readonly outcomes: { readonly [outcome: string]: number };
  readonly converted: number;
  readonly steps: readonly StepFigures[];
  /** With one profile: what happened to them, line by line. */
  readonly story: readonly string[];
}

const DAY = 86_400_000;

/** Lets people enter over the first day and watches them until the last. Readers open and click as a hash of them says. */
export async function simulate(parts: LabParts, request: SimulateRequest): Promise<Simulation> {
  const { compiled, definitions, start, days } = request;
  const world = new World(parts, definitions, start);
  const crowd = request.profile === null ? invent(request.people) : [request.profile];
  const trigger = compiled.journey.triggers[0];
  const data = request.data ?? exampleData(trigger?.kind === 'event' ? trigger : null);
  for (const [n, profile] of crowd.entries()) {
    const { id, data: begin } = beginning(profile, {});
    await world.advance(start + Math.floor((n / crowd.length) * DAY));
    await world.tell(id, 'tropa.begin', {
      ...begin,
      kept: { ...(begin.kept as JsonObject), ...(request.profile === null && { pick: null }) },
    });
    if (trigger?.kind === 'event') await world.tell(id, trigger.event, data);
    else await world.tell(id, 'tropa.start', { journey: compiled.journey.id, data });
  }
  for (let day = 1; day <= days; day += 1) {
    await world.advance(start + day * DAY);
    if (request.profile === null) await react(world);
  }
  const figures = await figuresOf(world, compiled, crowd.length, request.profile !== null);
  await world.store.close();
  return figures;
}

function invent(people: number): JsonObject[] {
  return Array.from({ length: people }, (_, n) => ({
    id: `person-${n + 1}`,
    locale: fraction('locale', n) < 0.5 ? 'en' : 'ru',
    consent: [
      ...(fraction('email', n) < 0.85 ? ['email'] : []),
      ...(fraction('sms', n) < 0.5 ? ['sms'] : []),
      ...(fraction('push', n) < 0.4 ? ['push'] : []),
    ],
  }));
}

/** A third of the readers open what came that day, a tenth of those click. */
async function react(world: World): Promise<void> {
  for (const row of await world.messages()) {
    if (row.status !== 'sent' && row.status !== 'delivered') continue;
    if (fraction('opens', row.id) < 0.33) await world.sandbox.desk.act(row.id, 'open');
    if (fraction('clicks', row.id) < 0.1) await world.sandbox.desk.act(row.id, 'click').catch(() => undefined);
  }
  await world.engine.drain();
}

/** Data that passes the usual conditions: large sums, one item, ids. */
function exampleData(trigger: EventTrigger | null): JsonObject {
  const data: JsonObject = {
    cart_id: 'cart-1',
    order_id: 'order-1',
    product_id: 'p1',
    total: 100_000,
    price: 100_000,
    currency: 'EUR',
    items: [{ sku: 'sku-1', product_id: 'p1', title: 'Something', quantity: 1, price: 100_000 }],
  };
  const asked = [trigger?.if, trigger?.key]
    .flatMap((condition) => condition?.paths ?? [])
    .filter((path) => path.startsWith('event.'))
    .map((path) => path.split('.')[1] ?? '');
  for (const field of asked) if (field !== 'at' && data[field] === undefined) data[field] = `${field}-1`;
  return data;
}

async function figuresOf(world: World, compiled: CompiledJourney, people: number, one: boolean): Promise<Simulation> {
  const journal = await world.store.journal({ limit: 1_000_000 });
  const steps = new Map<string, StepFigures>();
  for (const state of compiled.states) {
    if (state.phase !== null || state.verb === 'end') continue;
    steps.set(state.step, { step: state.step, verb: state.verb, entered: 0, sent: 0, waiting: 0, skipped: {} });
  }
  const visits = journal.filter((line) => line.kind === 'moved' && line.phase === undefined);
  for (const line of visits) raise(steps.get(line.step ?? ''), 'entered');
  for (const row of await world.messages()) countRow(steps, row);
  const standing = (await world.store.people({ limit: 1_000_000 })).flatMap((person) => person.enrollments);
  for (const enrollment of standing) raise(steps.get(enrollment.step), 'waiting');
  const of = (kind: JournalLine['kind']) => journal.filter((line) => line.kind === kind);
  const { timezone } = world.engine.definitions.settings;
  return {
    people,
    entered: of('entered').length,
    refused: tally(of('refused_entry')),
    outcomes: tally(of('exited')),
    converted: of('converted').length,
    steps: [...steps.values()],
    story: one ? journal.map((line) => sentence({ start: journal[0]?.at ?? 0, zone: timezone }, line)) : [],
  };
}

function raise(figures: StepFigures | undefined, field: 'entered' | 'sent' | 'waiting'): void {
  if (figures !== undefined) figures[field] += 1;
}

/** A message counts where it was sent; one of a parallel rung at its rung. */
function countRow(steps: ReadonlyMap<string, StepFigures>, row: MessageRow): void {
  const figures = steps.get(row.step) ?? steps.get(row.step.slice(0, row.step.lastIndexOf('.')));
  if (figures === undefined) return;
  if (row.status === 'skipped') count(figures.skipped, row.reason ?? '');
  else if (row.times.sending !== undefined) figures.sent += 1;
}

function tally(lines: readonly JournalLine[]): { [reason: string]: number } {
  const counts: { [reason: string]: number } = {};
  for (const line of lines) count(counts, line.reason);
  return counts;
}

function count(counts: { [name: string]: number }, name: Json | undefined): void {
  const key = String(name ?? '');
  counts[key] = (counts[key] ?? 0) + 1;
}
