// From text to a checked condition. The CEL grammar is the library's; names, functions and facts are checked here, so
// that the engine knows beforehand what a condition may ask for.

import { Environment } from '@marcbachmann/cel-js';
import type { Condition, FactNeed } from '../condition.ts';
import { parseDuration } from '../duration.ts';
import type { Fault, Place } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import { FUNCTIONS, MACROS, METHODS } from './functions.ts';
import type { Node } from './node.ts';
import { childrenOf } from './node.ts';

const MAX_LENGTH = 2_000;
const GRAMMAR = new Environment({
  limits: { maxAstNodes: 500, maxDepth: 60, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 10 },
});
/** Every name that exists somewhere. */
const NAMES = ['profile', 'trigger', 'vars', 'now', 'event', 'body'];

export type Parsed =
  | { readonly condition: Condition; readonly warnings: readonly Fault[] }
  | { readonly faults: readonly Fault[] };

/** Parses and checks an expression that may use these names. Faults stand at the place of the offending part. */
export function parseCondition(text: string, place: Place, allow: { readonly names: readonly string[] }): Parsed {
  if (text.length > MAX_LENGTH)
    return {
      faults: [
        error(
          'E_EXPRESSION_SIZE',
          place,
          `a condition has ${MAX_LENGTH} characters at most; this one has ${text.length}. Move parts of it into segments.`,
        ),
      ],
    };
  let tree: Node;
  try {
    tree = GRAMMAR.parse(text).ast as unknown as Node;
  } catch (thrown) {
    return { faults: [syntaxFault(text, place, thrown)] };
  }
  const check = new Check(place, allow.names);
  check.visit(tree, new Set());
  if (check.faults.length > 0) return { faults: check.faults };
  return { condition: { text, place, tree, ...check.found() }, warnings: check.warnings };
}

function syntaxFault(text: string, place: Place, thrown: unknown): Fault {
  const { message = '', node } = thrown as { message?: string; node?: { pos?: number } };
  const pos = node?.pos ?? 0;
  const first = (message.split('\n')[0] ?? '').trim();
  if (/exceeded|limit/i.test(first))
    return error('E_EXPRESSION_SIZE', place, `the condition is too large (${first}). Move parts of it into segments.`);
  const at = text.includes('\n') ? place : moved(place, Math.min(pos, text.length));
  return error('E_EXPRESSION', at, `cannot read this condition: ${first.charAt(0).toLowerCase()}${first.slice(1)}.`);
}

function error(code: string, place: Place, message: string): Fault {
  return { code, place, message, severity: 'error' };
}

function moved(place: Place, by: number): Place {
  return { ...place, column: place.column + by };
}

const LISTED: Readonly<Record<string, 'segments' | 'messages' | 'journeys'>> = {
  segment: 'segments',
  message: 'messages',
  journey: 'journeys',
};
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  consent: ['email', 'sms', 'push'],
  start_of: ['day', 'week', 'month', 'year'],
};
const HISTORIES = new Set(['count', 'sum', 'last', 'events']);

