// Fields of events, people and variables that a condition or template reads: whether anything ever sets them.

import type { Condition } from '../condition.ts';
import type { Place } from '../errors.ts';
import type { Journey } from '../journey.ts';
import { toldBy } from '../source-fields.ts';
import { fieldsOf, KNOWN_EVENTS, OWN_EVENTS, PROFILE_FIELDS } from '../vocabulary.ts';
import { conditionsOf, everyStep } from '../walk.ts';
import type { CheckedJourney, Findings, Reading } from './findings.ts';
import { remedy } from './names.ts';

/** What is known about the data of one journey. Null where anything is possible. */
export interface KnownFields {
  readonly trigger: readonly string[] | null;
  readonly variables: readonly string[];
  readonly traits: readonly string[];
}

/** Everything a journey's triggers may carry, its steps set, and anybody's steps give the profile. */
export function knownFields(journey: Journey, reading: Reading): KnownFields {
  const told = journey.triggers.map((trigger) => (trigger.kind === 'event' ? sentWith(trigger.event, reading) : null));
  const trigger = told.includes(null) ? null : [...new Set([...told.flatMap((fields) => fields ?? []), 'at', 'name'])];
  const steps = everyStep(journey.steps);
  const variables = steps.flatMap((step) => {
    if (step.verb === 'set') return Object.keys(step.fields);
    return step.verb === 'wait_for' ? step.waits.flatMap(({ as }) => as ?? []) : [];
  });
  const updates = reading.drafts.flatMap(({ draft }) =>
    everyStep(draft?.steps ?? []).flatMap((step) => (step.verb === 'update' ? Object.keys(step.fields) : [])),
  );
  return { trigger, variables: [...new Set(variables)], traits: [...new Set([...PROFILE_FIELDS, ...updates])] };
}

/** What is wrong with reading `root.field`, in words, or null. */
export function doubt(path: string, known: KnownFields): { readonly code: string; readonly message: string } | null {
  const [root = '', field] = path.split('.');
  if (field === undefined) return null;
  if (root === 'trigger') return unknownField(field, known.trigger, `no trigger of this journey sends "${field}"`);
  if (root === 'vars' && !known.variables.includes(field)) {
    return {
      code: 'W_UNSET_VARIABLE',
      message: `nothing sets vars.${field}. ${remedy(field, known.variables, 'Set it in a step before, with set: or as:.', 'Set are')}`,
    };
  }
  return root === 'profile' ? misspeltTrait(field, known.traits) : null;
}

function unknownField(
  field: string,
  fields: readonly string[] | null,
  what: string,
): { code: string; message: string } | null {
  if (fields === null || fields.includes(field)) return null;
  return { code: 'W_UNKNOWN_FIELD', message: `${what}. ${remedy(field, fields, '', 'It has')}` };
}

/** Traits may be anything; only what is nearly one that is known is doubted. */
function misspeltTrait(field: string, traits: readonly string[]): { code: string; message: string } | null {
  if (traits.includes(field) || ['id', 'consent', 'push'].includes(field)) return null;
  const near = traits.find((trait) => nearly(field, trait));
  return near === undefined
    ? null
    : { code: 'W_UNKNOWN_FIELD', message: `nobody is known to have profile.${field}. Did you mean "${near}"?` };
}

/** Warns about fields in the conditions of one journey. */
export function checkFields({ journey }: CheckedJourney, reading: Reading, findings: Findings): void {
  const known = knownFields(journey, reading);
  for (const condition of conditionsOf(journey)) {
    checkPaths(condition, (path) => doubt(path, known), findings);
  }
  for (const [event, condition] of lookedAt(journey)) {
    const fields = sentWith(event, reading);
    const all = fields === null ? null : [...fields, 'at'];
    checkPaths(condition, (path) => doubtEvent(path, event, all), findings);
  }
  checkEvents(journey, reading, findings);
}

/** The fields that may come with an event: of the vocabulary, or, where platforms alone are connected, what they tell. */
function sentWith(event: string, reading: Reading): readonly string[] | null {
  return toldBy(reading.settings.sources)?.get(event) ?? fieldsOf(event);
}

type Doubt = ReturnType<typeof doubt>;

function checkPaths(condition: Condition, judge: (path: string) => Doubt, findings: Findings): void {
  for (const path of condition.paths) {
    const doubted = judge(path);
    if (doubted !== null) findings.warn(doubted.code, findings.inside(condition, path), doubted.message);
  }
}

function doubtEvent(path: string, event: string, fields: readonly string[] | null): Doubt {
  const [root, field] = path.split('.');
  if (root !== 'event' || field === undefined) return null;
  return unknownField(field, fields, `no source sends "${field}" with ${event}`);
}

