// The report of rows that were not taken, or not wholly: a CSV beside the file, to be mended and imported again.

import { open, rm, stat } from 'node:fs/promises';
import { TropaError } from '../../language/errors.ts';
import { csvLine } from '../../reports/csv.ts';

/** `customers.csv` → `customers.refused.csv`. */
export function reportPath(file: string): string {
  return `${file.replace(/\.(csv|txt|tsv)$/i, '')}.refused.csv`;
}

export class RefusedReport {
  readonly path: string;
  readonly #delimiter: string;
  readonly #headings: readonly string[];
  #bytes: number;

  /** `bytes`: how much of it belongs to what was read before; 0 begins anew. */
  constructor(file: string, delimiter: string, headings: readonly string[], bytes: number) {
    this.path = reportPath(file);
    this.#delimiter = delimiter;
    this.#headings = headings;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Cuts off what a run that was killed wrote after its last note; removes the report of an earlier run. */
  async begin(): Promise<void> {
    const size = await stat(this.path).then(
      ({ size: found }) => found,
      () => 0,
    );
    if (this.#bytes > size) this.#bytes = 0;
    if (this.#bytes === 0) await rm(this.path, { force: true });
    else await this.#write('', this.#bytes);
  }

  /** Adds lines; they are in the file on return. Throws TropaError `E_CONFIG` where it cannot be written. */
  async add(lines: readonly { line: number; why: string; cells: readonly string[] }[]): Promise<void> {
    if (lines.length === 0) return;
    // A byte order mark, or Excel takes Cyrillic for something else.
    const head = this.#bytes === 0 ? `\ufeff${csvLine(['line', 'reason', ...this.#headings], this.#delimiter)}` : '';
    const text = lines.map(({ line, why, cells }) => csvLine([String(line), why, ...cells], this.#delimiter)).join('');
    await this.#write(head + text, this.#bytes);
  }

  async #write(text: string, at: number): Promise<void> {
    try {
      const file = await open(this.path, at === 0 ? 'w' : 'r+', 0o600);
      try {
        await file.truncate(at);
        const bytes = Buffer.from(text);
        await file.write(bytes, 0, bytes.length, at);
        this.#bytes = at + bytes.length;
      } finally {
        await file.close();
      }
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'no room';
      throw new TropaError(
        'E_CONFIG',
        `${this.path} cannot be written (${why}). Import from a folder that can be written to.`,
      );
    }
  }
}
