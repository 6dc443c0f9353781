// The functions of conditions: how each is written, and what it answers. Given null or a wrong kind, each answers null.
// Those of texts and lists, written behind a dot, are `methods.ts`'s.

import { formatIso, parseMoment, startOf, wallClock } from '../calendar.ts';
import type { PastEvent, Scope } from '../condition.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import { finite, isMap } from './operators.ts';

/** What a function may use while it answers. */
export interface Asking {
  readonly scope: Scope;
  /** Counts work against the bound of the whole expression; throws beyond it. */
  readonly spend: (steps: number) => void;
}

export interface Written {
  readonly least: number;
  readonly most: number;
  readonly usage: string;
  /** Its arguments are texts in quotes, so that the checker knows what is asked, and its answer is the same all along. */
  readonly literals: boolean;
  readonly run: (args: readonly Value[], asking: Asking) => Value;
}

/** The most events a list of them has. */
const MOST_EVENTS = 1_000;
/** A longer text is no number that anybody wrote. */
const MOST_DIGITS = 400;

const asked = (least: number, most: number, usage: string, run: (names: string[], scope: Scope) => Value): Written => ({
  least,
  most,
  usage,
  literals: true,
  run: (args, { scope }) =>
    run(
      args.map((arg) => (typeof arg === 'string' ? arg : '')),
      scope,
    ),
});
const of = (usage: string, run: (value: Value, scope: Scope) => Value): Written => ({
  least: 1,
  most: 1,
  usage,
  literals: false,
  run: ([value = null], { scope }) => run(value, scope),
});

export const FUNCTIONS: ReadonlyMap<string, Written> = new Map(
  Object.entries({
    segment: asked(1, 1, 'segment("vip")', ([name = ''], scope) => scope.segment(name)),
    consent: asked(1, 1, 'consent("sms")', ([channel = ''], scope) => scope.consent(channel)),
    bucket: asked(1, 1, 'bucket("name")', ([name = ''], scope) => scope.bucket(name)),
    count: asked(1, 2, 'count("order.placed", "30d")', ([name, window], scope) => past(scope, name, window).length),
    sum: asked(2, 3, 'sum("order.placed", "total", "365d")', ([name, field = '', window], scope) =>
      sum(past(scope, name, window), field),
    ),
    last: asked(1, 1, 'last("order.placed")', ([name], scope) => {
      const [event] = past(scope, name, undefined);
      return event === undefined ? null : dataOf(event);
    }),
    events: asked(1, 2, 'events("product.viewed", "3d")', ([name, window], scope) =>
      past(scope, name, window).slice(0, MOST_EVENTS).map(dataOf),
    ),
    message: asked(1, 1, 'message("reminder")', ([reference = ''], scope) => ({ ...scope.message(reference) })),
    journey: asked(1, 1, 'journey("welcome")', ([id = ''], scope) => {
      const { active, entered_at, outcome } = scope.journey(id);
      return { active, entered_at: entered_at === null ? null : new Moment(entered_at), outcome };
    }),
    duration: asked(1, 1, 'duration("3d")', ([length = '']) => {
      const ms = parseDuration(length);
      return ms === null ? null : new Span(ms);
    }),
    start_of: asked(1, 1, 'start_of("month")', ([unit], scope) => {
      const known = unit === 'day' || unit === 'week' || unit === 'month' || unit === 'year';
      return known ? new Moment(startOf(unit, scope.now, scope.zone)) : null;
    }),
    number: of('number(x)', toNumber),
    double: of('double(x)', toNumber),
    int: of('int(x)', (value) => {
      const number = toNumber(value);
      return number === null ? null : Math.trunc(number);
    }),
    string: of('string(x)', toText),
    time: of('time(x)', (value, scope) => {
      if (value instanceof Moment) return value;
      const ms = typeof value === 'string' ? parseMoment(value, scope.zone) : null;
      return ms === null ? null : new Moment(ms);
    }),
    local: of('local(now)', (value, scope) =>
      value instanceof Moment ? { ...wallClock(value.ms, scope.zone) } : null,
    ),
    size: of('size(x)', size),
    has: of('has(profile.city)', (value) => value !== null),
  }),
);

/** Of a text its characters, of a list its items, of a map its fields. */
export function size(value: Value | undefined): number | null {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : null;
}

function past(scope: Scope, name: string | undefined, window: string | undefined): readonly PastEvent[] {
  return scope.events(name ?? '', window === undefined ? null : parseDuration(window));
}

function dataOf(event: PastEvent): Value {
  return { ...event.data, at: new Moment(event.at) };
}

/** Numbers only; in whole millionths, so that ten cents thirty times are three. */
function sum(events: readonly PastEvent[], field: string): number | null {
  const total = events.reduce((all, event) => {
    const value = Object.hasOwn(event.data, field) ? event.data[field] : null;
    return all + (typeof value === 'number' ? value : 0);
  }, 0);
  const rounded = Math.round(total * 1e6) / 1e6;
  return finite(Number.isSafeInteger(Math.round(total * 1e6)) ? rounded : total);
}

function toNumber(value: Value): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.length > MOST_DIGITS) return null;
  const digits = value.trim();
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(digits) ? finite(Number(digits)) : null;
}

function toText(value: Value): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Span) return formatDuration(value.ms);
  return value instanceof Moment ? formatIso(value.ms) : null;
}
