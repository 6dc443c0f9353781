// Prepares MJML that carries Liquid for MJML: a mark between two elements becomes an `mj-raw`, which stays where it
// stands; one inside text or an attribute is text already. Says what MJML would pass over in silence.

import type { LiquidPiece } from './liquid-pieces.ts';
import { MARK, marksIn, putAside } from './liquid-pieces.ts';

export interface MjmlError {
  readonly line: number;
  readonly message: string;
}

export interface Layout {
  readonly mjml: string;
  readonly pieces: readonly LiquidPiece[];
  /** Liquid above the `<mjml>` and below its end. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly errors: readonly MjmlError[];
  /** The author's line of a line of `mjml`. */
  lineOf(line: number): number;
  /** The author's line of a piece. */
  lineOfPiece(piece: number): number;
}

/** Elements whose content MJML hands through untouched. */
const OPAQUE = new Set(
  'mj-preview mj-style mj-title mj-button mj-raw mj-text mj-table mj-social-element mj-navbar-link mj-accordion-text mj-accordion-title mj-carousel-image'.split(
    ' ',
  ),
);
const BLOCKS = new Set(['if', 'unless', 'for', 'case', 'capture', 'tablerow']);
const BRANCHES = new Set(['else', 'elsif', 'when']);
const MARKUP = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>|tropaliquid(\d+)x/g;

interface Open {
  readonly name: string;
  readonly line: number;
}

/** Throws liquidjs' own error for Liquid that cannot be read. */
export function layOut(source: string): Layout {
  const { marked, pieces } = putAside(source);
  const lines = lineFinder(marked, pieces);
  const scan = new Scan(pieces, lines.at);
  const mjml = marked.replace(MARKUP, (whole, slash, name, attributes, piece, at: number) => {
    if (piece !== undefined) return scan.piece(Number(piece), whole);
    if (name !== undefined) scan.element({ name, attributes, closing: slash === '/', at });
    return whole;
  });
  scan.end();
  return { mjml, pieces, before: scan.before, after: scan.after, errors: scan.errors, ...lines };
}

class Scan {
  readonly before: number[] = [];
  readonly after: number[] = [];
  readonly errors: MjmlError[] = [];
  readonly #pieces: readonly LiquidPiece[];
  readonly #line: (at: number) => number;
  readonly #open: Open[] = [];
  /** Liquid blocks not yet closed, each with the element it stands in. */
  readonly #blocks: { readonly source: string; readonly inside: unknown }[] = [];
  #rootSeen = false;
  #at = 0;

  constructor(pieces: readonly LiquidPiece[], line: (at: number) => number) {
    this.#pieces = pieces;
    this.#line = line;
  }

  get #top(): Open | undefined {
    return this.#open.at(-1);
  }

  element(tag: { name: string; attributes: string; closing: boolean; at: number }): void {
    const { name, attributes, closing, at } = tag;
    this.#at = at;
    const opaque = this.#top !== undefined && OPAQUE.has(this.#top.name);
    for (const piece of marksIn(attributes)) this.#block(piece, tag);
    if (opaque && !(closing && name === this.#top?.name)) return;
    if (name === 'mj-include') {
      this.#fault('mj-include is not available: a template is one file');
      return;
    }
    if (closing) this.#close(name);
    else if (!attributes.endsWith('/')) this.#open.push({ name, line: this.#line(at) });
    this.#rootSeen ||= name === 'mjml';
  }

  /** What stands in the document for a mark outside of tags. */
  piece(piece: number, mark: string): string {
    const parent = this.#top;
    this.#block(piece, parent);
    if (parent === undefined) {
      (this.#rootSeen ? this.after : this.before).push(piece);
      return '';
    }
    if (OPAQUE.has(parent.name)) return mark;
    return parent.name === 'mjml' ? `<mj-raw position="file-start">${mark}</mj-raw>` : `<mj-raw>${mark}</mj-raw>`;
  }

  end(): void {
    for (const { name, line } of this.#open) this.errors.push({ line, message: `<${name}> is not closed` });
  }

  #close(name: string): void {
    const place = this.#open.findLastIndex((one) => one.name === name);
    if (place === -1) {
      this.#fault(`</${name}> closes nothing`);
      return;
    }
    for (const one of this.#open.splice(place).slice(1))
      this.errors.push({ line: one.line, message: `<${one.name}> is not closed` });
  }

  /** A block that begins in one element and ends in another would leave half an element behind. */
  #block(piece: number, inside: unknown): void {
    const { tag, source } = this.#pieces[piece] ?? { tag: null, source: '' };
    if (tag === null) return;
    if (BLOCKS.has(tag)) this.#blocks.push({ source, inside });
    const block = this.#blocks.at(-1);
    const ends = tag.startsWith('end') && BLOCKS.has(tag.slice(3));
    if (block === undefined || !(ends || BRANCHES.has(tag))) return;
    if (block.inside !== inside)
      this.#fault(`${source} stands in another element than its ${block.source}: Liquid goes around whole elements`);
    if (ends) this.#blocks.pop();
  }

  #fault(message: string): void {
    this.errors.push({ line: this.#line(this.#at), message });
  }
}

/** Lines of the author's file: a piece may hold line ends that its mark does not. */
function lineFinder(marked: string, pieces: readonly LiquidPiece[]) {
  const ends = [...marked.matchAll(/\n/g)].map((found) => found.index);
  const marks = [...marked.matchAll(MARK)].map((found) => ({
    at: found.index,
    ends: (pieces[Number(found[1])]?.source.match(/\n/g) ?? []).length,
  }));
  const at = (offset: number): number =>
    1 +
    ends.filter((end) => end < offset).length +
    marks.reduce((sum, one) => (one.at < offset ? sum + one.ends : sum), 0);
  return {
    at,
    lineOf: (line: number) => at(line <= 1 ? 0 : (ends[line - 2] ?? 0) + 1),
    lineOfPiece: (piece: number) => at(marks[piece]?.at ?? 0),
  };
}
