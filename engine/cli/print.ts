// How answers are printed: as tables and sentences for people, as one JSON object a line with --json.

import type { Json, JsonObject } from '../language/values.ts';

/** Prints one object a line. */
export function printJson(answer: Json): void {
  for (const one of Array.isArray(answer) ? answer : [answer]) console.log(JSON.stringify(one));
}

/** A table of objects: a column a field, as wide as its widest value. */
export function table(rows: readonly JsonObject[], columns: readonly string[]): string {
  const cell = (row: JsonObject, column: string) => {
    const value = row[column];
    return value === null || value === undefined
      ? ''
      : typeof value === 'object'
        ? Object.entries(value)
            .map(([name, count]) => `${name} ${JSON.stringify(count)}`)
            .join(', ')
        : String(value);
  };
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => cell(row, column).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((text, n) => text.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(columns),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map((row) => line(columns.map((column) => cell(row, column)))),
  ].join('\n');
}
