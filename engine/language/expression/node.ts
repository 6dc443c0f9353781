// The parsed tree as the CEL library gives it, typed as far as we read it.

import type { Value } from '../values.ts';
import { finite } from './operators.ts';

type Binary = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in' | '&&' | '||';

interface At {
  /** Where it begins, as an offset in the text. */
  readonly start: number;
}

/** Unsigned literals (`7u`) come wrapped; bytes come as themselves, and are no value of ours. */
export type Literal = string | number | bigint | boolean | null | Uint8Array | { readonly value: unknown };

export type Node = At &
  (
    | { readonly op: 'value'; readonly args: Literal }
    | { readonly op: 'id'; readonly args: string }
    | { readonly op: '.' | '.?'; readonly args: readonly [Node, string] }
    | { readonly op: '[]' | '[?]'; readonly args: readonly [Node, Node] }
    | { readonly op: 'call'; readonly args: readonly [string, readonly Node[]] }
    | { readonly op: 'rcall'; readonly args: readonly [string, Node, readonly Node[]] }
    | { readonly op: 'list'; readonly args: readonly Node[] }
    | { readonly op: 'map'; readonly args: readonly (readonly [Node, Node])[] }
    | { readonly op: '?:'; readonly args: readonly [Node, Node, Node] }
    | { readonly op: '!_' | '-_'; readonly args: Node }
    | { readonly op: Binary; readonly args: readonly [Node, Node] }
  );

/** Every part of a node that is a node. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      return node.args;
  }
}

/** `profile.address.city` as its parts; null for anything else. */
export function pathOf(node: Node): string[] | null {
  if (node.op === 'id') return [node.args];
  if (node.op !== '.') return null;
  const base = pathOf(node.args[0]);
  return base === null ? null : [...base, node.args[1]];
}

/** A literal as a value; one that is none of ours (bytes, a number beyond all numbers) is null. */
export function literal(value: Literal): Value {
  if (typeof value === 'bigint') return finite(Number(value));
  if (value === null || typeof value !== 'object') return value;
  const inner = 'value' in value ? value.value : null;
  return typeof inner === 'bigint' || typeof inner === 'number' ? finite(Number(inner)) : null;
}
