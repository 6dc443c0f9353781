// `tropa bounce FILE…`: what returned mails mean, without a store.

import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import type { Context } from '../context.ts';
import { printJson, say, table } from '../print.ts';

/** One line a recipient: file, class, reason, recipient. A file that cannot be read ends it, after the others were told. */
export async function bounce({ adapters, json }: Context, files: readonly string[]): Promise<number> {
  const read = await adapters.returnedMail();
  const rows: JsonObject[] = [];
  const missing: string[] = [];
  for (const file of files) {
    const bytes = await (file === '-' ? buffer(process.stdin) : readFile(file)).catch(() => null);
    if (bytes === null) missing.push(file);
    else
      for (const one of read(bytes).bounces)
        rows.push({ file, class: one.class, reason: one.reason, recipient: one.recipient });
  }
  if (json) printJson(rows);
  else if (rows.length > 0) say(table(rows, ['file', 'class', 'reason', 'recipient']));
  if (missing.length > 0)
    throw new TropaError('E_CONFIG', `${missing.join(', ')} cannot be read. Name files that hold one mail each.`);
  return 0;
}
