// How a text must be quoted so that YAML takes it as it is. Mending only ever inserts characters, so that every place
// of the mended text leads back to the author's own line and column.

export interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** A value that YAML would misread, and why. */
export interface Misreading {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

/** The insertions that put the text between `start` and `end` into quotes. */
export function quoteRange(text: string, start: number, end: number): Insertion[] {
  const value = text.slice(start, end);
  if (!/["\\]/.test(value)) {
    return [
      { at: start, text: '"' },
      { at: end, text: '"' },
    ];
  }
  const doubled = [...value.matchAll(/'/g)].map((found) => ({ at: start + found.index, text: "'" }));
  return [{ at: start, text: "'" }, ...doubled, { at: end, text: "'" }];
}

/** The text with insertions, which are in order, put into it. */
export function insertAll(text: string, insertions: readonly Insertion[], from = 0, to = text.length): string {
  let out = '';
  let at = from;
  for (const insertion of insertions) {
    if (insertion.at < from || insertion.at > to) continue;
    out += text.slice(at, insertion.at) + insertion.text;
    at = insertion.at;
  }
  return out + text.slice(at, to);
}

/** Where an offset of the mended text stands in the author's text. */
export function offsetBefore(insertions: readonly Insertion[], offset: number): number {
  let shift = 0;
  for (const { at, text } of insertions) {
    if (at + shift >= offset) break;
    shift += Math.min(text.length, offset - (at + shift));
  }
  return offset - shift;
}

/** Why YAML would not take this plain text as it is, or null. `inside` a flow, commas and brackets end a text. */
export function whyMisread(text: string, inside: 'block' | 'flow'): string | null {
  const lead = text[0] ?? '';
  if ('"\''.includes(lead)) return 'text goes on after the closing quote';
  if ('!&*%@`|>{['.includes(lead)) return `${lead} at the beginning means something else in YAML`;
  if (/^#/.test(text) || /\s#/.test(text)) return '" #" begins a comment';
  if (/:(\s|$)/.test(text)) return '": " begins a nested value';
  if (inside === 'flow' && /[,[\]{}]/.test(text)) return 'a comma or bracket inside {} or [] ends the text';
  return null;
}

/** Where the quote that opens at `start` closes, behind it; -1 when it never does. */
export function closeQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] !== quote) continue;
    else if (quote === "'" && text[at + 1] === "'") at += 1;
    else return at + 1;
  }
  return -1;
}

/** Where a quotation inside plain text ends, on its own line: an apostrophe (`don't`) opens none. -1 when none opens here. */
export function skipInnerQuote(text: string, at: number): number {
  const quote = text[at];
  if (quote !== '"' && quote !== "'") return -1;
  if (quote === "'" && /\w/.test(text[at - 1] ?? '')) return -1;
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === quote) return end + 1;
  }
  return -1;
}

/** Where the author's comment begins in a line's text, outside quotations; its length when there is none. */
export function commentStart(line: string): number {
  for (let at = 0; at < line.length; at += 1) {
    const end = skipInnerQuote(line, at);
    if (end > 0) at = end - 1;
    else if (line[at] === '#' && (at === 0 || /\s/.test(line[at - 1] ?? ''))) return at;
  }
  return line.length;
}
