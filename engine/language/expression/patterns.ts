// Regular expressions that cannot hang: every state a pattern may be in is followed at once, one character after the
// other (Thompson's construction, as in RE2), so that matching takes (length of text) × (size of pattern) steps at most.
// JavaScript's own engine takes years for `a*a*a*b`.

import type { Edge, Pattern } from './pattern-syntax.ts';
import { PatternFault, readPattern, WORD } from './pattern-syntax.ts';

const MOST_PATTERN = 500;
const MOST_TEXT = 10_000;
const MOST_PARTS = 1_000;
const MOST_KEPT = 1_000;
/** States that are followed in the time of one step of an expression. */
const PER_STEP = 100;

type Part =
  | { readonly is: 'one'; readonly of: (code: number) => boolean; readonly next: number }
  | { readonly is: 'edge'; readonly edge: Edge; readonly next: number }
  | { readonly is: 'fork'; ways: number[] }
  | { readonly is: 'found' };

type Program = readonly Part[];

const kept = new Map<string, Program | string>();

/** What is wrong with a pattern, or null. */
export function patternFault(pattern: string): string | null {
  const program = programOf(pattern);
  return typeof program === 'string' ? program : null;
}

/**
 * Whether a text contains the pattern; null for a pattern that cannot be used and a text that is too long. `spend` is told
 * how many steps of an expression this may cost, beforehand.
 */
export function matches(text: string, pattern: string, spend: (steps: number) => void): boolean | null {
  const program = programOf(pattern);
  if (typeof program === 'string' || text.length > MOST_TEXT) return null;
  spend(Math.ceil((program.length * text.length) / PER_STEP));
  return find(program, text);
}

function programOf(pattern: string): Program | string {
  const known = kept.get(pattern);
  if (known !== undefined) return known;
  const program = translate(pattern);
  if (kept.size >= MOST_KEPT) kept.clear();
  if (pattern.length <= MOST_PATTERN) kept.set(pattern, program);
  return program;
}

function translate(pattern: string): Program | string {
  if (pattern.length > MOST_PATTERN) return `it is longer than ${MOST_PATTERN} characters`;
  try {
    const parts: Part[] = [{ is: 'found' }];
    const start = new Builder(parts).add(readPattern(pattern), 0);
    // Where to begin stands last.
    parts.push({ is: 'fork', ways: [start] });
    return parts;
  } catch (thrown) {
    if (thrown instanceof PatternFault) return thrown.message;
    throw thrown;
  }
}

/** Appends the parts of a pattern, from its end to its beginning: each is told where it leads, and answers where it is. */
class Builder {
  readonly #parts: Part[];
  #work = 0;

  constructor(parts: Part[]) {
    this.#parts = parts;
  }

  add(pattern: Pattern, next: number): number {
    this.#work += 1;
    if (this.#work > MOST_PARTS) throw new PatternFault('it is too large');
    switch (pattern.kind) {
      case 'one':
        return this.#put({ is: 'one', of: pattern.of, next });
      case 'edge':
        return this.#put({ is: 'edge', edge: pattern.edge, next });
      case 'row':
        return pattern.parts.reduceRight((to, part) => this.add(part, to), next);
      case 'either':
        return this.#put({ is: 'fork', ways: pattern.ways.map((way) => this.add(way, next)) });
      default:
        return this.#repeat(pattern.part, pattern.least, pattern.most, next);
    }
  }

  #repeat(part: Pattern, least: number, most: number, next: number): number {
    let to = most === Infinity ? this.#loop(part, next) : next;
    for (let n = least; n < most && most !== Infinity; n += 1)
      to = this.#put({ is: 'fork', ways: [this.add(part, to), next] });
    for (let n = 0; n < least; n += 1) to = this.add(part, to);
    return to;
  }

  #loop(part: Pattern, next: number): number {
    const ways = [next];
    const fork = this.#put({ is: 'fork', ways });
    ways.push(this.add(part, fork));
    return fork;
  }

  #put(part: Part): number {
    this.#parts.push(part);
    return this.#parts.length - 1;
  }
}

function find(program: Program, text: string): boolean {
  const start = program.length - 1;
  const following = new Following(program);
  let present: number[] = [];
  let before = END;
  for (const character of text) {
    const code = character.codePointAt(0) ?? END;
    const ones = following.from([...present, start], before, code);
    if (ones === null) return true;
    present = [];
    for (const one of ones) if (one.of(code)) present.push(one.next);
    before = code;
  }
  return following.from([...present, start], before, END) === null;
}

/** In the place of a character: there is none. */
const END = -1;
type One = Part & { readonly is: 'one' };

/** Goes from parts to the characters they wait for, each part once at one place of the text. */
class Following {
  readonly #program: Program;
  /** The last place at which a part was reached. */
  readonly #seen: Int32Array;
  #place = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#seen = new Int32Array(program.length);
  }

  /** The characters that may come next, from these parts; null where the pattern is found. */
  from(waiting: number[], before: number, after: number): One[] | null {
    this.#place += 1;
    const ones: One[] = [];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const part = this.#first(at);
      if (part?.is === 'found') return null;
      if (part?.is === 'one') ones.push(part);
      else if (part !== null) waiting.push(...through(part, before, after));
    }
    return ones;
  }

  /** The part, unless it was reached at this place already. */
  #first(at: number): Part | null {
    if (this.#seen[at] === this.#place) return null;
    this.#seen[at] = this.#place;
    return this.#program[at] ?? null;
  }
}

/** Where one may be next without a character. */
function through(part: Exclude<Part, One | { is: 'found' }>, before: number, after: number): readonly number[] {
  if (part.is === 'fork') return part.ways;
  return stands(part.edge, before, after) ? [part.next] : [];
}

function stands(edge: Edge, before: number, after: number): boolean {
  if (edge === 'start') return before === END;
  if (edge === 'end') return after === END;
  return (WORD(before) !== WORD(after)) === (edge === 'word');
}
