// How answers are printed: as tables and sentences for people, as one JSON object a line with --json.

import type { Json, JsonObject } from '../language/values.ts';

/** Prints one object a line. */
export function printJson(answer: Json): void {
  for (const one of Array.isArray(answer) ? answer : [answer]) console.log(JSON.stringify(one));
}

/** Prints words for people. What a customer typed may hold escapes that a terminal would obey (I9): they are shown, not sent. */
export function say(words: string): void {
  console.log(visible(words));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** The text with control characters other than the line break written out. */
export function visible(text: string): string {
  return text.replace(CONTROLS, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A table of objects: a column a field, as wide as its widest value; columns that are empty everywhere are left out. */
export function table(rows: readonly JsonObject[], columns: readonly string[]): string {
  const told = columns.filter((column) => rows.some((row) => cell(row[column]) !== ''));
  const lines = rows.map((row) => told.map((column) => cell(row[column])));
  const widths = told.map((column, n) => Math.max(column.length, ...lines.map((cells) => cells[n]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(told), line(widths.map((width) => '-'.repeat(width))), ...lines.map(line)].join('\n');
}

function cell(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value).replaceAll('\n', ' ');
  return counted(value as JsonObject);
}

/** `converted 3, exited 1`. */
export function counted(counts: JsonObject): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${typeof count === 'number' ? count : JSON.stringify(count)}`.trim())
    .join(', ');
}
