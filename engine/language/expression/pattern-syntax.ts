// Regular expressions as CEL knows them (RE2's syntax: no references, no looking around), read into a tree. What cannot
// be matched in linear time cannot be written here. Running them is `patterns.ts`'s.

/** One character, by its code point. */
type OneOf = (code: number) => boolean;

export type Edge = 'start' | 'end' | 'word' | 'not-word';

export type Pattern =
  | { readonly kind: 'one'; readonly of: OneOf }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'row'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'either'; readonly ways: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly least: number; readonly most: number };

/** Says what is wrong with a pattern, as the end of a sentence. */
export class PatternFault extends Error {}

const MOST_REPEATS = 1_000;
const code = (character: string): number => character.codePointAt(0) ?? 0;
const between = (first: string, last: string): OneOf => {
  const [from, to] = [code(first), code(last)];
  return (one) => from <= one && one <= to;
};
const not =
  (of: OneOf): OneOf =>
  (one) =>
    !of(one);
const anyOf =
  (all: readonly OneOf[]): OneOf =>
  (one) =>
    all.some((of) => of(one));

const DIGIT = between('0', '9');
const SPACE: OneOf = (one) => one === 32 || (one >= 9 && one <= 13 && one !== 11);
export const WORD: OneOf = anyOf([DIGIT, between('a', 'z'), between('A', 'Z'), (one) => one === code('_')]);
const CLASSES: ReadonlyMap<string, OneOf> = new Map([
  ['d', DIGIT],
  ['D', not(DIGIT)],
  ['w', WORD],
  ['W', not(WORD)],
  ['s', SPACE],
  ['S', not(SPACE)],
]);
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['v', 11],
  ['f', 12],
  ['r', 13],
]);
const EDGES: ReadonlyMap<string, Edge> = new Map([
  ['b', 'word'],
  ['B', 'not-word'],
  ['A', 'start'],
  ['z', 'end'],
]);

/** Reads a pattern. Throws `PatternFault`. */
export function readPattern(text: string): Pattern {
  return new PatternReader(text).read();
}

