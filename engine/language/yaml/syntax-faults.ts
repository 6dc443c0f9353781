// What the YAML parser complains about, in words an author can act on.

import type { ErrorCode, YAMLParseError } from 'yaml';
import type { Fault } from '../errors.ts';
import type { Places } from './places.ts';

/** Complaints after which the rest of the file can still be read as meant. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set(['DUPLICATE_KEY']);

const WORDS: Partial<Record<ErrorCode, readonly [code: string, message: string]>> = {
  TAB_AS_INDENT: ['E_TAB', 'the line is indented with a tab. YAML wants spaces.'],
  MULTIPLE_DOCS: ['E_YAML', 'a second document begins here. A file holds one: remove the "---" line.'],
  BAD_INDENT: [
    'E_INDENT',
    'the indentation does not fit what stands above. Entries of one list or map begin in the same column, and every bracket is closed.',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'E_INDENT',
    'a key stands here where a value was begun. Put it on a line of its own, in the column of its neighbours.',
  ],
  BLOCK_IN_FLOW: ['E_YAML', 'inside {} and [] a list is written [a, b] and a map {a: b}.'],
  BAD_DQ_ESCAPE: [
    'E_YAML',
    'this backslash means nothing inside double quotes. Use single quotes, or double the backslash.',
  ],
  MULTILINE_IMPLICIT_KEY: ['E_INDENT', 'a key must stand on one line. Check the quotes and the indentation above.'],
};

/** Faults for the parser's errors: one a line, and none on a line that has a fault already. */
export function syntaxFaults(
  errors: readonly YAMLParseError[],
  text: string,
  places: Places,
  known: readonly Fault[],
): { faults: Fault[]; fatal: boolean } {
  const lines = new Set(known.map((fault) => fault.place.line));
  const faults: Fault[] = [];
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const place = places.of(error.pos[0]);
    if (lines.has(place.line) && !HARMLESS.has(error.code)) continue;
    lines.add(place.line);
    const [code, message] =
      error.code === 'DUPLICATE_KEY' ? duplicate(error, text) : (WORDS[error.code] ?? ['E_YAML', general(error, text)]);
    faults.push({ code, place, message, severity: 'error' });
  }
  const fatal = errors.some((error) => !HARMLESS.has(error.code));
  // Once the parser has lost its way, what it says further down is noise.
  return { faults: fatal ? faults.slice(0, firstFatal(faults) + 1) : faults, fatal };
}

function firstFatal(faults: readonly Fault[]): number {
  const first = faults.findIndex((fault) => fault.code !== 'E_DUPLICATE_KEY');
  return first < 0 ? faults.length : first;
}

function duplicate(error: YAMLParseError, text: string): [string, string] {
  const key = /^[^:\s]+/.exec(text.slice(error.pos[0]))?.[0] ?? 'this key';
  return ['E_DUPLICATE_KEY', `the key "${key.replaceAll(/["']/g, '')}" stands here a second time. Keep one of them.`];
}

function general(error: YAMLParseError, text: string): string {
  const rest = text.slice(error.pos[0]);
  if (/^- /.test(rest)) return 'a list begins on the line below its key, or is written [a, b].';
  if (error.code === 'MISSING_CHAR' && /^[A-Za-z_]\w*(\n|$)/.test(rest))
    return `"${/^\w+/.exec(rest)?.[0]}" has no value. Write a colon and a space behind it: name: value.`;
  if (/^[}\]]/.test(rest)) return `this ${rest[0]} closes nothing. Count the brackets.`;
  return `this cannot be read as YAML (${error.message.replace(/\.$/, '')}). Check quotes, brackets and indentation here and on the line above.`;
}
