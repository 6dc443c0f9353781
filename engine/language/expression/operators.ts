// Equality, order and arithmetic of values. Kinds never mix, except whole and fractional numbers, which are one kind.

import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';

/** The kind of a value, in a marketer's words. */
export function kindName(value: Value): string {
  if (value === null) return 'nothing';
  if (value instanceof Moment) return 'time';
  if (value instanceof Span) return 'duration';
  if (Array.isArray(value)) return 'list';
  return { string: 'text', number: 'number', boolean: 'truth value' }[typeof value as string] ?? 'map';
}

/** Always answers: null equals only null, different kinds are unequal, lists and maps are compared through. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object' || kindName(a) !== kindName(b))
    return false;
  if (a instanceof Moment || a instanceof Span) return a.ms === (b as Moment | Span).ms;
  if (Array.isArray(a))
    return a.length === (b as Value[]).length && a.every((item, n) => equal(item, (b as Value[])[n] ?? null));
  const other = b as { [key: string]: Value };
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && equal(a[key] ?? null, other[key] ?? null))
  );
}

/** `<` and its kin, of numbers, texts, times and durations; anything else is null. */
export function compare(op: '<' | '<=' | '>' | '>=', a: Value, b: Value): boolean | null {
  const [x, y] = [ordinal(a), ordinal(b)];
  if (x === null || y === null || kindName(a) !== kindName(b)) return null;
  if (op === '<') return x < y;
  if (op === '<=') return x <= y;
  return op === '>' ? x > y : x >= y;
}

function ordinal(value: Value): number | string | null {
  if (value instanceof Moment || value instanceof Span) return value.ms;
  return typeof value === 'number' || typeof value === 'string' ? value : null;
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

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function add(a: Value, b: Value): Value {
  if (a instanceof Moment && b instanceof Span) return new Moment(a.ms + b.ms);
  if (a instanceof Span && b instanceof Moment) return new Moment(a.ms + b.ms);
  return a instanceof Span && b instanceof Span ? new Span(a.ms + b.ms) : join(a, b);
}

/** Texts and lists do not grow without end. */
function join(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return a.length + b.length <= 100_000 ? a + b : null;
  return Array.isArray(a) && Array.isArray(b) && a.length + b.length <= 10_000 ? [...a, ...b] : null;
}

function subtract(a: Value, b: Value): Value {
  if (a instanceof Moment && b instanceof Moment) return new Span(a.ms - b.ms);
  if (a instanceof Moment && b instanceof Span) return new Moment(a.ms - b.ms);
  return a instanceof Span && b instanceof Span ? new Span(a.ms - b.ms) : null;
}
