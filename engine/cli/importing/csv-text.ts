// A CSV file as text: which encoding and delimiter it has, its rows with the line each begins on. Read as a stream, so that
// a file of any length takes the same memory.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { CsvError, parse } from 'csv-parse';
import { TropaError } from '../../language/errors.ts';

export interface CsvFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its bytes: the same file is the same import. */
  readonly digest: string;
  /** As `TextDecoder` calls it. */
  readonly encoding: string;
  readonly delimiter: string;
  /** Its first line only says how it is separated (`sep=;`, as Excel has it). */
  readonly hasSeparatorLine: boolean;
}

export interface CsvRow {
  /** 1 for the first below the heading. */
  readonly row: number;
  /** Where it begins in the file, as an editor counts. */
  readonly line: number;
  readonly cells: readonly string[];
  /** How much of the file was read when it came, in bytes. */
  readonly read: number;
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** A quote that is never closed swallows the file: no record is longer than this. */
const LONGEST_RECORD = 256 * 1024;

/** Reads the file once, and keeps nothing of it. `told`: its encoding, where somebody says. Throws TropaError `E_BAD_REQUEST`. */
export async function inspect(path: string, told: string | null = null): Promise<CsvFile> {
  const said = told === null ? null : encodingCalled(told);
  const hash = createHash('sha256');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let isUtf8 = true;
  let hasZeros = false;
  const letters = new Letters();
  let head = Buffer.alloc(0);
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    hasZeros ||= chunk.includes(0);
    if (head.length < LONGEST_RECORD) head = Buffer.concat([head, chunk]);
    isUtf8 &&= decodes(utf8, chunk);
    if (!isUtf8) letters.look(chunk);
  }
  isUtf8 &&= decodes(utf8, null);
  const encoding = said ?? markOf(head) ?? (isUtf8 ? 'utf-8' : letters.encoding);
  if (hasZeros && !encoding.startsWith('utf-16'))
    throw new TropaError('E_BAD_REQUEST', `${path} is no text. Save the table as CSV, in UTF-8.`);
  const text = new TextDecoder(encoding).decode(head);
  const separator = /^sep=(.)[\r\n]/i.exec(text)?.[1];
  const known = DELIMITERS.find((one) => one === separator);
  const [delimiter, hasSeparatorLine] = known === undefined ? [delimiterOf(text), false] : [known, true];
  return { path, bytes, digest: hash.digest('hex'), encoding, delimiter, hasSeparatorLine };
}

function encodingCalled(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    throw new TropaError(
      'E_BAD_REQUEST',
      `There is no encoding "${name}". Usual are utf-8, windows-1252, windows-1257 and windows-1251.`,
    );
  }
}

/** What a byte order mark says. */
function markOf(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : null;
}

/**
 * Which of the encodings of one byte a letter it is: where letters beyond ASCII mostly stand side by side, they are whole
 * words of Cyrillic; where alone, accents of a Latin text, which Windows-1251 would turn into Cyrillic ones.
 */
class Letters {
  #before = false;
  #together = 0;
  #alone = 0;

  look(chunk: Buffer): void {
    for (const byte of chunk) {
      const isLetter = byte >= 0xc0 || byte === 0xa8 || byte === 0xb8;
      if (isLetter && this.#before) this.#together += 1;
      else if (isLetter) this.#alone += 1;
      this.#before = isLetter;
    }
  }

  get encoding(): string {
    return this.#together > this.#alone ? 'windows-1251' : 'windows-1252';
  }
}

function decodes(decoder: TextDecoder, chunk: Buffer | null): boolean {
  try {
    if (chunk === null) decoder.decode();
    else decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** What stands most often in the heading, outside quotes. */
function delimiterOf(text: string): string {
  const heading = /^\s*((?:"(?:[^"]|"")*"|[^"\r\n])*)/.exec(text)?.[1] ?? '';
  const bare = heading.replace(/"(?:[^"]|"")*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } catch {
    throw new TropaError('E_BAD_REQUEST', `${path} is not there, or cannot be read.`);
  }
}

/** The heading, with blanks around its names taken off. Throws TropaError `E_BAD_REQUEST` where there is none. */
export async function headingOf(file: CsvFile): Promise<string[]> {
  for await (const { cells } of recordsOf(file)) return cells.map((cell) => cell.trim());
  throw new TropaError('E_BAD_REQUEST', `${file.path} is empty. Its first line names the columns.`);
}

/** Every row below the heading; empty lines and lines of empty cells are passed over. Throws TropaError `E_BAD_REQUEST` where it cannot be read on. */
export async function* rowsOf(file: CsvFile): AsyncGenerator<CsvRow> {
  let row = 0;
  for await (const record of recordsOf(file)) {
    if (row > 0 && record.cells.every((cell) => cell.trim() === '')) continue;
    if (row > 0) yield { ...record, row, cells: record.cells.map(bare) };
    row += 1;
  }
}

/**
 * An apostrophe keeps spreadsheets from making a formula of a text, as in our own report, or something shorter of a long
 * number: Shopify writes its customers' ids so (`'7041155907772`).
 */
const bare = (cell: string): string => cell.trim().replace(/^'(?=[=+\-@\t\r]|\d+$)/, '');

async function* recordsOf(file: CsvFile): AsyncGenerator<Omit<CsvRow, 'row'>> {
  const source = { read: 0 };
  const parser = parse({
    delimiter: file.delimiter,
    record_delimiter: '\n',
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_RECORD,
  });
  pipeline(Readable.from(textOf(file, source)), parser, () => undefined);
  let line = 0;
  let passed = !file.hasSeparatorLine;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      line = info.lines;
      if (!passed) {
        passed = true;
        continue;
      }
      yield { cells: record, line: line - breaksIn(record), read: source.read };
    }
  } catch (error) {
    throw wordsFor(error, file.path, line + 1);
  } finally {
    parser.destroy();
  }
}

/** Line ends become one kind: files are put together on more than one system, and lines are to be counted as editors do. */
async function* textOf({ path, encoding }: CsvFile, source: { read: number }): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let held = '';
  for await (const chunk of chunksOf(path)) {
    source.read += chunk.length;
    const text = held + decoder.decode(chunk, { stream: true });
    // What follows may be the other half of a line end.
    held = text.endsWith('\r') ? '\r' : '';
    const whole = held === '' ? text : text.slice(0, -1);
    if (whole !== '') yield whole.replace(/\r\n?/g, '\n');
  }
  const rest = (held + decoder.decode()).replace(/\r\n?/g, '\n');
  if (rest !== '') yield rest;
}

const breaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);

/** The parser's own words may quote what stands there. */
function wordsFor(error: unknown, path: string, line: number): unknown {
  if (!(error instanceof CsvError)) return error;
  const why = /QUOTE_NOT_CLOSED|MAX_RECORD_SIZE/.test(error.code)
    ? 'a quote is opened and never closed'
    : 'it cannot be read as CSV (a quote in the wrong place?)';
  return new TropaError('E_BAD_REQUEST', `${path}:${line}: ${why}. Nothing after this line can be told apart.`);
}
