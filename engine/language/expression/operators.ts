// Equality, order and arithmetic of values. Kinds never mix, except whole and fractional numbers, which are one kind.

import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';

/** The kind of a value, in a marketer's words. */
export function kindName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'truth value';
    default:
      return value === null ? 'nothing' : objectKind(value);
  }
}

function objectKind(value: object): string {
  if (value instanceof Moment) return 'time';
  if (value instanceof Span) return 'duration';
  return Array.isArray(value) ? 'list' : 'map';
}

export function isMap(value: Value | undefined): value is { [key: string]: Value } {
  return value !== null && typeof value === 'object' && objectKind(value) === 'map';
}

/** As in YAML, nobody's data may use the names by which JavaScript reaches into itself. */
const REFUSED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A field of a map: only its own; a missing one is null. */
export function field(value: Value, name: string): Value {
  return isMap(value) && hasField(value, name) ? (value[name] ?? null) : null;
}

export function hasField(map: { [key: string]: Value }, name: string): boolean {
  return Object.hasOwn(map, name) && !REFUSED.has(name);
}

/**
 * Always answers: null equals only null, different kinds are unequal, lists and maps are compared through, however deep
 * they are. `spend` hears of each pair that is looked at.
 */
export function equal(a: Value, b: Value, spend?: () => void): boolean {
  const pairs: (readonly [Value, Value])[] = [[a, b]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    spend?.();
    if (!alike(pair[0], pair[1], pairs)) return false;
  }
  return true;
}

/** Whether two values may still be equal; what they hold is left in `inner` to be compared. */
function alike(a: Value, b: Value, inner: (readonly [Value, Value])[]): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || objectKind(a) !== objectKind(b))
    return false;
  if (a instanceof Moment || a instanceof Span) return a.ms === (b as Moment | Span).ms;
  if (Array.isArray(a)) return sameItems(a, b as Value[], inner);
  return sameFields(a, b as { [key: string]: Value }, inner);
}

function sameItems(a: Value[], b: Value[], inner: (readonly [Value, Value])[]): boolean {
  if (a.length !== b.length) return false;
  for (const [n, item] of a.entries()) inner.push([item, b[n] ?? null]);
  return true;
}

function sameFields(
  a: { [key: string]: Value },
  b: { [key: string]: Value },
  inner: (readonly [Value, Value])[],
): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return false;
    inner.push([a[key] ?? null, b[key] ?? null]);
  }
  return true;
}

/** `<` and its kin, of numbers, texts, times and durations; anything else is null. */
export function compare(op: '<' | '<=' | '>' | '>=', a: Value, b: Value): boolean | null {
  if (typeof a === 'number' && typeof b === 'number') return ordered(op, a, b);
  if (typeof a === 'string' && typeof b === 'string') return ordered(op, a, b);
  if ((a instanceof Moment && b instanceof Moment) || (a instanceof Span && b instanceof Span))
    return ordered(op, a.ms, b.ms);
  return null;
}

function ordered<T extends number | string>(op: '<' | '<=' | '>' | '>=', a: T, b: T): boolean {
  if (op === '<') return a < b;
  if (op === '<=') return a <= b;
  return op === '>' ? a > b : a >= b;
}

/** Arithmetic; what has no finite answer is null. */
export function calculate(op: string, a: Value, b: Value): Value {
  if (typeof a === 'number' && typeof b === 'number') return finite(numeric(op, a, b));
  if (op === '+') return add(a, b);
  return op === '-' ? subtract(a, b) : null;
}

function numeric(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

/** What has no end is no answer. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The farthest moment, and the longest time, that a calendar can count. */
const FARTHEST = 8.64e15;

function moment(ms: number): Moment | null {
  return Math.abs(ms) <= FARTHEST ? new Moment(ms) : null;
}

function span(ms: number): Span | null {
  return Math.abs(ms) <= 2 * FARTHEST ? new Span(ms) : null;
}

function add(a: Value, b: Value): Value {
  if (a instanceof Moment && b instanceof Span) return moment(a.ms + b.ms);
  if (a instanceof Span && b instanceof Moment) return moment(a.ms + b.ms);
  return a instanceof Span && b instanceof Span ? span(a.ms + b.ms) : join(a, b);
}

/** Texts and lists do not grow without end. */
const MOST_TEXT = 100_000;
const MOST_ITEMS = 10_000;

export function boundedText(text: string): string | null {
  return text.length <= MOST_TEXT ? text : null;
}

export function boundedList(list: Value[]): Value[] | null {
  return list.length <= MOST_ITEMS ? list : null;
}

function join(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return boundedText(a + b);
  return Array.isArray(a) && Array.isArray(b) && a.length + b.length <= MOST_ITEMS ? [...a, ...b] : null;
}

function subtract(a: Value, b: Value): Value {
  if (a instanceof Moment && b instanceof Moment) return span(a.ms - b.ms);
  if (a instanceof Moment && b instanceof Span) return moment(a.ms - b.ms);
  return a instanceof Span && b instanceof Span ? span(a.ms - b.ms) : null;
}