class Check {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly #place: Place;
  readonly #names: readonly string[];
  readonly #needs: FactNeed[] = [];
  readonly #lists: Record<'segments' | 'messages' | 'journeys' | 'paths', Set<string>> = {
    segments: new Set(),
    messages: new Set(),
    journeys: new Set(),
    paths: new Set(),
  };

  constructor(place: Place, names: readonly string[]) {
    this.#place = place;
    this.#names = names;
  }

  found(): Pick<Condition, 'needs' | 'segments' | 'messages' | 'journeys' | 'paths'> {
    const { segments, messages, journeys, paths } = this.#lists;
    return {
      needs: this.#needs,
      segments: [...segments],
      messages: [...messages],
      journeys: [...journeys],
      paths: [...paths],
    };
  }

  /** Walks the tree with the macro variables bound so far. */
  visit(node: Node, bound: ReadonlySet<string>): void {
    const path = pathOf(node);
    if (path !== null) this.#path(node, path, bound);
    else if (node.op === 'call') this.#call(node, bound);
    else if (node.op === 'rcall') this.#method(node, bound);
    else {
      if (node.op === '==' || node.op === '!=') this.#kinds(node.args, node.pos ?? 0);
      for (const child of childrenOf(node)) this.visit(child, bound);
    }
  }

  #path(node: Node, path: readonly string[], bound: ReadonlySet<string>): void {
    const [name = ''] = path;
    if (bound.has(name)) return;
    this.#name(node, name);
    this.#lists.paths.add(path.join('.'));
  }

  #name(node: Node, name: string): void {
    if (this.#names.includes(name)) return;
    if (NAMES.includes(name))
      this.#fault(
        'E_NAME_NOT_HERE',
        node,
        `"${name}" is not known here. ${name === 'event' ? 'Only the `if` and `key` of a trigger, `exit`, `goal` and the `if` of a `wait_for` see the event.' : `Here are: ${this.#names.join(', ')}.`}`,
      );
    else
      this.#fault(
        'E_UNKNOWN_NAME',
        node,
        `no name "${name}".${didYouMean(name, this.#names) || ` Names are: ${this.#names.join(', ')}.`}`,
      );
  }

  #call(node: Node & { op: 'call' }, bound: ReadonlySet<string>): void {
    const [name, args] = node.args;
    const known = FUNCTIONS[name];
    if (known === undefined)
      this.#fault('E_UNKNOWN_FUNCTION', node, `no function "${name}".${didYouMean(name, Object.keys(FUNCTIONS))}`);
    else if (args.length < known.least || args.length > known.most)
      this.#fault('E_EXPRESSION', node, `${name}() is written ${known.usage}.`);
    else if (known.literals) this.#literals(node, name, args);
    else if (name === 'has' && pathOf(args[0] as Node) === null && args[0]?.op !== '[]')
      this.#fault('E_EXPRESSION', node, 'has() is written has(profile.city).');
    for (const arg of args) this.visit(arg, bound);
  }

  #literals(node: Node, name: string, args: readonly Node[]): void {
    const texts = args.map((arg) => (arg.op === 'value' && typeof arg.args === 'string' ? arg.args : null));
    if (texts.includes(null)) {
      this.#fault('E_EXPRESSION', node, `the arguments of ${name}() are texts in quotes: ${FUNCTIONS[name]?.usage}.`);
      return;
    }
    const [first = '', second = '', third = ''] = texts as string[];
    const list = LISTED[name];
    const allowed = CHOICES[name];
    if (list !== undefined) this.#lists[list].add(first);
    else if (allowed !== undefined && !allowed.includes(first))
      this.#fault(
        'E_EXPRESSION',
        node,
        `${name}() takes ${allowed.map((one) => `"${one}"`).join(', ')}, not "${first}".`,
      );
    else if (name === 'duration' && parseDuration(first) === null) this.#notDuration(node, first);
    else if (HISTORIES.has(name)) this.#need(node, first, name === 'sum' ? third : second);
  }

  #notDuration(node: Node, text: string): void {
    this.#fault('E_EXPRESSION', node, `"${text}" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.`);
  }

  #need(node: Node, event: string, window: string): void {
    const length = window === '' ? null : parseDuration(window);
    if (window !== '' && length === null) this.#notDuration(node, window);
    else this.#needs.push({ event, window: length });
  }

  #method(node: Node & { op: 'rcall' }, bound: ReadonlySet<string>): void {
    const [name, target, args] = node.args;
    this.visit(target, bound);
    if (MACROS.has(name)) this.#macro(node, name, args, bound);
    else {
      const known = METHODS[name];
      if (known === undefined)
        this.#fault(
          'E_UNKNOWN_FUNCTION',
          node,
          `no function ".${name}()".${didYouMean(name, [...Object.keys(METHODS), ...MACROS])}`,
        );
      else if (args.length < known.least || args.length > known.most)
        this.#fault('E_EXPRESSION', node, `.${name}() is written ${known.usage}.`);
      for (const arg of args) this.visit(arg, bound);
    }
  }

  #macro(node: Node, name: string, args: readonly Node[], bound: ReadonlySet<string>): void {
    const [variable, ...rest] = args;
    if (variable?.op !== 'id' || rest.length < 1 || rest.length > 2)
      this.#fault('E_EXPRESSION', node, `.${name}() is written list.${name}(x, condition).`);
    else for (const arg of rest) this.visit(arg, new Set([...bound, variable.args]));
  }

  /** Comparing what can never be equal is allowed, and almost always a mistake. */
  #kinds([left, right]: readonly [Node, Node], pos: number): void {
    const [a, b] = [kindOf(left), kindOf(right)];
    if (a === null || b === null || a === b || a === 'null' || b === 'null') return;
    this.warnings.push({
      code: 'W_KIND',
      place: moved(this.#place, pos),
      message: `a ${a} is never equal to a ${b}. Convert one of them, with number() or time().`,
      severity: 'warning',
    });
  }

  #fault(code: string, node: Node, message: string): void {
    this.faults.push(error(code, moved(this.#place, leftmost(node)), message));
  }
}

/** Where a node begins: the library gives a path the place of its last dot. */
function leftmost(node: Node): number {
  return node.op === '.' || node.op === '.?' ? leftmost(node.args[0]) : (node.pos ?? 0);
}

/** `profile.address.city` as its parts; null for anything else. */
export function pathOf(node: Node): string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return null;
  const base = pathOf(node.args[0]);
  return base === null ? null : [...base, node.args[1]];
}

const RESULTS: Readonly<Record<string, string>> = {
  count: 'number',
  sum: 'number',
  number: 'number',
  size: 'number',
  bucket: 'number',
  segment: 'truth value',
  consent: 'truth value',
  has: 'truth value',
  string: 'text',
};

function kindOf(node: Node): string | null {
  if (node.op === 'call') return RESULTS[node.args[0]] ?? null;
  if (node.op !== 'value') return null;
  const { args: value } = node;
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'truth value' : 'number';
}
