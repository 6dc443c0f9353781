// Operations that look: explain, stats, audit, faults; and retry, which follows from looking.

import type { Person } from '../../core/person.ts';
import { idOf } from '../../core/profile.ts';
import type { Json } from '../../language/values.ts';
import { type Audit, audit as auditOf } from '../../reports/audit.ts';
import { figures } from '../../reports/figures.ts';
import { story } from '../../reports/story.ts';
import { heldSince } from '../../runtime/held.ts';
import type { AsideInput } from '../../runtime/set-aside.ts';
import { ASIDE, bringBack } from '../../runtime/set-aside.ts';
import type { House } from '../house.ts';
import { known } from './journeys.ts';
import type { Operation } from './operation.ts';
import { asJson, cause, findPerson, optionalText, peopleOf, personOf, textOf } from './operation.ts';
import { heldWords } from './restored.ts';

export const explain: Operation = async (house, args) => {
  const definitions = await house.engine.refresh();
  const person = await personOf(house.store, textOf(args, 'profile'));
  const journey = optionalText(args, 'journey');
  if (journey !== null) await known(house, journey);
  return asJson(await story(house.store, person, definitions.settings, journey));
};

export const stats: Operation = async (house, args) => {
  const journey = optionalText(args, 'journey');
  if (journey !== null) await known(house, journey);
  return asJson(await house.engine.keeping.still(() => figures(house.store, journey)));
};

/** Recounts. While an engine decides, a count may fall between two copies: only what is found twice is a finding. */
export const audit: Operation = (house) => house.engine.keeping.still(() => recount(house));

async function recount(house: House): Promise<Json> {
  await copyAll(house);
  const first = await auditOf(house.store, house.clock.now());
  if (first.findings.length === 0) return asJson(first);
  await copyAll(house);
  const second = await auditOf(house.store, house.clock.now());
  const found = new Set(first.findings.map(({ about, detail }) => `${about} ${detail}`));
  const both: Audit = {
    ...second,
    findings: second.findings.filter(({ about, detail }) => found.has(`${about} ${detail}`)),
  };
  return asJson(both);
}

/** What a process committed and died before copying is copied now: as often as one likes (I4). */
async function copyAll({ store }: House): Promise<void> {
  for await (const people of peopleOf(store)) {
    const waiting = people.filter((person) => person.intents.length > 0);
    await store.copy(waiting.map(({ id, intents }) => ({ person: id, intents })));
  }
}

/** Everything that stands still, and why. */
export const faults: Operation = async (house) => {
  const found: Json[] = [];
  const held = await heldSince(house.store);
  if (held !== null) found.push({ kind: 'hold', code: 'E_HELD', why: heldWords(held) });
  for await (const people of peopleOf(house.store, { faulted: true })) found.push(...people.flatMap(faultsOf));
  for (const { person, event, name, why } of await asideInputs(house)) {
    const who = await findPerson(house.store, person);
    found.push({ kind: 'input', profile: who === null ? person : idOf(who), event, name, code: 'E_INTERNAL', why });
  }
  return found;
};

function faultsOf(person: Person): Json[] {
  return person.enrollments.flatMap(({ journey, step, fault }) => {
    if (fault === undefined) return [];
    const { code, message } = fault;
    return [{ kind: 'enrollment', profile: idOf(person), journey, step: fault.step ?? step, code, why: message }];
  });
}

/** Inputs that were set aside alone. */
export async function asideInputs({ store }: Pick<House, 'store'>): Promise<AsideInput[]> {
  return JSON.parse((await store.meta(ASIDE)) ?? '[]') as AsideInput[];
}

/** Drives again what stands still: enrollments of a journey, or everything of one person, set-aside inputs among it. */
export const retry: Operation = async (house, args) => {
  const target = textOf(args, 'target');
  const isJourney = (await house.store.workspace()).journeys.some((journey) => journey.id === target);
  return isJourney ? await retryJourney(house, target) : await retryPerson(house, target);
};

async function retryJourney(house: House, journey: string): Promise<Json> {
  let retried = 0;
  for await (const people of peopleOf(house.store, { faulted: true })) {
    for (const person of people) {
      if (!person.enrollments.some((inside) => inside.journey === journey && inside.fault !== undefined)) continue;
      await cause(house, person.id, 'tropa.retry', { journey });
      retried += 1;
    }
  }
  return { retried, inputs: 0 };
}

async function retryPerson(house: House, name: string): Promise<Json> {
  const person = await personOf(house.store, name);
  const inputs = await bringBack(house.store, (input) => input.person === person.id || input.person === name);
  await house.engine.refresh();
  await cause(house, person.id, 'tropa.retry', {});
  return { retried: 1, inputs };
}
