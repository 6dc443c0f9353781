// Evaluates a parsed condition under the language's own null rules: `==` always answers, any other operator given null
// or a wrong kind is null, and where truth is asked null is false. Bounded in steps; nothing here can hang.

import type { Condition, Scope, Trace } from '../condition.ts';
import { TropaError } from '../errors.ts';
import type { Value } from '../values.ts';
import { Moment, Span } from '../values.ts';
import { FUNCTIONS } from './functions.ts';
import { MACROS, METHODS } from './methods.ts';
import type { Node } from './node.ts';
import { literal, pathOf } from './node.ts';
import { calculate, compare, equal, field, hasField, isMap, kindName } from './operators.ts';
import { callText, Telling } from './telling.ts';

/** A step is one node looked at, or as much work on long texts and lists: a microsecond or less. */
const MOST_STEPS = 100_000;
const CHARACTERS_A_STEP = 200;
const ITEMS_A_STEP = 20;
/** Functions whose answers say nothing that is not in the text. */
const UNTOLD: ReadonlySet<string> = new Set(['duration', 'size', 'has']);

/** The value of an expression. Throws `E_EXPRESSION_STEPS` when it takes too long, and nothing else. */
export function evaluate(condition: Condition, scope: Scope, trace?: Trace): Value {
  return new Evaluation(condition.text, scope, trace).value(condition.tree as Node, null);
}

/** The variables of the macros around a node, innermost first. */
type Bound = { readonly name: string; readonly value: Value; readonly outer: Bound } | null;

class Evaluation {
  readonly scope: Scope;
  readonly #text: string;
  readonly #telling: Telling | null;
  /** Answers about the person: the same all along, so each is asked for once, however many items a macro goes through. */
  readonly #answers = new Map<Node, Value>();
  #steps = 0;
  readonly #pair = () => this.spend(1);

  constructor(text: string, scope: Scope, trace: Trace | undefined) {
    this.#text = text;
    this.scope = scope;
    this.#telling = trace === undefined ? null : new Telling(trace);
  }

  readonly spend = (steps: number): void => {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS)
      throw new TropaError(
        'E_EXPRESSION_STEPS',
        `The condition took more than ${MOST_STEPS} steps: ${this.#text.slice(0, 200)}`,
      );
  };

  value(node: Node, bound: Bound): Value {
    this.spend(1);
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
    switch (op) {
      case '==':
      case '!=':
        if (this.#telling !== null && a !== null && b !== null && kindName(a) !== kindName(b))
          this.#telling.differentKinds(op, args, a, b);
        return equal(a, b, this.#pair) === (op === '==');
      case 'in':
        return this.#within(a, b);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(op, a, b);
      default: {
        const answer = calculate(op, a, b);
        this.spend(effort(answer));
        return answer;
      }
    }
  }

  #within(item: Value, list: Value): Value {
    if (Array.isArray(list)) return list.some((one) => equal(one, item, this.#pair));
    return isMap(list) && typeof item === 'string' ? hasField(list, item) : null;
  }

  #path(node: Node & { op: 'id' | '.' | '.?' }, bound: Bound): Value {
    const value = this.#read(node, bound);
    if (this.#telling !== null) {
      const path = pathOf(node);
      const [name = ''] = path ?? [];
      if (path !== null && node.args !== 'now' && find(bound, name) === null)
        this.#telling.value(path.join('.'), value);
    }
    return value;
  }

  /** Reads along a path; only where it ends is worth telling. */
  #read(node: Node & { op: 'id' | '.' | '.?' }, bound: Bound): Value {
    if (node.op === 'id') {
      const own = find(bound, node.args);
      return own === null ? this.#name(node.args) : own.value;
    }
    const [base, name] = node.args;
    const on = base.op === 'id' || base.op === '.' ? this.#read(base, bound) : this.value(base, bound);
    return field(on, name);
  }

  #name(name: string): Value {
    return name === 'now' ? new Moment(this.scope.now) : this.scope.name(name);
  }

  /** Keys are texts; an entry with any other is left out. */
  #map(entries: readonly (readonly [Node, Node])[], bound: Bound): Value {
    const map = new Map<string, Value>();
    for (const [key, item] of entries) {
      const name = this.value(key, bound);
      if (typeof name === 'string') map.set(name, this.value(item, bound));
    }
    return Object.fromEntries(map);
  }

  #call(node: Node & { op: 'call' }, bound: Bound): Value {
    const known = this.#answers.get(node);
    if (known !== undefined) return known;
    const [name, args] = node.args;
    const written = FUNCTIONS.get(name);
    if (written === undefined) return null;
    const given = args.map((arg) => this.value(arg, bound));
    const value = written.run(given, this);
    this.spend(effort(value) + given.reduce((all: number, one) => all + effort(one), 0));
    if (written.literals) this.#answers.set(node, value);
    if (this.#telling !== null && !UNTOLD.has(name)) this.#telling.value(callText(name, args), value);
    return value;
  }

  #method(node: Node & { op: 'rcall' }, bound: Bound): Value {
    const [name, target, args] = node.args;
    const on = this.value(target, bound);
    if (MACROS.has(name)) return this.#macro(name, on, args, bound);
    const given = [on, ...args.map((arg) => this.value(arg, bound))];
    this.spend(given.reduce((all: number, one) => all + effort(one), 0));
    const value = METHODS.get(name)?.run(given, this) ?? null;
    this.spend(effort(value));
    return value;
  }

  /** `list.exists(x, …)` and its kin; over a map they run over its keys, as CEL has it. */
  #macro(name: string, on: Value, [variable, first, second]: readonly Node[], bound: Bound): Value {
    const items: Value[] | null = Array.isArray(on) ? on : isMap(on) ? Object.keys(on) : null;
    if (items === null || variable?.op !== 'id' || first === undefined) return null;
    const id = variable.args;
    const each = (node: Node) => (item: Value) => this.value(node, { name: id, value: item, outer: bound });
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
}

function find(bound: Bound, name: string): Bound {
  for (let at = bound; at !== null; at = at.outer) if (at.name === name) return at;
  return null;
}

/** The steps that going through a value is worth; what is short costs nothing beyond its node. */
function effort(value: Value): number {
  if (typeof value === 'string') return Math.floor(value.length / CHARACTERS_A_STEP);
  return Array.isArray(value) ? Math.floor(value.length / ITEMS_A_STEP) : 0;
}

function index(value: Value, key: Value): Value {
  if (Array.isArray(value))
    return typeof key === 'number' && Number.isInteger(key) && key >= 0 ? (value[key] ?? null) : null;
  return typeof key === 'string' ? field(value, key) : null;
}

function negative(value: Value): Value {
  if (typeof value === 'number') return -value;
  return value instanceof Span ? new Span(-value.ms) : null;
}
