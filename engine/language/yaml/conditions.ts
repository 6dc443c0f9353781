// CEL inside YAML: where a condition stands, which names it may use, and its faults in the author's lines.

import type { Condition } from '../condition.ts';
import { parseCondition } from '../expression/index.ts';
import type { TextNode } from './node.ts';
import type { Reader, Shape } from './shape.ts';
import { mismatch } from './shape.ts';

export type Names = readonly string[];
/** Names that every condition of a journey knows. */
export const JOURNEY_NAMES: Names = ['profile', 'trigger', 'vars', 'now'];
/** Where an event is being looked at. */
export const EVENT_NAMES: Names = [...JOURNEY_NAMES, 'event'];
/** Segments are about people alone. */
export const SEGMENT_NAMES: Names = ['profile', 'now'];

const EXPECTS = 'a condition such as trigger.total > 100';

/** A CEL expression over some names. */
export function expression(names: Names, expects = EXPECTS): Shape<Condition> {
  return {
    expects,
    read: (node, what, reader) =>
      node.kind === 'text' && node.text.trim() !== ''
        ? readCondition(node, names, reader)
        : mismatch(node, what, expects, reader),
    schema: () => ({ type: ['string', 'number', 'boolean'] }),
  };
}

/** Parses one; its faults are reported at the place inside the text. */
export function readCondition(node: TextNode, names: Names, reader: Reader): Condition | undefined {
  const parsed = parseCondition(node.text, node.inside, { names });
  const faults = 'faults' in parsed ? parsed.faults : parsed.warnings;
  reader.faults.push(...faults.map((fault) => (node.folded ? { ...fault, place: node.inside } : fault)));
  return 'condition' in parsed ? parsed.condition : undefined;
}
