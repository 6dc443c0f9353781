// From text to a checked condition. The CEL grammar is the library's; its evaluator is not used, because the language has
// null rules of its own. What a condition may name and ask for is `check.ts`'s.

import { Environment } from '@marcbachmann/cel-js';
import type { Condition } from '../condition.ts';
import type { Fault, Place } from '../errors.ts';
import { Check } from './check.ts';
import type { Node } from './node.ts';

const MAX_LENGTH = 2_000;
const GRAMMAR = new Environment({
  limits: { maxAstNodes: 500, maxDepth: 60, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 10 },
});

export type Parsed =
  | { readonly condition: Condition; readonly warnings: readonly Fault[] }
  | { readonly faults: readonly Fault[] };

/**
 * Parses and checks an expression that may use these names. Faults stand at the place of the offending part where the text
 * is one line, else at `place`. Never throws.
 */
export function parseCondition(text: string, place: Place, allow: { readonly names: readonly string[] }): Parsed {
  if (text.length > MAX_LENGTH)
    return tooLarge(place, `a condition has ${MAX_LENGTH} characters at most; this one has ${text.length}`);
  const placeOf = (offset: number): Place =>
    text.includes('\n') ? place : { ...place, column: place.column + Math.min(offset, text.length) };
  let tree: Node;
  try {
    tree = GRAMMAR.parse(text).ast as unknown as Node;
  } catch (thrown) {
    return unreadable(text, place, placeOf, thrown);
  }
  const check = new Check(allow.names, placeOf);
  check.visit(tree, new Set());
  if (check.faults.length > 0) return { faults: check.faults };
  return { condition: { text, place, tree, ...check.found() }, warnings: check.warnings };
}

function unreadable(text: string, place: Place, placeOf: (offset: number) => Place, thrown: unknown): Parsed {
  const { code, summary = '', range } = thrown as { code?: string; summary?: string; range?: { start?: number } };
  if (code === 'limit_exceeded') return tooLarge(place, `the condition is too large (${summary})`);
  const start = range?.start ?? 0;
  // The library names the last character of what it did not expect.
  const why = code === 'unexpected_character' ? `unexpected "${text.charAt(start)}"` : lowered(summary);
  return fault('E_EXPRESSION', placeOf(start), `cannot read this condition: ${why}.`);
}

function lowered(summary: string): string {
  return `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
}

function tooLarge(place: Place, why: string): Parsed {
  return fault('E_EXPRESSION_SIZE', place, `${why}. Move parts of it into segments.`);
}

function fault(code: string, place: Place, message: string): Parsed {
  return { faults: [{ code, place, message, severity: 'error' }] };
}
