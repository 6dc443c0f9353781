// `tropa inbox`: the ledger's messages, as they come, and what a reader or provider would do with one.

import { setTimeout as pause } from 'node:timers/promises';
import { TropaError } from '../../language/errors.ts';
import { didYouMean } from '../../language/suggest.ts';
import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, say, table } from '../print.ts';
import { wholeNumber } from '../whole-number.ts';
import type { Command } from './asking.ts';

const ACTIONS = ['open', 'click', 'reply', 'bounce', 'unsubscribe'];
const COLUMNS = ['at', 'channel', 'profile', 'to', 'journey', 'step', 'template', 'status', 'reason', 'id'];
/** Real milliseconds between two looks. */
const LOOK = 1_000;

/** Lists messages, follows them, or does something to one. */
export const inbox: Command = (context, [action, message, value], options) =>
  action === undefined
    ? follow(context, wholeNumber(options.limit, '--limit', 100_000), options.follow === true)
    : act(context, action, message, value);

async function act({ config, adapters, json }: Context, action: string, message?: string, value?: string) {
  if (!ACTIONS.includes(action))
    throw new TropaError(
      'E_BAD_REQUEST',
      `Nothing is called "${action}" here.${didYouMean(action, ACTIONS) || ` There are: ${ACTIONS.join(', ')}.`}`,
    );
  if (message === undefined)
    throw new TropaError(
      'E_BAD_REQUEST',
      `Name the message: \`tropa inbox ${action} MESSAGE\`. \`tropa inbox\` lists them.`,
    );
  const answer = await ask(config, adapters, 'act', { message, action, value: value ?? null });
  if (json) printJson(answer);
  else say(`Done: ${action} ${message}.`);
  return 0;
}

/** Prints each message once, and again whenever its status rises. */
async function follow({ config, adapters, json }: Context, limit: number, on: boolean): Promise<number> {
  const seen = new Set<string>();
  const key = (row: JsonObject) => `${String(row.id)} ${String(row.status)}`;
  for (;;) {
    const rows = ((await ask(config, adapters, 'inbox', { limit })) as JsonObject[]).filter(
      (row) => !seen.has(key(row)),
    );
    for (const row of rows) seen.add(key(row));
    if (json) printJson(rows);
    else if (rows.length > 0) say(table(rows, COLUMNS));
    else if (!on) say('No message yet.');
    if (!on) return 0;
    await pause(LOOK);
  }
}