/** Conditions that see an event, with its name. */
function lookedAt(journey: Journey): [string, Condition][] {
  const pairs: [string, Condition | null | undefined][] = [
    ...journey.triggers.flatMap((trigger): [string, Condition | null][] =>
      trigger.kind === 'event'
        ? [
            [trigger.event, trigger.if],
            [trigger.event, trigger.key],
          ]
        : [],
    ),
    ...journey.exits.map((rule): [string, Condition | null] => [rule.event, rule.if]),
    ...(journey.goal === null
      ? []
      : [journey.goal.if, journey.goal.value, journey.goal.currency].map((condition): [string, Condition | null] => [
          journey.goal?.event ?? '',
          condition,
        ])),
    ...everyStep(journey.steps).flatMap((step) =>
      step.verb === 'wait_for'
        ? step.waits.flatMap((one): [string, Condition | null][] => (one.kind === 'event' ? [[one.event, one.if]] : []))
        : [],
    ),
  ];
  return pairs.filter((pair): pair is [string, Condition] => pair[1] !== null && pair[1] !== undefined);
}

/** Warns about events named almost like one that is known. */
function checkEvents(journey: Journey, reading: Reading, findings: Findings): void {
  const emitted = reading.drafts.flatMap(({ draft }) => everyStep(draft?.steps ?? []));
  const own = emitted.flatMap((step) => (step.verb === 'emit' ? [step.event] : []));
  const known = [...KNOWN_EVENTS, ...own, ...mappedEvents(reading)];
  const named = [
    ...eventsNamed(journey),
    ...conditionsOf(journey).flatMap((condition) =>
      condition.needs.map(({ event }) => ({ event, place: findings.inside(condition, `"${event}"`) })),
    ),
  ];
  for (const { event, place } of named) {
    const near = known.includes(event) ? undefined : known.find((other) => nearly(event, other));
    if (near === undefined && isNeverTold(event, own, reading))
      findings.warn('W_UNKNOWN_EVENT', place, `no source of tropa.yaml tells "${event}". ${whoTells(reading)}`);
    if (near === undefined) continue;
    findings.warn('W_UNKNOWN_EVENT', place, `the event "${event}" is known from nowhere. Did you mean "${near}"?`);
  }
}

/** A storefront's event that none of the connected platforms has. */
function isNeverTold(event: string, own: readonly string[], { settings }: Reading): boolean {
  const told = toldBy(settings.sources);
  return (
    told !== null &&
    fieldsOf(event) !== null &&
    !event.startsWith('consent.') &&
    !OWN_EVENTS.includes(event) &&
    !own.includes(event) &&
    !told.has(event)
  );
}

const whoTells = ({ settings }: Reading): string =>
  `${[...new Set(settings.sources.map(({ type }) => type))].join(' and ')} cannot; add a source that does.`;

/** Every event that triggers, exits, goals and waits name. */
function eventsNamed(journey: Journey): { readonly event: string; readonly place: Place }[] {
  const waits = everyStep(journey.steps).flatMap((step) => (step.verb === 'wait_for' ? step.waits : []));
  return [
    ...journey.triggers.flatMap((trigger) => (trigger.kind === 'event' ? [trigger] : [])),
    ...journey.exits,
    ...(journey.goal === null ? [] : [journey.goal]),
    ...waits.flatMap((one) => (one.kind === 'event' ? [one] : [])),
  ];
}

/** Our names of the events that webhook sources map. */
function mappedEvents(reading: Reading): string[] {
  return reading.settings.sources.flatMap(({ options }) => {
    const { map } = options;
    const events = typeof map === 'object' && map !== null && !Array.isArray(map) ? map.events : null;
    const told = typeof events === 'object' && events !== null && !Array.isArray(events) ? Object.values(events) : [];
    return told.flatMap((one) =>
      typeof one === 'object' && one !== null && !Array.isArray(one) && typeof one.name === 'string' ? [one.name] : [],
    );
  });
}

/** The same but for case and separators, or one slip of the pen: names of one's own are as welcome as ours. */
function nearly(a: string, b: string): boolean {
  const [left, right] = [a, b].map((word) => word.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.'));
  if (left === undefined || right === undefined || a === b) return false;
  if (left === right) return true;
  return (
    left.length >= 5 && Math.abs(left.length - right.length) <= 1 && left[0] === right[0] && slips(left, right) <= 1
  );
}

/** How many letters must be added, left out, changed or swapped, as far as one. */
function slips(a: string, b: string): number {
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return Math.max(left.length, right.length);
  return left.length === 2 && right === `${left[1]}${left[0]}` ? 1 : 2;
}
