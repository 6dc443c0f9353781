// `map` of a webhook source: which field names the event, and one CEL expression for each field of ours.

import type { IdentityKind } from '../core/identity.ts';
import type { Condition, MessageSignals, Scope } from '../language/condition.ts';
import { TropaError } from '../language/errors.ts';
import { evaluate, parseCondition } from '../language/expression/index.ts';
import { type Instant, type Json, type JsonObject, Moment, Span, type Value } from '../language/values.ts';
import type { TranslatedEvent, Translation } from '../ports/source.ts';
import { readTime } from './own-time.ts';
import { objectOf } from './read-json.ts';
import { readTraits } from './traits.ts';
import { consentFault, Identities, isReserved } from './vocabulary.ts';

type Field = readonly [name: string, condition: Condition];

/** One event of theirs as one of ours. */
interface Rule {
  readonly name: string;
  readonly at: Condition | null;
  readonly who: readonly Field[];
  readonly data: readonly Field[];
}

/** Turns a body into events; `id` is the delivery's own, `at` its time where the map names no other. */
export type Mapper = (body: JsonObject, id: string | null, at: Instant) => Translation;

const KINDS: ReadonlyMap<string, IdentityKind> = new Map([
  ['user', 'user'],
  ['userId', 'user'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['anonymous', 'anonymous'],
  ['anonymousId', 'anonymous'],
]);

/**
 * Compiles `{event: body.type, events: {"booking.new": {name, at, who: {email: …}, data: {guests: …}}}}`. Expressions see
 * `body` alone; numbers and booleans stand for themselves. `profile.updated` takes its data as traits. An event that is
 * not in the map is taken and means nothing: senders tell more than one asks for. Throws TropaError `E_SETTINGS` with
 * everything that cannot be read.
 */
export function mapperOf(source: string, map: JsonObject): Mapper {
  const faults: string[] = [];
  const compile: Compile = (told, where) => compileField(told, where, faults);
  const event = compile(map.event, 'event');
  const rules = new Map(
    Object.entries(objectOf(map.events)).map(([theirs, rule]) => [
      theirs,
      ruleOf(theirs, objectOf(rule), compile, faults),
    ]),
  );
  if (rules.size === 0) faults.push('events: no event is mapped');
  if (event === null || faults.length > 0) {
    throw new TropaError('E_SETTINGS', `The map of the source "${source}" cannot be used: ${faults.join('; ')}.`);
  }
  return (body, id, at) => {
    const scope = scopeOf(body, at);
    try {
      const rule = rules.get(String(toJson(evaluate(event, scope))));
      return rule === undefined ? { events: [], refused: [] } : applyRule(rule, scope, id, at);
    } catch {
      // An expression ran out of its budget: whoever wrote this body is not the one who wrote the map.
      return refuse('The map of this source cannot be applied to this body.');
    }
  };
}

const refuse = (detail: string): Translation => ({ events: [], refused: [{ index: 0, code: 'E_BAD_EVENT', detail }] });

type Compile = (told: Json | undefined, where: string) => Condition | null;

function ruleOf(theirs: string, rule: JsonObject, compile: Compile, faults: string[]): Rule {
  const { name } = rule;
  if (typeof name !== 'string' || name === '' || isReserved(name))
    faults.push(`${theirs}.name must be an event of yours`);
  const who = objectOf(rule.who);
  for (const kind of Object.keys(who)) {
    if (!KINDS.has(kind)) faults.push(`${theirs}.who knows user, email, phone and anonymous, not "${kind}"`);
  }
  const fields = (told: JsonObject, where: string): Field[] =>
    Object.entries(told).flatMap(([field, text]) => {
      const condition = compile(text, `${theirs}.${where}.${field}`);
      return condition === null ? [] : [[field, condition] as const];
    });
  return {
    name: String(name),
    at: rule.at === undefined ? null : compile(rule.at, `${theirs}.at`),
    who: fields(who, 'who'),
    data: fields(objectOf(rule.data), 'data'),
  };
}

function compileField(told: Json | undefined, where: string, faults: string[]): Condition | null {
  if (told === undefined || told === null || typeof told === 'object') {
    faults.push(`${where} must be an expression`);
    return null;
  }
  const parsed = parseCondition(String(told), { file: 'tropa.yaml', line: 1, column: 1 }, { names: ['body'] });
  if ('condition' in parsed) return parsed.condition;
  faults.push(...parsed.faults.map(({ message }) => `${where}: ${message}`));
  return null;
}

function applyRule(rule: Rule, scope: Scope, id: string | null, attempted: Instant): Translation {
  const told = rule.at === null ? attempted : toJson(evaluate(rule.at, scope));
  const at = told === null ? attempted : readTime(told);
  if (at === null) return refuse('The time of the event must be ISO 8601.');
  const fields = Object.fromEntries(rule.data.map(([field, condition]) => [field, toJson(evaluate(condition, scope))]));
  const data = rule.name === 'profile.updated' ? readTraits(fields) : fields;
  const fault = consentFault(rule.name, data);
  if (fault !== null) return refuse(fault);
  const who = new Identities();
  for (const [kind, condition] of rule.who) who.add(KINDS.get(kind) ?? 'user', toJson(evaluate(condition, scope)));
  const event: TranslatedEvent & { readonly ignored: number } = {
    id,
    name: rule.name,
    at,
    who: who.keys,
    data,
    ignored: who.ignored,
  };
  return { events: [event], refused: [] };
}

const SILENT: MessageSignals = {
  sent: false,
  delivered: false,
  opened: false,
  clicked: false,
  replied: false,
  failed: false,
  skipped: false,
  machine_opened: false,
};

/** What an expression of a map may see: the body. There is no person here yet, nor any history. */
function scopeOf(body: JsonObject, now: Instant): Scope {
  return {
    now,
    zone: 'UTC',
    name: (name) => (name === 'body' ? body : null),
    segment: () => false,
    consent: () => false,
    bucket: () => 0,
    events: () => [],
    message: () => SILENT,
    journey: () => ({ active: false, entered_at: null, outcome: null }),
  };
}

/** Moments become milliseconds, which is how doors read times; spans too. */
function toJson(value: Value): Json {
  if (value instanceof Moment || value instanceof Span) return value.ms;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}
