// The text part of a mail: made once from HTML that still carries its Liquid, so that a person costs one rendering of
// text and no reading of HTML.

import type { FormatCallback } from 'html-to-text';
import { convert } from 'html-to-text';
import { MARK, marksIn, putAside, putBack } from './liquid-pieces.ts';
import { safeUrl } from './rewrite.ts';

/** Cells of a row stand apart. */
const cell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ');
};

/** Links are kept, images and what is hidden are not. */
export function textOf(html: string): string {
  const { marked, pieces } = putAside(html);
  const body = /<body\b[^>]*>/i.exec(marked);
  const end = marked.search(/<\/body>/i);
  const text = convert(marked, {
    wordwrap: false,
    preserveNewlines: false,
    selectors: [
      { selector: 'img', format: 'skip' },
      { selector: 'title', format: 'skip' },
      { selector: 'style', format: 'skip' },
      { selector: 'script', format: 'skip' },
      { selector: '[style*="display:none"]', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['(', ')'], pathRewrite: safeUrl } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'block' },
      { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'td', format: 'cell' },
      { selector: 'th', format: 'cell' },
    ],
    formatters: { cell },
  }).replace(/\n{3,}/g, '\n\n');
  // What a head assigns, the body may show.
  const tagsOf = (part: string) =>
    marksIn(part)
      .filter((n) => (pieces[n]?.tag ?? null) !== null)
      .map((n) => pieces[n]?.source)
      .join('');
  const before = body === null ? '' : tagsOf(marked.slice(0, body.index));
  const after = body === null || end === -1 ? '' : tagsOf(marked.slice(end));
  return before + putBack(sameLinks(text, pieces), pieces) + after;
}

/** `{{ url }} ({{ url }})` says it once: marks of equal Liquid differ, so the converter cannot see it. */
function sameLinks(text: string, pieces: ReturnType<typeof putAside>['pieces']): string {
  return text.replace(new RegExp(`${MARK.source} \\(${MARK.source}\\)`, 'g'), (whole, shown: string, linked: string) =>
    pieces[Number(shown)]?.source === pieces[Number(linked)]?.source ? whole.slice(0, whole.indexOf(' ')) : whole,
  );
}

/** Lines without blanks at their ends, never two empty ones together. */
export function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line, n) => line !== '' || lines[n - 1] !== '')
    .join('\n')
    .trim();
}
