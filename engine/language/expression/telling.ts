// What a condition read while it was judged, as the journal keeps it: short, JSON-safe, each thing once.

import { formatIso } from '../calendar.ts';
import type { Trace } from '../condition.ts';
import { formatDuration } from '../duration.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import type { Node } from './node.ts';
import { literal, pathOf } from './node.ts';
import { kindName } from './operators.ts';

const MOST_REMARKS = 10;
const MOST_TEXT = 300;
const MOST_ITEMS = 5;
const MOST_FIELDS = 30;
const MOST_DEPTH = 3;
/** Values in one thing told; what is beyond is left out. */
const MOST_VALUES = 200;

/** Writes into a trace for the length of one evaluation, in which nothing that is read changes. */
export class Telling {
  readonly #trace: Trace;
  readonly #told = new Set<string>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  value(source: string, value: Value): void {
    if (this.#told.has(source)) return;
    this.#told.add(source);
    this.#trace.values[source] = shown(value);
  }

  /** Comparing different kinds: `profile.age ("7", text) == 7 (number)`. */
  differentKinds(op: string, [left, right]: readonly [Node, Node], a: Value, b: Value): void {
    const { remarks } = this.#trace;
    if (remarks.length >= MOST_REMARKS) return;
    const remark = `${described(left, a)} ${op} ${described(right, b)}: different kinds are never equal`;
    if (!remarks.includes(remark)) remarks.push(remark);
  }
}

/** A call as the author wrote it, shortened to its paths and literals. */
export function callText(name: string, args: readonly Node[]): string {
  return `${name}(${args.map(written).join(', ')})`;
}

function written(node: Node): string {
  if (node.op === 'value') return JSON.stringify(literal(node.args));
  if (node.op === 'call') return callText(node.args[0], node.args[1]);
  return pathOf(node)?.join('.') ?? '…';
}

function described(node: Node, value: Value): string {
  const kind = kindName(value);
  return node.op === 'value'
    ? `${written(node)} (${kind})`
    : `${written(node)} (${JSON.stringify(shown(value))}, ${kind})`;
}

/** A value as the journal keeps it: moments as ISO text, spans as written, long lists and texts cut. */
function shown(value: Value): unknown {
  const left = { values: MOST_VALUES };
  return cut(value, 0, left);
}

function cut(value: Value, depth: number, left: { values: number }): unknown {
  left.values -= 1;
  if (value instanceof Moment) return formatIso(value.ms);
  if (value instanceof Span) return formatDuration(value.ms);
  if (typeof value === 'string') return value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth > MOST_DEPTH || left.values < 0) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map((item) => cut(item, depth + 1, left));
    return value.length > MOST_ITEMS ? [...items, `… ${value.length} in all`] : items;
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_FIELDS)
      .map(([key, item]) => [key, cut(item, depth + 1, left)]),
  );
}
