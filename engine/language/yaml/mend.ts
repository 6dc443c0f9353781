// Finds texts that YAML would misread and quotes them before it reads them, so that the author gets the corrected line
// and every other fault of the file at the same time.

import { MAX_DEPTH, readFlow } from './flow.ts';
import type { Insertion, Misreading } from './quoting.ts';
import { closeQuote, commentStart, insertAll, quoteRange, whyMisread } from './quoting.ts';

export interface Mending {
  /** The text as YAML should read it. */
  readonly text: string;
  /** What was put into it, in order. */
  readonly insertions: readonly Insertion[];
  readonly findings: readonly Finding[];
}

/** One line that YAML would misread. */
export interface Finding {
  readonly code: 'E_QUOTE' | 'E_INDENT' | 'E_TOO_DEEP' | 'E_YAML';
  readonly offset: number;
  readonly message: string;
}

const HEAD =
  /^([ ]*(?:- +)*)((?:"[^"\\]*"|'[^']*'|[^\s"'#{}[\],&*!|>%@`-][^:#"'{}[\],]*?|-?[\w.]+)[ \t]*:(?=\s|$)[ \t]*)?/;
/** Keys whose value is a map: behind them `opened: reminder` is a map without braces, not a text. */
const MAP_KEYS =
  /^(?:wait_for|wait|repeat|trigger|exit|goal|expect|profile|data|with|set|update|pick|brand|quiet_hours|consent)\s*:/;

