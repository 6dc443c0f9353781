// MJML with Liquid inside becomes HTML with the same Liquid inside. Runs on the worker's thread.

import mjml2html from 'mjml';
import { MARK, marksIn, putBack } from './liquid-pieces.ts';
import type { Layout, MjmlError } from './mjml-layout.ts';
import { layOut } from './mjml-layout.ts';

export interface MjmlResult {
  /** Null when MJML could not read it at all. */
  readonly html: string | null;
  readonly errors: readonly MjmlError[];
}

/** Never throws. Lines count from the body's first. */
export async function compileMjml(source: string): Promise<MjmlResult> {
  try {
    const layout = layOut(source);
    const { html, errors } = await mjml2html(layout.mjml, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      keepComments: false,
      fonts: {},
    });
    const found = [...layout.errors, ...validationErrors(errors, layout), ...lostLiquid(html, layout)];
    const around = (numbers: readonly number[]) => numbers.map((n) => layout.pieces[n]?.source ?? '').join('');
    return {
      html: around(layout.before) + putBack(html, layout.pieces) + around(layout.after),
      errors: found.sort((a, b) => a.line - b.line),
    };
  } catch (error) {
    return { html: null, errors: [{ line: 1, message: error instanceof Error ? error.message : String(error) }] };
  }
}

/** What MJML's validator says, in the author's words and lines. A colour may come from Liquid, a width may not: MJML computes with it. */
function validationErrors(errors: readonly MjmlError[], { pieces, lineOf }: Layout): MjmlError[] {
  return errors
    .filter(({ message }) => message.search(MARK) === -1 || !/for type Color\b/.test(message))
    .map(({ line, message }) => ({ line: lineOf(line), message: putBack(message, pieces).trim() }));
}

/** Tags that MJML dropped: the template would do without its `if` what it should do with it. */
function lostLiquid(html: string, { pieces, before, after, lineOfPiece }: Layout): MjmlError[] {
  const kept = new Set([...marksIn(html), ...before, ...after]);
  return pieces.flatMap(({ tag, source }, n) =>
    tag === null || kept.has(n)
      ? []
      : [{ line: lineOfPiece(n), message: `${source} cannot stand here: MJML has no place for it` }],
  );
}
