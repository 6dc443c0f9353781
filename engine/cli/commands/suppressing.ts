// `tropa suppress`: addresses that are left in peace, one by one or from a file, listed, and let go of.

import { readFile } from 'node:fs/promises';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, say, table } from '../print.ts';

type Options = Record<string, unknown>;
/** Addresses asked for at once. */
const BATCH = 500;

/** Suppresses one address or a file of them, lists them, or lifts one. 1 where some of a file were no addresses. */
export async function suppress(context: Context, [address]: readonly string[], options: Options): Promise<number> {
  if (options.list === true) return await list(context, options);
  if (options.lift === true) return await lift(context, address, options);
  const addresses =
    typeof options.file === 'string' ? await addressesIn(options.file) : address === undefined ? [] : [address];
  if (addresses.length === 0)
    throw new TropaError('E_BAD_REQUEST', 'Say which address, or --file FILE, --list, or --lift ADDRESS.');
  const refused: string[] = [];
  let suppressed = 0;
  for (let from = 0; from < addresses.length; from += BATCH) {
    const answer = await asked(context, 'suppress', {
      ...told(options),
      addresses: addresses.slice(from, from + BATCH),
    });
    suppressed += Number(answer.suppressed);
    refused.push(...(answer.refused as string[]));
    if (addresses.length > BATCH) console.error(`${Math.min(from + BATCH, addresses.length)} of ${addresses.length}`);
  }
  if (context.json) printJson({ suppressed, refused });
  else
    say(
      [`${suppressed} addresses are suppressed.`, ...refused.map((one) => `no address: ${one.slice(0, 100)}`)].join(
        '\n',
      ),
    );
  return refused.length === 0 ? 0 : 1;
}

async function list(context: Context, options: Options): Promise<number> {
  const rows: JsonObject[] = [];
  for (let after: string | null = null; ; ) {
    const page = (await ask(context.config, context.adapters, 'suppressions', {
      ...told(options),
      after,
    })) as JsonObject[];
    rows.push(...page);
    const last = page.at(-1);
    if (page.length < 1_000 || last === undefined) break;
    after = String(last.address);
  }
  if (context.json) printJson(rows);
  else say(rows.length === 0 ? 'Nobody is suppressed.' : table(rows, ['address', 'reason', 'since']));
  return 0;
}

async function lift(context: Context, address: string | undefined, options: Options): Promise<number> {
  const was = await asked(context, 'lift', { ...told(options), address: address ?? null });
  if (context.json) printJson(was);
  else
    say(
      `${String(was.address)} may be written to again; it was suppressed since ${String(was.since)} (${String(was.reason)}).`,
    );
  return 0;
}

const told = ({ channel, reason }: Options): JsonObject => ({
  channel: typeof channel === 'string' ? channel : null,
  reason: typeof reason === 'string' ? reason : null,
});

async function asked({ config, adapters }: Context, operation: string, args: JsonObject): Promise<JsonObject> {
  return (await ask(config, adapters, operation, args)) as JsonObject;
}

/** An address a line, or the first column of a CSV; its heading is passed over. */
async function addressesIn(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new TropaError('E_CONFIG', `${file} cannot be read. Name a file with an address a line.`);
  });
  const first = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => (line.split(/[,;\t]/)[0] ?? '').trim().replace(/^"(.*)"$/, '$1'))
    .filter((one) => one !== '');
  return first.filter((one, n) => n > 0 || /[@\d]/.test(one));
}
