// What a parsed condition names, asks for and gets wrong. Facts are named by literals, so that the engine knows beforehand
// what a condition may ask for.

import type { Condition, FactNeed } from '../condition.ts';
import { parseDuration } from '../duration.ts';
import type { Fault, Place } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import type { Written } from './functions.ts';
import { FUNCTIONS } from './functions.ts';
import { mismatch } from './kinds.ts';
import { MACROS, METHODS } from './methods.ts';
import type { Node } from './node.ts';
import { childrenOf, literal, pathOf } from './node.ts';
import { patternFault } from './patterns.ts';

/** Every name that exists somewhere. */
const NAMES = ['profile', 'trigger', 'vars', 'now', 'event', 'body'];
const LISTED: ReadonlyMap<string, 'segments' | 'messages' | 'journeys'> = new Map([
  ['segment', 'segments'],
  ['message', 'messages'],
  ['journey', 'journeys'],
]);
const CHOICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['consent', ['email', 'sms', 'push']],
  ['start_of', ['day', 'week', 'month', 'year']],
]);
const HISTORIES: ReadonlySet<string> = new Set(['count', 'sum', 'last', 'events']);
const ORDERS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

type Bound = ReadonlySet<string>;

/** Walks one tree and gathers. */
export class Check {
  readonly faults: Fault[] = [];
  readonly warnings: Fault[] = [];
  readonly #names: readonly string[];
  readonly #placeOf: (offset: number) => Place;
  readonly #needs = new Map<string, FactNeed>();
  readonly #lists: Record<'segments' | 'messages' | 'journeys' | 'paths', Set<string>> = {
    segments: new Set(),
    messages: new Set(),
    journeys: new Set(),
    paths: new Set(),
  };

  constructor(names: readonly string[], placeOf: (offset: number) => Place) {
    this.#names = names;
    this.#placeOf = placeOf;
  }

  found(): Pick<Condition, 'needs' | 'segments' | 'messages' | 'journeys' | 'paths'> {
    const { segments, messages, journeys, paths } = this.#lists;
    return {
      needs: [...this.#needs.values()],
      segments: [...segments],
      messages: [...messages],
      journeys: [...journeys],
      paths: [...paths],
    };
  }

  /** Walks the tree with the macro variables bound so far. */
  visit(node: Node, bound: Bound): void {
    const path = pathOf(node);
    if (path !== null) this.#path(node, path, bound);
    else if (node.op === 'call') this.#call(node, bound);
    else if (node.op === 'rcall') this.#method(node, bound);
    else if (node.op === 'value') this.#value(node);
    else {
      if (ORDERS.has(node.op)) this.#kinds(node as Node & { op: '==' }, bound);
      for (const child of childrenOf(node)) this.visit(child, bound);
    }
  }

  #path(node: Node, path: readonly string[], bound: Bound): void {
    const [name = ''] = path;
    if (bound.has(name)) return;
    this.#name(node, name);
    this.#lists.paths.add(path.join('.'));
  }

  #name(node: Node, name: string): void {
    const here = this.#names;
    if (here.includes(name)) return;
    if (NAMES.includes(name)) {
      const where =
        name === 'event'
          ? 'Only the `if` and `key` of a trigger, `exit`, `goal` and the `if` of a `wait_for` see the event.'
          : `Here are: ${here.join(', ')}.`;
      this.#fault('E_NAME_NOT_HERE', node, `"${name}" is not known here. ${where}`);
    } else {
      const remedy = didYouMean(name, here) || ` Names are: ${here.join(', ')}.`;
      this.#fault('E_UNKNOWN_NAME', node, `no name "${name}".${remedy}`);
    }
  }

  #value(node: Node & { op: 'value' }): void {
    if (node.args !== null && literal(node.args) === null)
      this.#fault(
        'E_EXPRESSION',
        node,
        'this is neither a number nor a text; bytes (b"…") are not part of the language.',
      );
  }

  #call(node: Node & { op: 'call' }, bound: Bound): void {
    const [name, args] = node.args;
    const known = FUNCTIONS.get(name);
    if (known === undefined)
      this.#fault('E_UNKNOWN_FUNCTION', node, `no function "${name}".${didYouMean(name, FUNCTIONS.keys())}`);
    else if (args.length < known.least || args.length > known.most)
      this.#fault('E_EXPRESSION', node, `${name}() is written ${known.usage}.`);
    else if (known.literals) this.#literals(node, name, known, args);
    else if (name === 'has' && args[0]?.op !== '[]' && pathOf(args[0] as Node) === null)
      this.#fault('E_EXPRESSION', node, 'has() is written has(profile.city).');
    for (const arg of args) this.visit(arg, bound);
  }

  #literals(node: Node, name: string, { usage }: Written, args: readonly Node[]): void {
    const texts: string[] = [];
    for (const arg of args) if (arg.op === 'value' && typeof arg.args === 'string') texts.push(arg.args);
    const [first = ''] = texts;
    const list = LISTED.get(name);
    const choices = CHOICES.get(name);
    if (texts.length < args.length)
      this.#fault('E_EXPRESSION', node, `the arguments of ${name}() are texts in quotes: ${usage}.`);
    else if (list !== undefined) this.#lists[list].add(first);
    else if (choices !== undefined && !choices.includes(first))
      this.#fault(
        'E_EXPRESSION',
        node,
        `${name}() takes ${choices.map((one) => `"${one}"`).join(', ')}, not "${first}".`,
      );
    else if (name === 'duration') this.#length(node, first);
    else if (HISTORIES.has(name)) this.#need(node, first, name === 'sum' ? texts[2] : texts[1]);
  }

  #length(node: Node, text: string): number | null {
    const length = parseDuration(text);
    if (length === null)
      this.#fault('E_EXPRESSION', node, `"${text}" is not a duration. Write it like 30s, 15m, 2h, 3d, 1w or 1h30m.`);
    return length;
  }

  #need(node: Node, event: string, window: string | undefined): void {
    const length = window === undefined ? null : this.#length(node, window);
    this.#needs.set(JSON.stringify([event, length]), { event, window: length });
  }

  #method(node: Node & { op: 'rcall' }, bound: Bound): void {
    const [name, target, args] = node.args;
    this.visit(target, bound);
    const known = METHODS.get(name);
    if (MACROS.has(name)) this.#macro(node, name, args, bound);
    else if (known === undefined) this.#unknownMethod(node, name, args, bound);
    else this.#knownMethod(node, name, known, bound);
  }

  #knownMethod(node: Node & { op: 'rcall' }, name: string, { least, most, usage }: Written, bound: Bound): void {
    const [, , args] = node.args;
    if (args.length < least || args.length > most) this.#fault('E_EXPRESSION', node, `.${name}() is written ${usage}.`);
    else if (name === 'matches') this.#pattern(args[0]);
    for (const arg of args) this.visit(arg, bound);
  }

  #unknownMethod(node: Node, name: string, args: readonly Node[], bound: Bound): void {
    const near = didYouMean(name, [...METHODS.keys(), ...MACROS.keys()]);
    const apart = near === '' && FUNCTIONS.has(name) ? ` It is written ${FUNCTIONS.get(name)?.usage}.` : near;
    this.#fault('E_UNKNOWN_FUNCTION', node, `no function ".${name}()".${apart}`);
    // A misspelt macro has a variable too; that it is unknown would only be noise.
    const variable = args.length > 1 ? args[0] : undefined;
    const inner = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound;
    for (const arg of args) this.visit(arg, inner);
  }

  #macro(node: Node, name: string, args: readonly Node[], bound: Bound): void {
    const [variable, ...rest] = args;
    if (variable?.op !== 'id' || rest.length < 1 || rest.length > (name === 'map' ? 2 : 1))
      this.#fault('E_EXPRESSION', node, `.${name}() is written ${MACROS.get(name)}.`);
    else for (const arg of rest) this.visit(arg, new Set([...bound, variable.args]));
  }

  #pattern(arg: Node | undefined): void {
    const pattern = arg?.op === 'value' ? literal(arg.args) : null;
    const why = typeof pattern === 'string' ? patternFault(pattern) : null;
    if (arg !== undefined && why !== null)
      this.#fault('E_EXPRESSION', arg, `the pattern of .matches() cannot be used: ${why}.`);
  }

  /** Comparing what can never be equal is allowed, and almost always a mistake. */
  #kinds(node: Node & { op: '==' }, bound: Bound): void {
    const message = mismatch(node.op, node.args[0], node.args[1], bound);
    if (message !== null)
      this.warnings.push({ code: 'W_KIND', place: this.#placeOf(node.start), message, severity: 'warning' });
  }

  #fault(code: string, node: Node, message: string): void {
    this.faults.push({ code, place: this.#placeOf(node.start), message, severity: 'error' });
  }
}
