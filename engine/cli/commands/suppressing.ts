// `tropa suppress`: one address or a file of them, the list, and letting go of one.

import { open } from 'node:fs/promises';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, say, table } from '../print.ts';
import type { Command } from './asking.ts';

/** Addresses a question to the engine, and lines a page. */
const BATCH = 1_000;
const COLUMNS = ['address', 'reason', 'since'];

export const suppress: Command = (context, [address], options) => {
  const asked = [address !== undefined, 'file' in options, options.list === true, 'lift' in options];
  if (asked.filter(Boolean).length !== 1)
    throw new TropaError(
      'E_BAD_REQUEST',
      'Say one of: `tropa suppress ADDRESS`, `--file FILE`, `--list` or `--lift ADDRESS`.',
    );
  if (options.list === true) return list(context, options);
  if (typeof options.lift === 'string') return lift(context, options.lift, options);
  return typeof options.file === 'string'
    ? suppressFile(context, options.file, options)
    : suppressOne(context, address ?? '', options);
};

const about = ({ channel, reason }: Record<string, unknown>): JsonObject => ({
  ...(typeof channel === 'string' && { channel }),
  ...(typeof reason === 'string' && { reason }),
});

interface Counted {
  suppressed: number;
  known: number;
  refused: number[];
}

const tell = async ({ config, adapters }: Context, addresses: readonly string[], options: Record<string, unknown>) =>
  (await ask(config, adapters, 'suppress', { addresses: [...addresses], ...about(options) })) as unknown as Counted;

async function suppressOne(context: Context, address: string, options: Record<string, unknown>): Promise<number> {
  const { suppressed, refused } = await tell(context, [address], options);
  if (refused.length > 0) throw new TropaError('E_BAD_REQUEST', `"${address}" is no address of this channel.`);
  if (context.json) printJson({ suppressed, known: 1 - suppressed });
  else say(suppressed === 1 ? `Nothing goes to ${address} any more.` : `${address} is suppressed already.`);
  return 0;
}

/**
 * Every first column of a file. A first line that is no address is its heading. What else cannot be read is named by its
 * line, and not by what it says: what is printed here may end in a log (P30).
 */
async function suppressFile(context: Context, file: string, options: Record<string, unknown>): Promise<number> {
  const counted: Counted = { suppressed: 0, known: 0, refused: [] };
  let batch: { line: number; text: string }[] = [];
  let read = 0;
  const flush = async () => {
    const texts = batch.map(({ text }) => text);
    const answer = texts.length === 0 ? null : await tell(context, texts, options);
    counted.suppressed += answer?.suppressed ?? 0;
    counted.known += answer?.known ?? 0;
    counted.refused.push(...(answer?.refused ?? []).map((place) => batch[place]?.line ?? 0));
    batch = [];
    if (read >= BATCH) console.error(`${read} addresses …`);
  };
  for await (const { line, text } of columnOf(file)) {
    batch.push({ line, text });
    read += 1;
    if (batch.length === BATCH) await flush();
  }
  await flush();
  const refused = counted.refused.filter((line) => line !== 1);
  for (const line of refused.slice(0, 20)) console.error(`${file}:${line}: this is no address.`);
  if (refused.length > 20) console.error(`… and ${refused.length - 20} more.`);
  if (context.json) printJson({ ...counted, refused: refused.length });
  else
    say(
      `${counted.suppressed} addresses are suppressed now, ${counted.known} were already, ${refused.length} are none.`,
    );
  return refused.length === 0 ? 0 : 1;
}

/** The first cells of a file's lines, whatever separates the others; blank ones are passed over. */
async function* columnOf(file: string): AsyncGenerator<{ line: number; text: string }> {
  const bytes = await open(file).catch(() => {
    throw new TropaError('E_BAD_REQUEST', `${file} is not there, or cannot be read.`);
  });
  let line = 0;
  for await (const row of bytes.readLines()) {
    line += 1;
    const text = firstCell(row);
    if (text !== '') yield { line, text };
  }
}

/** Cells may be quoted (RFC 4180); a file may begin with a byte order mark. */
function firstCell(row: string): string {
  const text = row.replace(/^\ufeff/, '').trim();
  const quoted = /^"((?:[^"]|"")*)"/.exec(text)?.[1];
  return (quoted?.replaceAll('""', '"') ?? text.split(/[,;\t]/)[0] ?? '').trim();
}

/** All of them, page by page. */
async function list({ config, adapters, json }: Context, options: Record<string, unknown>): Promise<number> {
  let after: string | undefined;
  for (let pages = 0; ; pages += 1) {
    const args = { ...about(options), limit: BATCH, ...(after !== undefined && { after }) };
    const page = (await ask(config, adapters, 'suppressions', args)) as JsonObject[];
    if (json) printJson(page);
    else if (page.length > 0) say(table(page, COLUMNS));
    else if (pages === 0) say('Nobody is suppressed.');
    const last = page.at(-1);
    if (last === undefined || page.length < BATCH) return 0;
    after = String(last.address);
  }
}

async function lift({ config, adapters, json }: Context, address: string, options: Record<string, unknown>) {
  const was = (await ask(config, adapters, 'lift', { address, ...about(options) })) as JsonObject;
  if (json) printJson(was);
  else
    say(
      `${String(was.address)} may be written to again, where consent stands. It was suppressed as "${String(was.reason)}" since ${String(was.since)}.`,
    );
  return 0;
}
