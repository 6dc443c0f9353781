// Which kind an expression has, as far as its text alone tells: so that `check` can warn of comparing different kinds.

import type { Node } from './node.ts';
import { literal, pathOf } from './node.ts';
import { kindName } from './operators.ts';

const CALLS: ReadonlyMap<string, string> = new Map([
  ...['count', 'sum', 'number', 'int', 'double', 'size', 'bucket'].map((name) => [name, 'number'] as const),
  ...['segment', 'consent', 'has'].map((name) => [name, 'truth value'] as const),
  ...['time', 'start_of'].map((name) => [name, 'time'] as const),
  ['string', 'text'],
  ['duration', 'duration'],
  ['events', 'list'],
  ['local', 'map'],
  ['message', 'map'],
  ['journey', 'map'],
]);
const METHODS: ReadonlyMap<string, string> = new Map([
  ...['contains', 'startsWith', 'endsWith', 'matches', 'all', 'exists', 'exists_one'].map(
    (name) => [name, 'truth value'] as const,
  ),
  ...['size', 'indexOf'].map((name) => [name, 'number'] as const),
  ...['replace', 'substring', 'lowerAscii', 'upperAscii', 'trim', 'join'].map((name) => [name, 'text'] as const),
  ...['split', 'filter', 'map'].map((name) => [name, 'list'] as const),
]);
/** What Tropa itself puts there. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ['now', 'time'],
  ['event.at', 'time'],
  ['trigger.at', 'time'],
  ['trigger.name', 'text'],
  ['profile.orders_count', 'number'],
  ['profile.orders_total', 'number'],
]);
const TRUTHS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', '!_', 'in']);

/** Why comparing these two can come to nothing, or null where it may make sense. */
export function mismatch(op: string, left: Node, right: Node, bound: ReadonlySet<string>): string | null {
  const [a, b] = [kindOf(left, bound), kindOf(right, bound)];
  if (a === null || b === null || a === b) return null;
  const equality = op === '==' || op === '!=';
  return `a ${a} is never ${equality ? 'equal to' : 'less or greater than'} a ${b}. Convert one of them, with number() or time().`;
}

/** The kind it has whenever it is not null; null where the text does not tell. */
function kindOf(node: Node, bound: ReadonlySet<string>): string | null {
  switch (node.op) {
    case 'value': {
      const value = literal(node.args);
      return value === null ? null : kindName(value);
    }
    case 'list':
    case 'map':
      return node.op;
    case 'call':
      return CALLS.get(node.args[0]) ?? null;
    case 'rcall':
      return METHODS.get(node.args[0]) ?? null;
    case 'id':
    case '.':
      return fieldKind(node, bound);
    default:
      return TRUTHS.has(node.op) ? 'truth value' : null;
  }
}

function fieldKind(node: Node & { op: 'id' | '.' | '.?' }, bound: ReadonlySet<string>): string | null {
  const path = pathOf(node);
  if (path !== null) return bound.has(path[0] ?? '') ? null : (PATHS.get(path.join('.')) ?? null);
  const [base] = node.op === 'id' ? [] : node.args;
  if (base?.op !== 'call') return null;
  if (base.args[0] === 'message') return 'truth value';
  return base.args[0] === 'local' ? 'number' : null;
}
