// Puts the Liquid of a document aside while another reader (MJML, the converter to text) goes through it, and back again.
// In its place stands a mark: one word that such a reader takes for text, in content and in attributes alike.

import { Tokenizer, TypeGuards } from 'liquidjs';

/** One output, tag, comment or `{% raw %}` block, as it stands in the source. */
export interface LiquidPiece {
  readonly source: string;
  /** The tag's name; null for an output, a comment and a raw block, which are whole in themselves. */
  readonly tag: string | null;
}

export interface PutAside {
  /** The source with a mark for each piece. */
  readonly marked: string;
  readonly pieces: readonly LiquidPiece[];
}

/** Finds marks; its group is the number of the piece. */
export const MARK = /tropaliquid(\d+)x/g;
const mark = (number: number) => `tropaliquid${number}x`;

type Tokens = ReturnType<Tokenizer['readTopLevelTokens']>;

/** Throws liquidjs' own error for a tag that never ends. */
export function putAside(source: string): PutAside {
  const pieces: LiquidPiece[] = [];
  let marked = '';
  const tokens = new Tokenizer(source).readTopLevelTokens();
  for (let n = 0; n < tokens.length; n += 1) {
    const token = tokens[n] as Tokens[number];
    if (TypeGuards.isHTMLToken(token)) {
      marked += source.slice(token.begin, token.end);
      continue;
    }
    const tag = TypeGuards.isTagToken(token) ? token.name : null;
    const last = tag !== null && WHOLE.has(tag) ? endOf(tokens, n, `end${tag}`) : n;
    marked += mark(pieces.length);
    pieces.push({
      source: source.slice(token.begin, tokens[last]?.end),
      tag: tag !== null && WHOLE.has(tag) ? null : tag,
    });
    n = last;
  }
  return { marked, pieces };
}

const WHOLE = new Set(['comment', 'raw']);

function endOf(tokens: Tokens, from: number, name: string): number {
  const at = tokens.findIndex((token, n) => n > from && TypeGuards.isTagToken(token) && token.name === name);
  return at === -1 ? tokens.length - 1 : at;
}

/** Every mark becomes its piece again. */
export function putBack(marked: string, pieces: readonly LiquidPiece[]): string {
  return marked.replace(MARK, (found, n: string) => pieces[Number(n)]?.source ?? found);
}

/** Numbers of the pieces whose marks stand in a text, in order. */
export function marksIn(text: string): number[] {
  return Array.from(text.matchAll(MARK), (found) => Number(found[1]));
}
