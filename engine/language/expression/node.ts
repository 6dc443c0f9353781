// The parsed tree as the CEL library gives it, typed as far as we read it.

type Binary = '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'in' | '&&' | '||';

interface At {
  /** Offset in the text. */
  readonly pos?: number;
}

export type Node = At &
  (
    | { readonly op: 'value'; readonly args: string | number | bigint | boolean | null | Uint8Array }
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
