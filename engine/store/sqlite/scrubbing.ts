// Making what was deleted unreadable. `secure_delete` overwrites what is deleted where it lies, but a page that was split
// or merged before keeps an old copy of what moved, in the room between its list of cells and the cells. SQLite never
// reads that room; here it is overwritten, page by page, after the log is folded back and cut to nothing.
// The file's format: https://www.sqlite.org/fileformat2.html, sections 1.6 (pages) and 1.8 (pointer maps).

import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

/** So many bytes are looked through at once: a few milliseconds. */
const SLICE = 4 * 1024 * 1024;
/** Waiting for readers is the caller's affair. */
const PATIENCE_MS = 20;
/** Byte of the file where locks are taken: its page is never used. */
const PENDING_BYTE = 0x4000_0000;
/** Interior and leaf pages of indexes and tables, and how long their heads are. */
const HEADS: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
]);
/** Beyond this many pages the first byte of another kind of page could pass for one of these. */
const MOST_PAGES = 2 ** 24;

export interface Scrubber {
  /** One slice, beginning at a page (from 0). Not inside a transaction. */
  scrub(from: number): { next: number | null; waits: boolean };
  /** To be called when no connection of this process is open any more: closing any file of a database drops its locks. */
  close(): void;
}

export function prepareScrubber(db: Database, path: string): Scrubber {
  let file: number | null = null;
  const number = (name: string): number => db.pragma(name, { simple: true }) as number;

  /** Folds the whole log back and cuts it; false where somebody still reads an older state. */
  function cutLog(): boolean {
    const patience = number('busy_timeout');
    db.pragma(`busy_timeout = ${PATIENCE_MS}`);
    try {
      const [told] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      return told?.busy === 0;
    } finally {
      db.pragma(`busy_timeout = ${patience}`);
    }
  }

  /** Overwrites the stale room of so many pages. */
  function overwrite(from: number, count: number, size: number): void {
    file ??= openSync(path, 'r+');
    const bytes = Buffer.alloc(count * size);
    readSync(file, bytes, 0, bytes.length, from * size);
    const gaps = staleGaps(bytes, size, from);
    if (gaps.length === 0) return;
    // Pages at hand here would be written back as they were.
    db.pragma('shrink_memory');
    for (const [at, length] of gaps) writeSync(file, Buffer.alloc(length), 0, length, from * size + at);
    fsyncSync(file);
  }

  return {
    scrub(from) {
      if (!cutLog()) return { next: from, waits: true };
      const size = number('page_size');
      const pages = number('page_count');
      const count = Math.min(pages - from, Math.floor(SLICE / size));
      if (pages > MOST_PAGES || count <= 0) return { next: null, waits: false };
      overwrite(from, count, size);
      return { next: from + count < pages ? from + count : null, waits: false };
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/** Where unused room of pages is not empty: place and length within `bytes`. */
function staleGaps(bytes: Buffer, size: number, from: number): [at: number, length: number][] {
  const gaps: [number, number][] = [];
  for (let start = 0; start < bytes.length; start += size) {
    const page = from + start / size + 1;
    if (isPointerMap(page, size) || page === Math.floor(PENDING_BYTE / size) + 1) continue;
    const gap = gapOf(bytes.subarray(start, start + size), page === 1 ? 100 : 0);
    if (gap === null) continue;
    const [begin, end] = gap;
    if (bytes.subarray(start + begin, start + end).some((byte) => byte !== 0)) gaps.push([start + begin, end - begin]);
  }
  return gaps;
}

/** From the end of a page's list of cells to its first cell; null for pages of another kind. */
function gapOf(page: Buffer, head: number): [begin: number, end: number] | null {
  const length = HEADS.get(page[head] ?? 0);
  if (length === undefined) return null;
  const begin = head + length + 2 * page.readUInt16BE(head + 3);
  const end = page.readUInt16BE(head + 5) || 65_536;
  return begin < end && end <= page.length ? [begin, end] : null;
}

/** Page 2 and every so many after it say where pages belong (`auto_vacuum`). */
function isPointerMap(page: number, size: number): boolean {
  const spread = Math.floor(size / 5) + 1;
  const pending = Math.floor(PENDING_BYTE / size) + 1;
  const nearest = Math.floor((page - 2) / spread) * spread + 2;
  return page >= 2 && (page === nearest || (nearest === pending && page === pending + 1));
}
