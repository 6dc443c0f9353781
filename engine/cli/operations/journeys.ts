// Operations on journeys: deploy, pause, resume, archive, start, send.

import { identityKey } from '../../core/identity.ts';
import { mint } from '../../core/ids.ts';
import { formatFault, TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import { evaluate } from '../../language/expression/index.ts';
import { FactsInHand, NO_FACTS } from '../../core/facts.ts';
import { scopeOf } from '../../core/scope.ts';
import { Work } from '../../core/work.ts';
import { deploy } from '../../runtime/deploy.ts';
import { loadFacts } from '../../runtime/load-facts.ts';
import type { House } from '../house.ts';
import type { Operation } from './operation.ts';
import { cause, findPerson, optionalText, textOf } from './operation.ts';
import { readFolder } from '../workspace-folder.ts';

/** Takes a folder's versions into the store. */
export const deployFolder: Operation = async (house, args) => {
  const only = optionalText(args, 'journey');
  const report = await deploy(house.store, { files: await readFolder(textOf(args, 'workspace')), env: house.config.env, now: house.clock.now(), author: optionalText(args, 'author'), ...(only !== null && { only }) });
  await house.engine.refresh();
  return { changed: [...report.changed], unchanged: [...report.unchanged], warnings: report.faults.map(formatFault) };
};

async function known(house: House, id: string): Promise<void> {
  const { journeys } = await house.store.workspace();
  if (!journeys.some((journey) => journey.id === id)) throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${id}" in the store. There are: ${journeys.map((journey) => journey.id).join(', ') || 'none; deploy one first'}.`);
}

const setting = (flags: { paused?: boolean; archived?: boolean }): Operation => async (house, args) => {
  const id = textOf(args, 'journey');
  await known(house, id);
  await house.store.setJourney(id, flags, house.clock.now());
  await house.engine.refresh();
  return { journey: id, ...flags };
};

export const pause = setting({ paused: true });
export const archive = setting({ archived: true });

/** Resumes; with `expire` whatever ran out meanwhile is dropped: whoever's timer is over leaves as `expired`. */
export const resume: Operation = async (house, args) => {
  const id = textOf(args, 'journey');
  await known(house, id);
  let expired = 0;
  if (args.expire === true) {
    for (const person of await everybodyIn(house, id)) {
      await cause(house, person, 'tropa.expire', { journey: id });
      expired += 1;
    }
    await house.engine.drain();
  }
  await house.store.setJourney(id, { paused: false }, house.clock.now());
  await house.engine.refresh();
  return { journey: id, paused: false, expired };
};

async function everybodyIn(house: House, journey: string): Promise<string[]> {
  const people = await house.store.people({ inside: journey, limit: 100_000 });
  return people.map((person) => person.id);
}

/** Starts one person, or everybody in a segment. */
export const start: Operation = async (house, args) => {
  const id = textOf(args, 'journey');
  const definitions = await house.engine.refresh();
  const live = definitions.journey(id);
  if (live === undefined) await known(house, id);
  if (live !== undefined && !live.compiled.journey.triggers.some((trigger) => trigger.kind === 'api')) {
    throw new TropaError('E_BAD_REQUEST', `"${id}" cannot be started by hand: add \`- api: true\` to its trigger.`);
  }
  const data = (args.data ?? {}) as JsonObject;
  const segment = optionalText(args, 'segment');
  const people = segment === null ? [await oneOf(house, textOf(args, 'profile'))] : await members(house, segment);
  if (args.dry_run === true) return { journey: id, would_start: people.length };
  for (const person of people) await cause(house, person, 'tropa.start', { journey: id, data, key: optionalText(args, 'key') });
  return { journey: id, started: people.length };
};

/** A person by any of their names; somebody new where the name is a usable user id. */
async function oneOf(house: House, name: string): Promise<string> {
  const person = await findPerson(house, name);
  if (person !== null) return person.id;
  const key = name.includes('@') ? identityKey('email', name) : identityKey('user', name);
  if (key === null) throw new TropaError('E_NO_SUCH_PROFILE', `"${name}" names nobody.`);
  const now = house.clock.now();
  const [receipt] = await house.engine.ingest([{ id: mint('operator', name, now), source: 'tropa', name: 'tropa.begin', at: now, received: now, who: [key], data: {} }]);
  return receipt?.person ?? '';
}

/** Everybody whose record fulfils a segment now. */
async function members(house: House, segment: string): Promise<string[]> {
  const definitions = house.engine.definitions;
  const condition = definitions.settings.segments[segment];
  if (condition === undefined) throw new TropaError('E_BAD_REQUEST', `There is no segment "${segment}". There are: ${Object.keys(definitions.settings.segments).join(', ') || 'none'}.`);
  const found: string[] = [];
  let after: string | undefined;
  for (;;) {
    const people = await house.store.people({ limit: 500, ...(after !== undefined && { after }) });
    for (const person of people.filter((one) => one.into === null)) {
      const now = house.clock.now();
      const missing = { history: condition.needs.map((need) => ({ name: need.event, since: need.window === null ? null : now - need.window })), addresses: [] };
      const [facts = NO_FACTS] = await loadFacts(house.store, [{ person: person.id, missing, known: NO_FACTS }]);
      const work = new Work(person, new FactsInHand(facts), definitions, now);
      if (evaluate(condition, scopeOf(work, {})) === true) found.push(person.id);
    }
    if (people.length < 500) return found;
    after = people.at(-1)?.id;
  }
}

/** Sends a test message of a template to somebody, past triggers and caps; the sandbox takes it. */
export const send: Operation = async (house, args) => {
  const target = textOf(args, 'target');
  const person = await oneOf(house, textOf(args, 'to'));
  const definitions = await house.engine.refresh();
  const [journey = '', template] = target.split('/');
  const live = definitions.journey(journey);
  if (live === undefined) throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${journey}". Write JOURNEY for its first message, or JOURNEY/TEMPLATE.`);
  const entry = [...live.compiled.sends].find(([, one]) => template === undefined || one.template === template);
  if (entry === undefined) throw new TropaError('E_BAD_REQUEST', `"${journey}" sends no template "${template ?? ''}". It sends: ${[...live.compiled.sends.values()].map((one) => one.template).join(', ')}.`);
  const [step, what] = entry;
  const now = house.clock.now();
  const item: JsonObject = {
    id: mint('test', person, journey, step, now), enrollment: mint('test', person, journey, now), journey, version: live.compiled.hash, step, visit: 1, channel: what.channel, template: what.template,
    with: {}, subject: what.subject, contact: mint('test', now), priority: 100, decidedAt: now, status: 'ready', until: null, reason: null, attempts: 0, begunAt: null, to: null, proof: null, generation: -1,
  };
  await cause(house, person, 'message.resend', { message: String(item.id), item: item as Json });
  return { message: String(item.id), channel: what.channel, template: what.template };
};
