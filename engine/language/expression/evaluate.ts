// Evaluates a parsed condition under the language's own null rules: `==` always answers, any other operator given null
// or a wrong kind is null, and where truth is asked null is false. Bounded in steps; nothing here can hang.

import { formatIso } from '../calendar.ts';
import type { Condition, Scope, Trace } from '../condition.ts';
import { formatDuration } from '../duration.ts';
import { TropaError } from '../errors.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import { FUNCTIONS, MACROS, METHODS } from './functions.ts';
import type { Node } from './node.ts';
import { calculate, compare, equal, kindName } from './operators.ts';
import { pathOf } from './parse.ts';

const MOST_STEPS = 100_000;
/** Functions whose answers come from outside the text, and are worth recording. */
const TOLD = new Set([
  'segment',
  'consent',
  'bucket',
  'count',
  'sum',
  'last',
  'events',
  'message',
  'journey',
  'start_of',
  'local',
]);

/** The value of an expression. Throws `E_EXPRESSION_STEPS` when it takes too long, and nothing else. */
export function evaluate(condition: Condition, scope: Scope, trace?: Trace): Value {
  return new Evaluation(condition.text, scope, trace).value(condition.tree as Node, NOTHING);
}

type Bound = ReadonlyMap<string, Value>;
const NOTHING: Bound = new Map();

class Evaluation {
  readonly #text: string;
  readonly #scope: Scope;
  readonly #trace: Trace | undefined;
  #steps = 0;

  constructor(text: string, scope: Scope, trace: Trace | undefined) {
    this.#text = text;
    this.#scope = scope;
    this.#trace = trace;
  }

  value(node: Node, bound: Bound): Value {
    this.#steps += 1;
    if (this.#steps > MOST_STEPS)
      throw new TropaError(
        'E_EXPRESSION_STEPS',
        `The condition took more than ${MOST_STEPS} steps: ${this.#text.slice(0, 200)}`,
      );
    switch (node.op) {
      case 'value':
        return literal(node.args);
      case 'id':
      case '.':
      case '.?':
        return this.#path(node, bound);
      case '[]':
      case '[?]':
        return index(this.value(node.args[0], bound), this.value(node.args[1], bound));
      case 'list':
        return node.args.map((item) => this.value(item, bound));
      case 'map':
        return this.#map(node.args, bound);
      case 'call':
        return this.#call(node, bound);
      case 'rcall':
        return this.#method(node, bound);
      default:
        return this.#operator(node, bound);
    }
  }

  #operator(
    node: Exclude<Node, { op: 'value' | 'id' | '.' | '.?' | '[]' | '[?]' | 'list' | 'map' | 'call' | 'rcall' }>,
    bound: Bound,
  ): Value {
    switch (node.op) {
      case '&&':
        return this.value(node.args[0], bound) === true && this.value(node.args[1], bound) === true;
      case '||':
        return this.value(node.args[0], bound) === true || this.value(node.args[1], bound) === true;
      case '!_': {
        const value = this.value(node.args, bound);
        return value === null || typeof value === 'boolean' ? value !== true : null;
      }
      case '?:':
        return this.value(node.args[0], bound) === true
          ? this.value(node.args[1], bound)
          : this.value(node.args[2], bound);
      case '-_':
        return negative(this.value(node.args, bound));
      default:
        return this.#binary(node.op, this.value(node.args[0], bound), this.value(node.args[1], bound), node.args);
    }
  }

