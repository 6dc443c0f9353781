// `tropa import`: a CSV of people into Tropa. What its columns are taken for is shown first.

import { createHash } from 'node:crypto';
import { resolve as absolute } from 'node:path';
import { isSupportedCountry } from 'libphonenumber-js/min';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { type Line, openLine } from '../ask.ts';
import { type CsvFile, headingOf, inspect } from '../importing/csv-text.ts';
import { type Column, mapColumns } from '../importing/mapping.ts';
import { BEGINNING, type Progress, readProgress } from '../importing/progress.ts';
import { carryThrough, type Ended } from '../importing/run.ts';
import { survey } from '../importing/survey.ts';
import type { Target } from '../importing/targets.ts';
import { printJson, say, table, visible } from '../print.ts';
import type { Command } from './asking.ts';

type Options = Record<string, unknown>;

export const importFile: Command = async ({ config, adapters, json }, [path = ''], options) => {
  const told = typeof options.encoding === 'string' ? options.encoding : null;
  const file = await inspect(absolute(path), told);
  const headings = await headingOf(file);
  const { rows, kinds } = await survey(file, headings.length);
  const columns = mapColumns(headings, options.map as string[], kinds);
  console.error(visible(preview(file, columns, rows)));
  const wanted = wishes(options);
  const run = runOf(file, columns, wanted, told);
  const from = await beginning(config.data, run, options);
  if (from.done !== null) {
    const answer = { ...summary(file, rows, { ...from, report_file: null }), nothing_done: true };
    if (json) printJson(answer);
    else
      say(
        `This file was imported on ${from.done.slice(0, 16).replace('T', ' ')} UTC, as it is and in this way. Nothing is done; --again reads it once more.`,
      );
    return 0;
  }
  if (from.row > 0) console.error(`It goes on after row ${from.row}, where it stopped.`);
  const line = openLine(config, adapters);
  try {
    const ended = await carryThrough({
      file,
      columns,
      rows,
      run,
      from,
      country: wanted.country,
      data: config.data,
      dry: options.dryRun === true,
      args: {
        run: `${run} ${from.generation}`,
        source: wanted.source,
        start: wanted.start,
        confirmed: wanted.confirmed,
        dry_run: options.dryRun === true,
      },
      ask: async (args) => (await line.ask('import', args)) as JsonObject,
    });
    const answer = { ...summary(file, rows, ended), dry_run: options.dryRun === true };
    if (json) printJson(answer);
    else say(words(ended, rows, options, line));
    return ended.report_file === null ? 0 : 1;
  } finally {
    await line.close();
  }
};

interface Wishes {
  readonly source: string;
  readonly start: boolean;
  readonly confirmed: boolean;
  readonly country: string | null;
}

function wishes({ source, start, confirmed, country }: Options): Wishes {
  const land = typeof country === 'string' ? country.toUpperCase() : null;
  if (land !== null && !isSupportedCountry(land))
    throw new TropaError('E_BAD_REQUEST', `--country takes two letters, such as RU or LV, not "${String(country)}".`);
  const name = typeof source === 'string' ? source.trim() : 'import';
  if (name === '' || name.length > 100)
    throw new TropaError('E_BAD_REQUEST', '--source is a name of 1 to 100 characters.');
  return { source: name, start: start === true, confirmed: confirmed === true, country: land };
}

/** The same bytes read in the same way are the same import. */
function runOf(file: CsvFile, columns: readonly Column[], wanted: Wishes, told: string | null): string {
  const read = [file.digest, columns.map(({ target }) => target), wanted, ...(told === null ? [] : [file.encoding])];
  return createHash('sha256').update(JSON.stringify(read)).digest('hex').slice(0, 32);
}

async function beginning(data: string, run: string, options: Options): Promise<Progress> {
  if (options.dryRun === true) return BEGINNING;
  const noted = (await readProgress(data, run)) ?? BEGINNING;
  return noted.done !== null && options.again === true ? { ...BEGINNING, generation: noted.generation + 1 } : noted;
}

const DELIMITERS: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

function preview(file: CsvFile, columns: readonly Column[], rows: number): string {
  const lines = columns.map(({ heading, target }, n) => ({ '#': n + 1, column: heading, becomes: becomes(target) }));
  return [
    `${rows} rows, ${file.encoding}, separated by ${DELIMITERS[file.delimiter] ?? file.delimiter}. Other meanings: --map "column=name".`,
    ...(file.encoding.startsWith('windows-')
      ? ['Are letters with accents wrong? --encoding says which they are: windows-1250, windows-1257 …']
      : []),
    table(lines, ['#', 'column', 'becomes']),
  ].join('\n');
}

function becomes(target: Target): string {
  if (target.as === 'identity') return target.name === 'id' ? 'id (who it is)' : `${target.name} (who it is)`;
  if (target.as === 'consent') return `consent to ${target.channel}`;
  if (target.as === 'consent_at') return 'when consent was given';
  return target.as === 'trait'
    ? `profile.${target.name}${target.kind === 'text' ? '' : ` (${target.kind})`}`
    : `nothing: ${target.why}`;
}

function summary(file: CsvFile, rows: number, ended: Ended): JsonObject {
  const { taken, refused, partly, again, suppressed, report_file } = ended;
  return { file: file.path, rows, taken, refused, partly, known: again, suppressed, report: report_file };
}

function words(ended: Ended, rows: number, options: Options, line: Line): string {
  const { taken, refused, partly, again, suppressed, report_file } = ended;
  const dry = options.dryRun === true;
  return [
    dry
      ? `Nothing is stored. Of ${rows} rows ${taken} would be taken, ${refused} refused.`
      : `${taken} of ${rows} rows are taken, ${refused} refused.`,
    ...(partly > 0 ? [`${partly} were taken in part.`] : []),
    ...(again > 0 ? [`${again} were known already.`] : []),
    ...(suppressed > 0 ? [`${suppressed} addresses among them are suppressed, and stay so.`] : []),
    ...(report_file === null ? [] : [`Which and why: ${report_file} (personal data; remove it when it is done with).`]),
    ...(dry || options.start === true ? [] : ['No journey was started by it (--start does).']),
    ...(dry || !line.alone() ? [] : ['No engine runs on this folder: it takes effect when one does.']),
  ].join('\n');
}
