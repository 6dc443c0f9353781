// Messages an operator puts into somebody's outbox: a test message, and one whose outcome was unknown, once more.

import { randomUUID } from 'node:crypto';
import { HISTORY_LIMIT } from '../../core/facts.ts';
import { mint } from '../../core/ids.ts';
import { type Enrollment, type MessageRow, type OutboxItem, type Person, undecided } from '../../core/person.ts';
import { TropaError } from '../../language/errors.ts';
import type { FreeValue, Send, Trigger } from '../../language/journey.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import { journalOf } from '../../reports/ledger.ts';
import type { Workshop } from '../../runtime/definitions.ts';
import type { House } from '../house.ts';

/** The step under which test messages stand in the ledger. No step of a journey can be called so. */
export const TEST_STEP = '$test';

export interface TestRequest {
  /** `journey`, `journey/template`, or a template's name where one journey alone has it. */
  readonly target: string;
  readonly person: Person;
  /** What stands for the trigger's data; the person's latest event of that name when null. */
  readonly data: JsonObject | null;
}

/** The outbox items of a test: each template of the target once. Throws where there is none. */
export async function testItem(
  house: House,
  definitions: Workshop,
  { target, person, data }: TestRequest,
): Promise<OutboxItem[]> {
  const found = sendsMeant(definitions, target);
  const sample = data ?? (await latestTrigger(house, person, found.triggers));
  const enrollment = mint('test', person.id, randomUUID());
  return found.sends.map((what) => ({
    ...undecided(house.clock.now()),
    id: mint('message', enrollment, what.channel, what.template),
    enrollment,
    journey: found.journey,
    version: found.version,
    step: TEST_STEP,
    visit: 1,
    channel: what.channel,
    template: what.template,
    with: literals(what),
    subject: what.subject,
    contact: enrollment,
    priority: 100,
    // The first one is generation 0: an item that is put out on somebody's word begins one above its own.
    generation: -1,
    sample,
  }));
}

interface Meant {
  readonly journey: string;
  readonly version: string;
  readonly triggers: readonly Trigger[];
  readonly sends: readonly Send[];
}

function sendsMeant(definitions: Workshop, target: string): Meant {
  const [first = '', second] = target.split('/');
  const own = definitions.journey(first);
  const homes =
    own === undefined && second === undefined
      ? definitions.journeys.filter(({ compiled }) =>
          [...compiled.sends.values()].some((one) => one.template === first),
        )
      : [];
  const live = own ?? homes[0];
  const names = [
    ...definitions.journeys.flatMap(({ compiled }) => [
      compiled.journey.id,
      ...[...compiled.sends.values()].map((one) => one.template),
    ]),
  ];
  if (live === undefined)
    throw new TropaError(
      'E_BAD_REQUEST',
      `No journey and no template is called "${target}".${didYouMean(first, names)}`,
    );
  const { compiled } = live;
  if (homes.length > 1)
    throw new TropaError(
      'E_BAD_REQUEST',
      `Several journeys have a template "${first}": write ${homes.map((one) => `${one.compiled.journey.id}/${first}`).join(' or ')}.`,
    );
  const template = own === undefined ? first : second;
  const all = [...compiled.sends.values()].filter((one) => template === undefined || one.template === template);
  const once = new Map(all.map((one) => [`${one.channel} ${one.template}`, one]));
  const own_ = [...new Set([...compiled.sends.values()].map((one) => one.template))];
  if (once.size === 0)
    throw new TropaError(
      'E_BAD_REQUEST',
      `"${compiled.journey.id}" sends no "${template ?? ''}". It sends: ${own_.join(', ') || 'nothing'}.`,
    );
  return {
    journey: compiled.journey.id,
    version: compiled.hash,
    triggers: compiled.journey.triggers,
    sends: [...once.values()],
  };
}

async function latestTrigger(house: House, person: Person, triggers: readonly Trigger[]): Promise<JsonObject> {
  const asks = namesOf(triggers).map((name) => ({ person: person.id, name, since: null, limit: 1 }));
  const found = await house.store.history(asks);
  const [latest] = found.flat().sort((a, b) => b.at - a.at);
  return (latest?.data ?? {}) as JsonObject;
}

/** What had started an enrollment that is over, by the journal; null where the event is no longer kept. */
async function startOf({ store }: House, row: MessageRow, triggers: readonly Trigger[]): Promise<JsonObject | null> {
  let by: string | undefined;
  for await (const line of journalOf(store, { person: row.person }))
    if (line.kind === 'entered' && line.enrollment === row.enrollment) by = line.because;
  const asks = namesOf(triggers).map((name) => ({ person: row.person, name, since: null, limit: HISTORY_LIMIT }));
  const found = (await store.history(asks)).flat().find((event) => event.id === by);
  return found === undefined ? null : (found.data as JsonObject);
}

const namesOf = (triggers: readonly Trigger[]): string[] =>
  triggers.flatMap((trigger) => (trigger.kind === 'event' ? [trigger.event] : []));

/** A message of the ledger as an outbox item again, as its journey decided it. */
export async function itemAgain(house: House, definitions: Workshop, row: MessageRow): Promise<OutboxItem> {
  const [loaded] = await house.store.load([row.person]);
  const { enrollments = [], slots = [] } = loaded?.person ?? {};
  const enrollment = enrollments.find((one) => one.id === row.enrollment);
  const slot = slots.find((one) => one.message === row.id);
  const compiled = definitions.version(row.version);
  // It may be over before the message leaves: what it is about travels along.
  const sample = enrollment?.trigger.data ?? (await startOf(house, row, compiled?.journey.triggers ?? []));
  return {
    ...undecided(house.clock.now()),
    id: row.id,
    enrollment: row.enrollment,
    journey: row.journey,
    version: row.version,
    step: row.step,
    visit: row.visit,
    channel: row.channel,
    template: row.template,
    ...saidBy(compiled?.sends.get(row.step), enrollment),
    contact: slot?.contact ?? row.id,
    priority: compiled?.journey.priority ?? 50,
    attempts: 1,
    generation: row.generation,
    ...(sample !== null && { sample }),
  };
}

function saidBy(what: Send | undefined, enrollment?: Enrollment): Pick<OutboxItem, 'with' | 'subject'> {
  return what === undefined ? { with: {}, subject: null } : { with: literals(what, enrollment), subject: what.subject };
}

/** The step's own `with`. What it computes was not kept; of that, plain variables can be read once more. */
function literals(what: Send, enrollment?: Enrollment): JsonObject {
  return literal({ kind: 'map', fields: what.with }, enrollment) as JsonObject;
}

function literal(value: FreeValue, enrollment?: Enrollment): Json {
  if (value.kind === 'literal') return value.value;
  if (value.kind === 'list') return value.items.map((item) => literal(item, enrollment));
  if (value.kind === 'expression') return plainVariable(value.condition.text.trim(), enrollment);
  return Object.fromEntries(Object.entries(value.fields).map(([name, item]) => [name, literal(item, enrollment)]));
}

function plainVariable(text: string, enrollment?: Enrollment): Json {
  const [, from, name = ''] = /^(vars|trigger)\.([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (from === undefined || enrollment === undefined) return null;
  return (from === 'vars' ? enrollment.memory.vars : enrollment.trigger.data)[name] ?? null;
}
