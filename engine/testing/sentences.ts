// docs/language.md as the sentences it is made of: what its paragraphs, lists, tables and the comments of its examples
// say, clause by clause.

import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/language.md', import.meta.url);
/** What stands below only lists what there is not. */
const END = '## 9. Not available yet';

/** White space and closing stops do not tell sentences apart. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/\\\|/g, '|')
    .trim()
    .replace(/[.;:,]+$/, '');
}

/** The page up to what is not available, as running text. */
export function pageText(): string {
  return plain(pieces().join(' . '));
}

/** Every clause of the page, in its order, each once. */
export function clauses(): string[] {
  return [
    ...new Set(
      pieces()
        .flatMap(split)
        .map(plain)
        .filter((clause) => /[a-zа-я]{2}/i.test(clause)),
    ),
  ];
}

/** Paragraphs, list items, table cells, and comments of examples. */
function pieces(): string[] {
  const text = readFileSync(PAGE, 'utf8').split(END)[0] ?? '';
  const found: string[] = [];
  let open = '';
  let fenced = false;
  const close = () => {
    if (open !== '') found.push(open);
    open = '';
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      close();
      fenced = !fenced;
    } else if (fenced) found.push(...comment(line));
    else if (line.startsWith('|')) found.push(...cells(line));
    else if (/^(?:#|\s*$)/.test(line)) close();
    else {
      if (/^- /.test(line)) close();
      open = `${open} ${line.replace(/^- /, '')}`;
    }
  }
  close();
  return found;
}

function comment(line: string): string[] {
  const told = /(?:^|\s)#\s+(.*)$/.exec(line)?.[1];
  return told === undefined ? [] : [told];
}

function cells(line: string): string[] {
  if (/^\|[-|\s]+$/.test(line)) return [];
  return line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/);
}

/** At stops, semicolons and dots between alternatives; never inside code. */
function split(text: string): string[] {
  const kept: string[] = [];
  const safe = text.replace(/`[^`]*`/g, (code) => `⟦${kept.push(code) - 1}⟧`);
  return safe
    .split(/\.\s+|;\s+|\s·\s/)
    .map((clause) => clause.replace(/⟦(\d+)⟧/g, (_whole, n: string) => kept[Number(n)] ?? ''));
}
