// Reads `{…}` and `[…]` the way their author meant them, to find texts that YAML would cut at a comma or bracket.

import type { Misreading } from './quoting.ts';
import { closeQuote, skipInnerQuote, whyMisread } from './quoting.ts';

/** Deeper is nobody's journey. */
export const MAX_DEPTH = 120;

export interface FlowReading {
  /** Behind the closing bracket; -1 where it never closes or makes no sense: then the parser says so. */
  readonly end: number;
  readonly misread: readonly Misreading[];
  readonly tooDeep: boolean;
}

const KEY = /(?:"[^"\n]*"|'[^'\n]*'|[^\s,[\]{}:#"'][^,[\]{}:\n"']*?)\s*:(?=\s|$)/y;
const NEXT_KEY = /,\s*(?:#[^\n]*\n\s*)*(?:(?:"[^"\n]*"|'[^'\n]*'|[A-Za-z_][\w.$-]*)\s*:(?=\s|$)|\})/y;
const GAP = /(?:[\s,]|(?<=[\s,{[])#[^\n]*)+/y;
const BRACKETS: Readonly<Record<string, number>> = { '(': 1, '[': 1, '{': 1, ')': -1, ']': -1, '}': -1 };
const SPACE = /[ \t]*/y;

/** Reads the flow collection whose bracket stands at `start`. */
export function readFlow(text: string, start: number): FlowReading {
  const reader = new FlowReader(text);
  const end = reader.collection(start, 0);
  return { end, misread: reader.misread, tooDeep: reader.tooDeep };
}

class FlowReader {
  misread: Misreading[] = [];
  tooDeep = false;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  collection(start: number, depth: number): number {
    if (depth > MAX_DEPTH) {
      this.tooDeep = true;
      return -1;
    }
    const map = this.text[start] === '{';
    let at = this.past(GAP, start + 1);
    while (at < this.text.length && this.text[at] !== (map ? '}' : ']')) {
      const next = this.entry(at, map, depth);
      if (next <= at) return -1;
      at = this.past(GAP, next);
    }
    return at < this.text.length ? at + 1 : -1;
  }

  /** Behind the entry at `at`; a map's entry without a key makes no sense. */
  private entry(at: number, map: boolean, depth: number): number {
    const value = map ? this.past(KEY, at) : at;
    return map && value === at ? -1 : this.value(this.past(SPACE, value), map, depth);
  }

  /** Behind the value at `at`; notes it when YAML would cut it. */
  private value(at: number, map: boolean, depth: number): number {
    const char = this.text[at] ?? '';
    const before = this.misread.length;
    if (char === '}' || char === ',' || char === '\n') return at;
    const whole = this.wholeValue(at, depth);
    if (whole === -1 || (whole > 0 && this.ended(whole))) return whole;
    this.misread.length = before;
    return this.plain(at, map);
  }

  /** Behind a quoted text or a collection; 0 when neither stands here. */
  private wholeValue(at: number, depth: number): number {
    const char = this.text[at] ?? '';
    if ('"\''.includes(char)) return closeQuote(this.text, at);
    if (this.text.startsWith('{{', at) && /^\{\{[^}\n]*\}\}/.test(this.text.slice(at, at + 500))) return 0;
    return '{['.includes(char) ? this.collection(at, depth + 1) : 0;
  }

  /** Whether nothing but the end of the value stands at `at`. */
  private ended(at: number): boolean {
    return ',]}\n#'.includes(this.text[this.past(SPACE, at)] ?? '');
  }

  private plain(start: number, map: boolean): number {
    const end = this.plainEnd(start, map);
    if (end < 0) return -1;
    const text = this.text.slice(start, end).trimEnd();
    const why = !map && /^\w+: /.test(text) ? null : whyMisread(text, 'flow');
    if (why !== null) this.misread.push({ start, end: start + text.length, why });
    return end;
  }

  private plainEnd(start: number, map: boolean): number {
    let open = 0;
    for (let at = start; at < this.text.length; at += 1) {
      const quoted = skipInnerQuote(this.text, at);
      const char = this.text[at] ?? '';
      if (quoted > 0) at = quoted - 1;
      else if (open === 0 && this.stops(at, map, at > start)) return at;
      else if (char === '\n') return -1;
      else open += BRACKETS[char] ?? 0;
    }
    return -1;
  }

  /** Whether a plain value ends before `at`, where no bracket of its own is open. */
  private stops(at: number, map: boolean, later: boolean): boolean {
    const char = this.text[at] ?? '';
    if (char === ',') return !map || this.past(NEXT_KEY, at) > at;
    if (char === '#') return later && /\s/.test(this.text[at - 1] ?? '');
    return '}]\n'.includes(char);
  }

  private past(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    return pattern.test(this.text) ? pattern.lastIndex : at;
  }
}
