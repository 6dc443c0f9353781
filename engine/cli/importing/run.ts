// One import from where it stands to its end: rows in batches to the engine, the report, the note of how far it is. After
// a kill the same file goes on from the note; rows between the note and the kill are asked again, and stored once.

import type { JsonObject } from '../../language/values.ts';
import type { CsvFile, CsvRow } from './csv-text.ts';
import { rowsOf } from './csv-text.ts';
import type { Column } from './mapping.ts';
import { Meter } from './meter.ts';
import { type Reading, readRow, type Told } from './people.ts';
import { noteProgress, type Progress } from './progress.ts';
import { RefusedReport } from './report.ts';

/** Rows a question to the engine. */
const BATCH = 500;

export interface Import {
  readonly file: CsvFile;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly country: string | null;
  readonly run: string;
  readonly data: string;
  readonly from: Progress;
  /** What the operation is told besides the rows. */
  readonly args: JsonObject;
  readonly dry: boolean;
  ask(args: JsonObject): Promise<JsonObject>;
}

export interface Ended extends Progress {
  /** Null where every row was taken whole. */
  readonly report_file: string | null;
}

interface Batch {
  readonly rows: CsvRow[];
  readonly told: Told[];
  readonly readings: Map<number, Reading>;
}

const empty = (): Batch => ({ rows: [], told: [], readings: new Map() });

/** Reads to the end. Throws TropaError where the engine or the report cannot go on; calling again goes on then. */
export async function carryThrough(task: Import): Promise<Ended> {
  const { file, columns, from } = task;
  const report = new RefusedReport(
    file.path,
    file.delimiter,
    columns.map(({ heading }) => heading),
    from.report,
  );
  await report.begin();
  const meter = new Meter(task.rows);
  let progress = from;
  let batch = empty();
  const flush = async () => {
    progress = await settle(task, batch, progress, report);
    batch = empty();
    meter.tell(progress.row, progress.refused);
  };
  for await (const row of rowsOf(file)) {
    if (row.row <= from.row) continue;
    const reading = readRow(row, columns, task.country);
    batch.rows.push(row);
    batch.readings.set(row.row, reading);
    if (reading.told !== null) batch.told.push(reading.told);
    if (batch.rows.length === BATCH) await flush();
  }
  if (batch.rows.length > 0) await flush();
  meter.end();
  progress = { ...progress, done: new Date().toISOString() };
  if (!task.dry) await noteProgress(task.data, task.run, progress);
  return { ...progress, report_file: report.bytes === 0 ? null : report.path };
}

interface Answer {
  readonly taken: number;
  readonly again: boolean;
  readonly suppressed: number;
  readonly said: readonly { row: number; taken: boolean; why: string }[];
}

/** Stores a batch, then its report, then the note: in this order nothing is noted that is not stored. */
async function settle(task: Import, batch: Batch, before: Progress, report: RefusedReport): Promise<Progress> {
  const nothing: Answer = { taken: 0, again: false, suppressed: 0, said: [] };
  const answer =
    batch.told.length === 0
      ? nothing
      : ((await task.ask({ ...task.args, rows: batch.told as unknown as JsonObject[] })) as unknown as Answer);
  const lines = batch.rows.flatMap((row) => {
    const said = answer.said.filter((one) => one.row === row.row).map(({ why }) => why);
    const why = [...(batch.readings.get(row.row)?.remarks ?? []), ...said];
    return why.length === 0 ? [] : [{ line: row.line, why: why.join('; '), cells: row.cells }];
  });
  await report.add(lines);
  const refused = batch.rows.length - answer.taken;
  const progress: Progress = {
    ...before,
    row: batch.rows.at(-1)?.row ?? before.row,
    taken: before.taken + answer.taken,
    refused: before.refused + refused,
    partly: before.partly + lines.length - refused,
    again: before.again + (answer.again ? answer.taken : 0),
    suppressed: before.suppressed + answer.suppressed,
    report: report.bytes,
  };
  if (!task.dry) await noteProgress(task.data, task.run, progress);
  return progress;
}