  #binary(op: string, a: Value, b: Value, args: readonly [Node, Node]): Value {
    if (op === '==' || op === '!=') {
      if (a !== null && b !== null && kindName(a) !== kindName(b)) this.#remark(args, a, b);
      return equal(a, b) === (op === '==');
    }
    if (op === 'in') return within(a, b);
    return op === '<' || op === '<=' || op === '>' || op === '>=' ? compare(op, a, b) : calculate(op, a, b);
  }

  #path(node: Node & { op: 'id' | '.' | '.?' }, bound: Bound): Value {
    if (node.op === 'id') {
      const own = bound.get(node.args);
      return own !== undefined || bound.has(node.args) ? (own ?? null) : this.#name(node.args);
    }
    const value = field(this.value(node.args[0], bound), node.args[1]);
    const path = this.#trace === undefined ? null : pathOf(node);
    if (path !== null && !bound.has(path[0] ?? '')) this.#record(path.join('.'), value);
    return value;
  }

  #name(name: string): Value {
    return name === 'now' ? new Moment(this.#scope.now) : this.#scope.name(name);
  }

  #map(entries: readonly (readonly [Node, Node])[], bound: Bound): Value {
    const map: { [key: string]: Value } = {};
    for (const [key, item] of entries) {
      const name = this.value(key, bound);
      if (typeof name === 'string' && name !== '__proto__') map[name] = this.value(item, bound);
    }
    return map;
  }

  #call(node: Node & { op: 'call' }, bound: Bound): Value {
    const [name, args] = node.args;
    const value =
      FUNCTIONS[name]?.run(
        args.map((arg) => this.value(arg, bound)),
        this.#scope,
      ) ?? null;
    if (TOLD.has(name)) this.#record(`${name}(${args.map(written).join(', ')})`, value);
    return value;
  }

  #method(node: Node & { op: 'rcall' }, bound: Bound): Value {
    const [name, target, args] = node.args;
    const on = this.value(target, bound);
    if (MACROS.has(name)) return this.#macro(name, on, args, bound);
    return METHODS[name]?.run([on, ...args.map((arg) => this.value(arg, bound))], this.#scope) ?? null;
  }

  /** `list.exists(x, …)` and its kin; over a map they run over its keys, as CEL has it. */
  #macro(name: string, on: Value, [variable, first, second]: readonly Node[], bound: Bound): Value {
    const items = Array.isArray(on) ? on : isMap(on) ? Object.keys(on) : null;
    if (items === null || variable?.op !== 'id' || first === undefined) return null;
    const id = variable.args;
    const each = (node: Node) => (item: Value) => this.value(node, new Map([...bound, [id, item]]));
    const test = (item: Value) => each(first)(item) === true;
    switch (name) {
      case 'all':
        return items.every(test);
      case 'exists':
        return items.some(test);
      case 'exists_one':
        return items.filter(test).length === 1;
      case 'filter':
        return items.filter(test);
      default:
        return second === undefined ? items.map(each(first)) : items.filter(test).map(each(second));
    }
  }

  #record(source: string, value: Value): void {
    if (this.#trace !== undefined) this.#trace.values[source] = shown(value, 0);
  }

  #remark(args: readonly [Node, Node], a: Value, b: Value): void {
    this.#trace?.remarks.push(
      `${described(args[0], a)} and ${described(args[1], b)} are different kinds and never equal`,
    );
  }
}

function literal(value: string | number | bigint | boolean | null | Uint8Array): Value {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  // Unsigned literals (`7u`) come wrapped; bytes have no kind here.
  const inner = (value as { value?: unknown }).value;
  return typeof inner === 'bigint' || typeof inner === 'number' ? Number(inner) : null;
}

function isMap(value: Value): value is { [key: string]: Value } {
  return (
    value !== null &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof Moment) &&
    !(value instanceof Span)
  );
}

/** A field of a map; only its own, and never one of the language's. */
function field(value: Value, name: string): Value {
  return isMap(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

function index(value: Value, key: Value): Value {
  if (Array.isArray(value))
    return typeof key === 'number' && Number.isInteger(key) && key >= 0 ? (value[key] ?? null) : null;
  return typeof key === 'string' ? field(value, key) : null;
}

function within(item: Value, list: Value): Value {
  if (Array.isArray(list)) return list.some((one) => equal(one, item));
  return isMap(list) && typeof item === 'string' ? Object.hasOwn(list, item) : null;
}

function negative(value: Value): Value {
  if (typeof value === 'number') return -value;
  return value instanceof Span ? new Span(-value.ms) : null;
}

function written(node: Node): string {
  return node.op === 'value' ? JSON.stringify(literal(node.args)) : (pathOf(node)?.join('.') ?? '…');
}

function described(node: Node, value: Value): string {
  return `${written(node)} (${JSON.stringify(shown(value, 1))}, ${kindName(value)})`;
}

/** A value as the journal keeps it: moments as ISO text, spans as written, long lists cut. */
function shown(value: Value, depth: number): unknown {
  if (value instanceof Moment) return formatIso(value.ms);
  if (value instanceof Span) return formatDuration(value.ms);
  if (typeof value === 'string') return value.length > 300 ? `${value.slice(0, 300)}…` : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth > 3) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, 5).map((item) => shown(item, depth + 1));
    return value.length > 5 ? [...items, `… ${value.length} in all`] : items;
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 30)
      .map(([key, item]) => [key, shown(item, depth + 1)]),
  );
}
