// How far an import has come: a small file in the data folder, written after each batch that is stored. It holds numbers
// and no one's data. Losing it loses nothing: rows are known by the file's digest, and stored once.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Progress {
  /** Raised by --again: the same file once more. */
  readonly generation: number;
  /** Rows that are dealt with. */
  readonly row: number;
  readonly taken: number;
  readonly refused: number;
  readonly partly: number;
  readonly again: number;
  readonly suppressed: number;
  /** How long the report was then, in bytes. */
  readonly report: number;
  /** When it was done, or null. */
  readonly done: string | null;
}

export const BEGINNING: Progress = {
  generation: 1,
  row: 0,
  taken: 0,
  refused: 0,
  partly: 0,
  again: 0,
  suppressed: 0,
  report: 0,
  done: null,
};

const FOLDER = 'imports';
const pathOf = (data: string, run: string): string => join(data, FOLDER, `${run}.json`);

/** What was noted of a run, or null; a note that cannot be read is none. */
export async function readProgress(data: string, run: string): Promise<Progress | null> {
  try {
    return { ...BEGINNING, ...(JSON.parse(await readFile(pathOf(data, run), 'utf8')) as Progress) };
  } catch {
    return null;
  }
}

/** Notes it, whole or not at all. */
export async function noteProgress(data: string, run: string, progress: Progress): Promise<void> {
  await mkdir(join(data, FOLDER), { recursive: true, mode: 0o700 });
  const path = pathOf(data, run);
  await writeFile(`${path}.new`, JSON.stringify(progress), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
