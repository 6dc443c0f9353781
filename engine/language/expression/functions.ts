// The functions of conditions: how each is written, and what it answers. Given null or a wrong kind, each answers null.

import { formatIso, parseMoment, startOf, wallClock } from '../calendar.ts';
import type { Scope } from '../condition.ts';
import { parseDuration } from '../duration.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import { matches } from './patterns.ts';

interface Written {
  readonly least: number;
  readonly most: number;
  readonly usage: string;
  /** Its arguments are texts in quotes, so that the checker knows what is asked. */
  readonly literals?: boolean;
  readonly run: (args: readonly Value[], scope: Scope) => Value;
}

const MOST_EVENTS = 1_000;

const text = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);
const windowOf = (value: Value | undefined): number | null => (typeof value === 'string' ? parseDuration(value) : null);
const asked = (least: number, most: number, usage: string, run: Written['run']): Written => ({
  least,
  most,
  usage,
  literals: true,
  run,
});
const plain = (least: number, most: number, usage: string, run: Written['run']): Written => ({
  least,
  most,
  usage,
  run,
});

export const FUNCTIONS: Readonly<Record<string, Written>> = {
  segment: asked(1, 1, 'segment("vip")', ([name], scope) => scope.segment(text(name) ?? '')),
  consent: asked(1, 1, 'consent("sms")', ([channel], scope) => scope.consent(text(channel) ?? '')),
  bucket: asked(1, 1, 'bucket("name")', ([name], scope) => scope.bucket(text(name) ?? '')),
  count: asked(
    1,
    2,
    'count("order.placed", "30d")',
    ([name, window], scope) => scope.events(text(name) ?? '', windowOf(window)).length,
  ),
  sum: asked(2, 3, 'sum("order.placed", "total", "365d")', ([name, field, window], scope) =>
    sum(scope, text(name) ?? '', text(field) ?? '', windowOf(window)),
  ),
  last: asked(1, 1, 'last("order.placed")', ([name], scope) => {
    const [event] = scope.events(text(name) ?? '', null);
    return event === undefined ? null : { ...event.data, at: new Moment(event.at) };
  }),
  events: asked(1, 2, 'events("product.viewed", "3d")', ([name, window], scope) =>
    scope
      .events(text(name) ?? '', windowOf(window))
      .slice(0, MOST_EVENTS)
      .map((event) => ({ ...event.data, at: new Moment(event.at) })),
  ),
  message: asked(1, 1, 'message("reminder")', ([reference], scope) => ({ ...scope.message(text(reference) ?? '') })),
  journey: asked(1, 1, 'journey("welcome")', ([id], scope) => {
    const { active, entered_at, outcome } = scope.journey(text(id) ?? '');
    return { active, entered_at: entered_at === null ? null : new Moment(entered_at), outcome };
  }),
  duration: asked(1, 1, 'duration("3d")', ([length]) => {
    const ms = windowOf(length);
    return ms === null ? null : new Span(ms);
  }),
  start_of: asked(
    1,
    1,
    'start_of("month")',
    ([unit], scope) => new Moment(startOf(unit as 'day' | 'week' | 'month' | 'year', scope.now, scope.zone)),
  ),
  number: plain(1, 1, 'number(x)', ([value]) => toNumber(value)),
  double: plain(1, 1, 'double(x)', ([value]) => toNumber(value)),
  int: plain(1, 1, 'int(x)', ([value]) => {
    const number = toNumber(value);
    return number === null ? null : Math.trunc(number);
  }),
  string: plain(1, 1, 'string(x)', ([value]) => toText(value)),
  time: plain(1, 1, 'time(x)', ([value], scope) => {
    if (value instanceof Moment) return value;
    const ms = typeof value === 'string' ? parseMoment(value, scope.zone) : null;
    return ms === null ? null : new Moment(ms);
  }),
  local: plain(1, 1, 'local(now)', ([value], scope) =>
    value instanceof Moment ? { ...wallClock(value.ms, scope.zone) } : null,
  ),
  size: plain(1, 1, 'size(x)', ([value]) => size(value)),
  has: plain(1, 1, 'has(profile.city)', ([value]) => value !== null && value !== undefined),
};

const method = (
  least: number,
  most: number,
  usage: string,
  run: (target: string, args: readonly Value[]) => Value,
): Written => ({
  least,
  most,
  usage,
  run: ([target, ...args]) =>
    typeof target === 'string' && args.every((arg) => arg !== null) ? run(target, args) : null,
});
const onText = (usage: string, run: (target: string, other: string) => Value): Written =>
  method(1, 1, usage, (target, [other]) => (typeof other === 'string' ? run(target, other) : null));

export const METHODS: Readonly<Record<string, Written>> = {
  contains: onText('text.contains("x")', (target, other) => target.includes(other)),
  startsWith: onText('text.startsWith("x")', (target, other) => target.startsWith(other)),
  endsWith: onText('text.endsWith("x")', (target, other) => target.endsWith(other)),
  matches: onText('text.matches("[0-9]+")', matches),
  indexOf: onText('text.indexOf("x")', (target, other) => target.indexOf(other)),
  split: onText('text.split(",")', (target, other) => target.split(other)),
  replace: method(2, 2, 'text.replace("a", "b")', (target, [from, to]) =>
    typeof from === 'string' && from !== '' && typeof to === 'string' ? bounded(target.split(from).join(to)) : null,
  ),
  substring: method(1, 2, 'text.substring(0, 3)', (target, [from, to]) =>
    typeof from === 'number' && (to === undefined || typeof to === 'number')
      ? target.slice(Math.max(0, from), to === undefined ? undefined : Math.max(0, to))
      : null,
  ),
  lowerAscii: method(0, 0, 'text.lowerAscii()', (target) => target.toLowerCase()),
  upperAscii: method(0, 0, 'text.upperAscii()', (target) => target.toUpperCase()),
  trim: method(0, 0, 'text.trim()', (target) => target.trim()),
  size: plain(0, 0, 'x.size()', ([target]) => size(target)),
  join: plain(0, 1, 'list.join(", ")', ([target, by]) =>
    Array.isArray(target) &&
    target.every((item) => typeof item === 'string') &&
    (by === undefined || typeof by === 'string')
      ? bounded(target.join(by ?? ''))
      : null,
  ),
};

/** Macros over lists, evaluated by `evaluate.ts`. */
export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

function sum(scope: Scope, name: string, field: string, window: number | null): number {
  const total = scope.events(name, window).reduce((all, event) => {
    const value = Object.hasOwn(event.data, field) ? event.data[field] : null;
    return all + (typeof value === 'number' ? value : 0);
  }, 0);
  return Math.round(total * 1e6) / 1e6;
}

function toNumber(value: Value | undefined): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function toText(value: Value | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value instanceof Moment ? formatIso(value.ms) : null;
}

function size(value: Value | undefined): number | null {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== 'object' || value instanceof Moment || value instanceof Span) return null;
  return Object.keys(value).length;
}

/** Texts do not grow without end. */
function bounded(value: string): string | null {
  return value.length <= 100_000 ? value : null;
}