/** `|` or `>`: the text stands on the lines below. */
const BLOCK_TEXT = /^[|>][-+0-9]{0,2}[ \t]*(#.*)?$/;
/** What cannot begin a text: the parser tells what is wrong with it. */
const STRUCTURE = /^(?:[-?](\s|$)|[\]},])/;
/** A tag or anchor alone is of what stands on the lines below. */
const OF_WHAT_FOLLOWS = /^[!&]\S*\s*(?:#.*)?$/;

interface Line {
  readonly start: number;
  readonly text: string;
}

/** Where a value stands, and what belongs to it. */
interface Value {
  readonly line: number;
  readonly start: number;
  readonly key: string;
  /** Lines deeper than this belong to the value. */
  readonly indent: number;
}

/** Reads the text line by line as its author meant it. */
export function mend(text: string): Mending {
  const mender = new Mender(text);
  mender.run();
  return mender.result();
}

class Mender {
  private readonly text: string;
  private readonly lines: readonly Line[];
  private readonly insertions: Insertion[] = [];
  private readonly findings: Finding[] = [];
  private halted = false;

  constructor(text: string) {
    this.text = text;
    let start = 0;
    this.lines = text.split('\n').map((line) => {
      const at = start;
      start += line.length + 1;
      return { start: at, text: line.endsWith('\r') ? line.slice(0, -1) : line };
    });
  }

  run(): void {
    for (let line = 0; line < this.lines.length && !this.halted; ) line = Math.max(this.one(line), line + 1);
  }

  result(): Mending {
    const insertions = [...this.insertions].sort((a, b) => a.at - b.at);
    return { text: insertAll(this.text, insertions), insertions, findings: this.findings };
  }

  /** Reads what begins on this line; answers the line after it. */
  private one(number: number): number {
    const line = this.lines[number];
    if (line === undefined || /^\s*(#|$)|^(---|\.\.\.)(\s|$)|^ *\t|^ *[?:] /.test(line.text)) return number + 1;
    const [, prefix = '', key = ''] = HEAD.exec(line.text) ?? [];
    if ((prefix.match(/-/g)?.length ?? 0) > MAX_DEPTH)
      return this.halt('E_TOO_DEEP', line.start, `lists stand in lists more than ${MAX_DEPTH} deep. Flatten them.`);
    const start = prefix.length + key.length;
    const indent = key === '' ? Math.max(0, prefix.lastIndexOf('-')) : prefix.length;
    return this.value({ line: number, start, key, indent }, line.text.slice(start));
  }

  private value(value: Value, rest: string): number {
    const next = value.line + 1;
    if (rest.trim() === '') return next;
    if (rest[0] === '#') return this.maybeColour(value, rest, next);
    if (rest[0] === '"' || rest[0] === "'") return this.quoted(value, rest);
    if (/^(?:\[|\{(?!\{))/.test(rest)) return this.flow(value, rest);
    const below = this.deeper(value, next);
    if (BLOCK_TEXT.test(rest) && below > next) return below;
    const structure = STRUCTURE.test(rest) || this.isAnchor(rest) || (OF_WHAT_FOLLOWS.test(rest) && below > next);
    return structure ? next : this.plain(value);
  }

  /** `color: #3B5BDB` is an empty value with a comment to YAML. */
  private maybeColour(value: Value, rest: string, next: number): number {
    const colour = /^#(?:[\da-f]{3}|[\da-f]{6}|[\da-f]{8})(?=\s|$)/i.exec(rest)?.[0];
    if (colour === undefined || value.key === '' || this.deeper(value, next) > next) return next;
    const start = this.offset(value);
    this.quote([{ start, end: start + colour.length, why: '" #" begins a comment' }]);
    return next;
  }

  /** Behind the lines that belong to this value by their indentation. */
  private deeper(value: Value, from: number): number {
    let line = from;
    while (line < this.lines.length) {
      const text = this.lines[line]?.text ?? '';
      if (text.trim() !== '' && text.search(/\S/) <= value.indent) break;
      line += 1;
    }
    while (line > from && this.lines[line - 1]?.text.trim() === '') line -= 1;
    return line;
  }

  private quoted(value: Value, rest: string): number {
    const start = this.offset(value);
    const end = closeQuote(this.text, start);
    if (end < 0 || this.lineOf(end - 1) >= this.deeper(value, value.line + 1)) {
      if (rest.includes('\\')) this.wholeLine(value, rest, 'the quote at the beginning never closes');
      else this.close(value, rest);
      return value.line + 1;
    }
    const last = this.lines[this.lineOf(end - 1)];
    const after = last === undefined ? '' : last.text.slice(end - last.start);
    if (/^\s*(#.*)?$/.test(after) || /^\s*:(\s|$)/.test(after)) return this.lineOf(end - 1) + 1;
    this.wholeLine(value, rest, whyMisread(rest, 'block') ?? '');
    return value.line + 1;
  }

  private flow(value: Value, rest: string): number {
    const start = this.offset(value);
    const { end, misread, tooDeep } = readFlow(this.text, start);
    if (tooDeep)
      return this.halt('E_TOO_DEEP', start, `brackets stand in brackets more than ${MAX_DEPTH} deep. Flatten them.`);
    if (end < 0) return this.unclosed(value);
    const last = this.lines[this.lineOf(end - 1)];
    const after = last === undefined ? '' : last.text.slice(end - last.start);
    if (/^\s*(#.*)?$/.test(after)) this.quote(misread);
    else if (last === this.lines[value.line]) this.wholeLine(value, rest, whyMisread(rest, 'block') ?? '');
    return this.lineOf(end - 1) + 1;
  }

  /** Brackets that never close; or whatever else the parser will complain about. */
  private unclosed(value: Value): number {
    const end = this.deeper(value, value.line + 1);
    const start = this.offset(value);
    const text = this.text.slice(start, this.lines[end]?.start);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    if (count(/[[{]/g) <= count(/[\]}]/g)) return end;
    return this.halt(
      'E_YAML',
      start,
      `this ${text[0]} is never closed. Close it, or quote the whole value if it is text.`,
    );
  }

  private wholeLine(value: Value, rest: string, why: string): void {
    const start = this.offset(value);
    this.quote([{ start, end: start + rest.slice(0, commentStart(rest)).trimEnd().length, why }]);
  }

  private plain(value: Value): number {
    const end = this.deeper(value, value.line + 1);
    const key = this.lines
      .slice(value.line + 1, end)
      .find((line) => /^\s*(?:- +)*[A-Za-z_][\w-]*:(\s|$)/.test(line.text));
    if (key !== undefined) return this.misplaced(value, key);
    const start = this.offset(value);
    const { last, why } = this.plainText(start, this.lines.slice(value.line, end));
    if (why === null) return end;
    if (MAP_KEYS.test(value.key) && /^\w+: /.test(this.text.slice(start, last))) this.brace(value, start, last);
    else this.quote([{ start, end: last, why }]);
    return end;
  }

  /** Where a plain text ends that begins at `start` and may go on over these lines, and why YAML would misread it. */
  private plainText(start: number, lines: readonly Line[]): { last: number; why: string | null } {
    let [last, why]: [number, string | null] = [start, null];
    for (const line of lines) {
      const from = line.start > start ? line.start + Math.max(0, line.text.search(/\S/)) : start;
      const text = line.text.slice(from - line.start);
      const kept = text.slice(0, commentStart(text)).trimEnd();
      if (kept === '') break;
      last = from + kept.length;
      const reason = whyMisread(kept, 'block');
      if (from === start || reason?.includes('at the beginning') === false) why ??= reason;
      if (kept.length < text.trimEnd().length) break;
    }
    return { last, why };
  }

  /** A key deeper than the line above it, which has a value already: YAML would glue both together. */
  private misplaced(value: Value, key: Line): number {
    const name = key.text
      .trim()
      .replace(/^(?:- +)*/, '')
      .replace(/:.*$/, '');
    const owner = value.key === '' ? 'the line above' : `"${value.key.replace(/\s*:\s*$/, '')}"`;
    return this.halt(
      'E_INDENT',
      key.start + key.text.search(/\S/),
      `"${name}" stands deeper than ${owner}, which has its value already. Begin both in the same column.`,
    );
  }

  /** A text in quotes whose second quote was forgotten. */
  private close(value: Value, rest: string): void {
    const at = this.offset(value) + rest.slice(0, commentStart(rest)).trimEnd().length;
    const insertion = { at, text: rest[0] ?? '' };
    this.insertions.push(insertion);
    const line = this.lines[value.line];
    if (line === undefined) return;
    const corrected = insertAll(this.text, [insertion], line.start, line.start + line.text.length).trim();
    this.find(
      'E_QUOTE',
      this.offset(value),
      `the quote at the beginning of this text never closes. Write the line as: ${corrected}`,
    );
  }

  private brace(value: Value, start: number, end: number): void {
    const insertions = [
      { at: start, text: '{ ' },
      { at: end, text: ' }' },
    ];
    this.insertions.push(...insertions);
    const line = this.lines[value.line];
    if (line !== undefined)
      this.find(
        'E_QUOTE',
        start,
        `a map on one line needs braces. Write the line as: ${insertAll(this.text, insertions, line.start, line.start + line.text.length).trim()}`,
      );
  }

  /** Quotes values and tells, once a line, what the line should be. */
  private quote(misread: readonly Misreading[]): void {
    const byLine = new Map<number, Misreading[]>();
    for (const one of misread) byLine.set(this.lineOf(one.start), [...(byLine.get(this.lineOf(one.start)) ?? []), one]);
    for (const [number, values] of byLine) {
      const insertions = values.flatMap(({ start, end }) => quoteRange(this.text, start, end));
      this.insertions.push(...insertions);
      const [line, last] = [this.lines[number], this.lines[this.lineOf(values.at(-1)?.end ?? 0)]];
      if (line === undefined || last === undefined) continue;
      const corrected = insertAll(this.text, insertions, line.start, last.start + last.text.length)
        .trim()
        .replaceAll(/\s*\n\s*/g, ' ');
      this.find(
        'E_QUOTE',
        values[0]?.start ?? 0,
        `YAML misreads this text: ${values[0]?.why}. Write the line as: ${corrected}`,
      );
    }
  }

  /** `&name` before a map or list is an anchor; before a text, or as `*name`, where both stand in the file. */
  private isAnchor(rest: string): boolean {
    if (/^&[\w-]+\s*[[{]/.test(rest)) return true;
    const name = /^[&*]([\w-]+)(?=\s|$)/.exec(rest)?.[1];
    return (
      ['&', '*'].every((sign) => new RegExp(`[\\s,[{-]\\${sign}${name}(?=[\\s,\\]}]|$)`).test(this.text)) &&
      name !== undefined
    );
  }

  private halt(code: Finding['code'], offset: number, message: string): number {
    this.halted = true;
    this.find(code, offset, message);
    return this.lines.length;
  }

  private find(code: Finding['code'], offset: number, message: string): void {
    this.findings.push({ code, offset, message });
  }

  private offset(value: Value): number {
    return (this.lines[value.line]?.start ?? 0) + value.start;
  }

  private lineOf(offset: number): number {
    let [low, high] = [0, this.lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lines[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
