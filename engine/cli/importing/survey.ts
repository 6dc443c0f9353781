// The file read once to its end before anything is stored: how many rows it has, what kind of values each column holds,
// and whether it can be read at all.

import { type CsvFile, rowsOf } from './csv-text.ts';
import type { Kind } from './targets.ts';
import { kindOf } from './values.ts';

export interface Survey {
  readonly rows: number;
  /** By column; `text` where there is nothing, or not everything is of one kind. */
  readonly kinds: readonly Kind[];
}

/** Throws TropaError `E_BAD_REQUEST` where the file cannot be read on. */
export async function survey(file: CsvFile, columns: number): Promise<Survey> {
  const kinds = new Array<Kind | null>(columns).fill(null);
  let rows = 0;
  for await (const { cells } of rowsOf(file)) {
    rows += 1;
    for (let n = 0; n < columns; n += 1) kinds[n] = both(kinds[n] ?? null, cells[n] ?? '');
  }
  return { rows, kinds: kinds.map((kind) => kind ?? 'text') };
}

function both(known: Kind | null, cell: string): Kind | null {
  if (known === 'text') return known;
  const kind = kindOf(cell);
  if (kind === null || known === null) return kind ?? known;
  return kind === known ? kind : 'text';
}
