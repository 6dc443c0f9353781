// Completion and hover help from the JSON Schema, for CodeMirror.

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { hoverTooltip } from '@codemirror/view';
import { pathAt } from './place.ts';
import { keysAt, type Schema, valuesAt } from './schema.ts';

export function completeFrom(schema: Schema) {
  return (context: CompletionContext): CompletionResult | null => {
    const { doc } = context.state;
    const line = doc.lineAt(context.pos);
    const typed: Typed = {
      before: line.text.slice(0, context.pos - line.from),
      lines: doc.toString().split('\n'),
      line: line.number - 1,
      pos: context.pos,
      asked: context.explicit,
    };
    return valuesFor(schema, typed) ?? keysFor(schema, typed);
  };
}

interface Typed {
  /** The line up to the cursor. */
  readonly before: string;
  readonly lines: readonly string[];
  readonly line: number;
  readonly pos: number;
  readonly asked: boolean;
}

function valuesFor(schema: Schema, { before, lines, line, pos }: Typed): CompletionResult | null {
  const value = /^\s*(?:-\s+)?([A-Za-z_][\w-]*):\s+([\w-]*)$/.exec(before);
  if (value === null) return null;
  const [, key = '', begun = ''] = value;
  const { path } = pathAt(lines, line);
  const options = valuesAt(schema, [...path, key]).map((label): Completion => ({ label, type: 'enum' }));
  return options.length === 0 ? null : { from: pos - begun.length, options };
}

function keysFor(schema: Schema, { before, lines, line, pos, asked }: Typed): CompletionResult | null {
  const key = /^\s*(?:-\s+)?([A-Za-z_][\w-]*)?$/.exec(before);
  if (key === null || (key[1] === undefined && !asked)) return null;
  const { path } = pathAt(lines.with(line, `${before}x: y`), line);
  const options = [...keysAt(schema, path)].map(
    ([label, info]): Completion => ({ label, apply: `${label}: `, type: 'property', ...(info !== '' && { info }) }),
  );
  return options.length === 0 ? null : { from: pos - (key[1]?.length ?? 0), options, validFor: /^[\w-]*$/ };
}

export const hoverFrom = (schema: Schema) =>
  hoverTooltip((view, pos) => {
    const line = view.state.doc.lineAt(pos);
    const { path, key } = pathAt(view.state.doc.toString().split('\n'), line.number - 1);
    const at = key === null ? -1 : line.text.indexOf(key);
    if (key === null || at < 0 || pos - line.from < at || pos - line.from > at + key.length) return null;
    const info = keysAt(schema, path).get(key);
    if (info === undefined || info === '') return null;
    return {
      pos: line.from + at,
      end: line.from + at + key.length,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'tropa-hover';
        dom.textContent = info;
        return { dom };
      },
    };
  });