class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;
  #anyCase = false;
  #dotTakesAll = false;

  constructor(text: string) {
    this.#characters = [...text];
  }

  read(): Pattern {
    this.#flags();
    const pattern = this.#either();
    if (this.#at < this.#characters.length) throw new PatternFault('a ")" has no "("');
    return pattern;
  }

  /** `(?i)` at the beginning: letters of either case; `(?s)`: a dot is also the end of a line. */
  #flags(): void {
    const flags = /^\(\?([is]+)\)/.exec(this.#characters.slice(0, 8).join(''));
    if (flags === null) return;
    this.#at = flags[0].length;
    this.#anyCase = flags[1]?.includes('i') ?? false;
    this.#dotTakesAll = flags[1]?.includes('s') ?? false;
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(expected?: string): string {
    const next = this.#characters[this.#at];
    if (next === undefined || (expected !== undefined && next !== expected))
      throw new PatternFault(expected === undefined ? 'it ends too early' : `a "${expected}" is missing`);
    this.#at += 1;
    return next;
  }

  #takes(text: string): boolean {
    const found = this.#characters.slice(this.#at, this.#at + text.length).join('') === text;
    if (found) this.#at += text.length;
    return found;
  }

  #either(): Pattern {
    const ways = [this.#row()];
    while (this.#takes('|')) ways.push(this.#row());
    return ways.length === 1 && ways[0] !== undefined ? ways[0] : { kind: 'either', ways };
  }

  #row(): Pattern {
    const parts: Pattern[] = [];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated(this.#part(this.#take())));
    return { kind: 'row', parts };
  }

  #part(first: string): Pattern {
    switch (first) {
      case '(':
        return this.#group();
      case '[':
        return this.#one(this.#class());
      case '.':
        return { kind: 'one', of: this.#dotTakesAll ? () => true : (one) => one !== 10 };
      case '^':
        return { kind: 'edge', edge: 'start' };
      case '$':
        return { kind: 'edge', edge: 'end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw new PatternFault(`"${first}" has nothing to repeat`);
      default:
        return this.#one(this.#same(first));
    }
  }

  #group(): Pattern {
    if (this.#takes('?') && !this.#takes(':') && !this.#named())
      throw new PatternFault('"(?" begins something that cannot be used here');
    const inner = this.#either();
    this.#take(')');
    return inner;
  }

  /** `(?P<name>…)` and `(?<name>…)`: the name says nothing here. */
  #named(): boolean {
    const name = /^P?<[A-Za-z_]\w*>/.exec(this.#characters.slice(this.#at, this.#at + 60).join(''));
    this.#at += name?.[0].length ?? 0;
    return name !== null;
  }

  #repeated(part: Pattern): Pattern {
    const times = this.#times();
    if (times === null) return part;
    // A lazy repeat finds the same texts.
    this.#takes('?');
    if (this.#times() !== null) throw new PatternFault('a repeat is repeated; put the inner one in parentheses');
    return { kind: 'repeat', part, least: times[0], most: times[1] };
  }

  #times(): readonly [number, number] | null {
    if (this.#takes('*')) return [0, Infinity];
    if (this.#takes('+')) return [1, Infinity];
    if (this.#takes('?')) return [0, 1];
    const braces = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#characters.slice(this.#at, this.#at + 12).join(''));
    if (braces === null) return null;
    this.#at += braces[0].length;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : Number(braces[3] ?? Infinity);
    if (least > MOST_REPEATS || (most > MOST_REPEATS && most !== Infinity) || least > most)
      throw new PatternFault(`"${braces[0]}" is not a number of times`);
    return [least, most];
  }

  #escape(): Pattern {
    const edge = EDGES.get(this.#peek() ?? '');
    if (edge === undefined) return this.#one(this.#escaped());
    this.#at += 1;
    return { kind: 'edge', edge };
  }

  #escaped(): OneOf {
    const letter = this.#take();
    const known = CLASSES.get(letter);
    if (known !== undefined) return known;
    if (letter === 'p' || letter === 'P') return letter === 'p' ? this.#property() : not(this.#property());
    return this.#same(this.#literal(letter));
  }

  /** The character an escape stands for. */
  #literal(letter: string): string {
    const control = CONTROLS.get(letter);
    if (control !== undefined) return String.fromCodePoint(control);
    if (letter === 'x') return this.#hex();
    if (/[A-Za-z0-9]/.test(letter)) throw new PatternFault(`"\\${letter}" means nothing here`);
    return letter;
  }

  #hex(): string {
    const digits = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(
      this.#characters.slice(this.#at, this.#at + 8).join(''),
    );
    const value = Number.parseInt(digits?.[1] ?? digits?.[2] ?? '', 16);
    if (digits === null || value > 0x10ffff) throw new PatternFault('"\\x" needs the number of a character');
    this.#at += digits[0].length;
    return String.fromCodePoint(value);
  }

  /** `\pL`, `\p{Lu}`, `\p{Cyrillic}`: JavaScript's own tables, asked one character at a time. */
  #property(): OneOf {
    const found = /^(?:\{(\w{1,40})\}|([A-Z]))/.exec(this.#characters.slice(this.#at, this.#at + 42).join(''));
    const name = found?.[1] ?? found?.[2];
    const table = name === undefined ? null : (unicode(name) ?? unicode(`Script=${name}`));
    if (found === null || table === null) throw new PatternFault('"\\p" needs a class of characters, such as \\p{L}');
    this.#at += found[0].length;
    return (one) => table.test(String.fromCodePoint(one));
  }

  #class(): OneOf {
    const negated = this.#takes('^');
    const all: OneOf[] = [];
    do all.push(this.#range());
    while (!this.#takes(']'));
    const of = anyOf(all);
    return negated ? not(this.#folded(of)) : of;
  }

  #range(): OneOf {
    if (this.#takes('[:')) throw new PatternFault('"[:" cannot be used here; write \\d, \\w, \\s or \\p{L}');
    const first = this.#take();
    if (first === '\\' && /[dDwWsSpP]/.test(this.#peek() ?? '')) return this.#escaped();
    const from = first === '\\' ? this.#literal(this.#take()) : first;
    if (this.#peek() !== '-' || this.#characters[this.#at + 1] === ']') return this.#same(from);
    this.#take('-');
    const last = this.#take();
    const to = last === '\\' ? this.#literal(this.#take()) : last;
    if (code(to) < code(from)) throw new PatternFault(`"${from}-${to}" is the wrong way round`);
    return between(from, to);
  }

  #same(character: string): OneOf {
    const wanted = code(character);
    return (one) => one === wanted;
  }

  #one(of: OneOf): Pattern {
    return { kind: 'one', of: this.#folded(of) };
  }

  #folded(of: OneOf): OneOf {
    if (!this.#anyCase) return of;
    return (one) => {
      const character = String.fromCodePoint(one);
      return of(one) || of(code(character.toLowerCase())) || of(code(character.toUpperCase()));
    };
  }
}

function unicode(name: string): RegExp | null {
  try {
    return new RegExp(`^\\p{${name}}$`, 'u');
  } catch {
    return null;
  }
}
