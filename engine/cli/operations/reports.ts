// Operations that only look: explain, stats, audit, faults, doctor; and retry, which follows from looking.

import { audit as auditOf } from '../../reports/audit.ts';
import { figures } from '../../reports/figures.ts';
import { story } from '../../reports/story.ts';
import { idOf } from '../../core/profile.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import type { AsideInput } from '../../runtime/set-aside.ts';
import { ASIDE } from '../../runtime/set-aside.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { cause, findPerson, optionalText, personOf, textOf } from './operation.ts';

const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

export const explain: Operation = async (house, args) => {
  const definitions = await house.engine.refresh();
  const person = await personOf(house, textOf(args, 'profile'));
  return json(await story(house.store, person, definitions.settings, optionalText(args, 'journey') ?? undefined));
};

export const stats: Operation = async (house, args) => json(await figures(house.store, optionalText(args, 'journey') ?? undefined));

export const audit: Operation = async (house) => json(await auditOf(house.store, house.clock.now()));

/** Everything that stands still, and why. */
export const faults: Operation = async (house) => {
  const people = await house.store.people({ faulted: true, limit: 1_000 });
  const enrollments = people.flatMap((person) =>
    person.enrollments.filter((one) => one.fault !== undefined).map((one) => ({ kind: 'enrollment', profile: idOf(person), journey: one.journey, step: one.fault?.step ?? one.step, code: one.fault?.code ?? '', why: one.fault?.message ?? '' })),
  );
  const inputs = (await asideInputs(house)).map((one) => ({ kind: 'input', profile: one.person, event: one.event, name: one.name, why: one.why }));
  return json([...enrollments, ...inputs]);
};

async function asideInputs(house: House): Promise<AsideInput[]> {
  return JSON.parse((await house.store.meta(ASIDE)) ?? '[]') as AsideInput[];
}

/** Drives again what stands still: of one person, or of one journey. */
export const retry: Operation = async (house, args) => {
  const target = textOf(args, 'target');
  const isJourney = (await house.store.workspace()).journeys.some((journey) => journey.id === target);
  const one = isJourney ? null : await findPerson(house, target);
  if (!isJourney && one === null) await personOf(house, target);
  const people = isJourney ? (await house.store.people({ faulted: true, limit: 100_000 })).filter((person) => person.enrollments.some((inside) => inside.journey === target && inside.fault !== undefined)) : one === null ? [] : [one];
  const aside = await asideInputs(house);
  const back = aside.filter((input) => people.some((person) => person.id === input.person) || (isJourney ? false : input.person === target));
  if (back.length > 0) await house.store.setMeta(ASIDE, JSON.stringify(aside.filter((input) => !back.includes(input))));
  for (const person of people) await cause(house, person.id, 'tropa.retry', isJourney ? { journey: target } : {});
  return { retried: people.length, inputs: back.length };
};

/** What is wrong here, in plain words. */
export const doctor: Operation = async (house) => {
  const findings: JsonObject[] = [];
  const say = (ok: boolean, about: string, detail: string) => findings.push({ ok, about, detail });
  try {
    await house.store.ping();
    say(true, 'store', `the store in ${house.config.data} takes writes`);
  } catch (error) {
    say(false, 'store', error instanceof Error ? error.message : String(error));
  }
  const { journeys } = await house.store.workspace();
  say(journeys.length > 0, 'journeys', journeys.length > 0 ? `${journeys.length} journeys are deployed` : 'nothing is deployed: run `tropa deploy`');
  for (const channel of ['email', 'sms', 'push']) say(true, channel, `${channel} has no sender in this version and delivers to the sandbox`);
  const counts = await house.store.counts();
  say(counts.faulted === 0, 'faults', counts.faulted === 0 ? 'nobody stands still' : `${counts.faulted} people stand still: \`tropa faults\` tells why`);
  const aside = (await asideInputs(house)).length;
  if (aside > 0) say(false, 'inputs', `${aside} inputs are set aside: \`tropa faults\` tells which, \`tropa retry\` brings them back`);
  const unknown = (await house.store.messages({ status: ['unknown'], limit: 1_000 })).length;
  say(unknown === 0, 'unknown', unknown === 0 ? 'every message has an outcome' : `${unknown} messages have no known outcome: settle them with \`tropa resolve\``);
  return findings;
};
