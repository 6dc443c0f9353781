// Offsets of a text as lines and columns of the author's file.

import type { Place } from '../errors.ts';
import type { Insertion } from './quoting.ts';
import { offsetBefore } from './quoting.ts';

/** Lines and columns of a file that was mended before it was read. */
export class Places {
  readonly file: string;
  private readonly starts: number[] = [0];
  private readonly insertions: readonly Insertion[];

  constructor(file: string, text: string, insertions: readonly Insertion[] = []) {
    this.file = file;
    this.insertions = insertions;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** Place of an offset of the mended text. */
  of(offset: number): Place {
    return this.ofAuthor(offsetBefore(this.insertions, offset));
  }

  /** Place of an offset of the author's text. */
  ofAuthor(offset: number): Place {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.file, line: low + 1, column: offset - (this.starts[low] ?? 0) + 1 };
  }
}
