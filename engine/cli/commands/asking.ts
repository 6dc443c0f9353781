// Commands that ask the running engine, or the folder where none runs, and print the answer.

import { resolve as absolute } from 'node:path';
import { setTimeout as pause_ } from 'node:timers/promises';
import { TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { printJson, table } from '../print.ts';

type Command = (context: Context, args: readonly string[], options: Record<string, unknown>) => Promise<number>;
type Words = (answer: JsonObject) => string;

/** A command that asks one operation; `words` puts the answer for people, `status` into an exit code. */
function asking(
  operation: string,
  argsOf: (args: readonly string[], options: Record<string, unknown>, context: Context) => JsonObject,
  words: (answer: Json) => string,
  status: (answer: Json) => number = () => 0,
): Command {
  return async (context, args, options) => {
    const answer = await ask(context.config, context.adapters, operation, argsOf(args, options, context));
    if (context.json) printJson(answer);
    else console.log(words(answer));
    return status(answer);
  };
}

const one = (words: Words) => (answer: Json) => words(answer as JsonObject);
const list = (answer: Json) => answer as JsonObject[];
const text = (value: unknown): Json => (typeof value === 'string' ? value : null);

export const deploy = asking(
  'deploy',
  ([journey], _options, { config }) => ({
    workspace: absolute(config.workspace),
    journey: journey ?? null,
    author: text(config.env.USER),
  }),
  one(
    ({ changed, unchanged }) =>
      `Deployed: ${(changed as string[]).join(', ') || 'nothing new'}. Unchanged: ${(unchanged as string[]).length}.`,
  ),
);
const named = ([journey = '']: readonly string[]): JsonObject => ({ journey });
export const pause = asking(
  'pause',
  named,
  one(({ journey }) => `${String(journey)} is paused: events still count, timers and sending wait.`),
);
export const archive = asking(
  'archive',
  named,
  one(({ journey }) => `${String(journey)} is archived: nobody new enters, whoever is inside finishes.`),
);
export const resume = asking(
  'resume',
  ([journey = ''], options) => ({ journey, expire: options.expire === true }),
  one(({ journey }) => `${String(journey)} goes on.`),
);
export const start = asking(
  'start',
  ([journey = ''], options) => {
    if ((options.profile === undefined) === (options.segment === undefined))
      throw new TropaError('E_BAD_REQUEST', 'Say whom: --profile ID or --segment NAME.');
    return {
      journey,
      profile: text(options.profile),
      segment: text(options.segment),
      key: text(options.key),
      dry_run: options.dryRun === true,
    };
  },
  one(({ journey, started, would_start }) =>
    started === undefined
      ? `${String(would_start)} people would start ${String(journey)}.`
      : `${String(started)} people start ${String(journey)}.`,
  ),
);
export const send = asking(
  'send',
  ([target = ''], options) => ({ target, to: text(options.to) }),
  one(
    ({ message, channel, template }) =>
      `${String(template)} is on its way by ${String(channel)} as message ${String(message)}.`,
  ),
);
export const resolve = asking(
  'resolve',
  ([message = '', as = '']) => {
    if (as !== 'sent' && as !== 'resend')
      throw new TropaError('E_BAD_REQUEST', `Settle it as "sent" or "resend", not "${as}".`);
    return { message, as };
  },
  one(({ message, resolved }) => `Message ${String(message)} is settled: ${String(resolved)}.`),
);
export const retry = asking(
  'retry',
  ([target = '']) => ({ target }),
  one(({ retried, inputs }) => `${String(retried)} people and ${String(inputs)} inputs are driven again.`),
);
export const backup = asking(
  'backup',
  ([file = '']) => ({ file: absolute(file) }),
  one(({ file }) => `The store is copied to ${String(file)}.`),
);

export const explain = asking(
  'explain',
  ([profile = '', journey]) => ({ profile, journey: journey ?? null }),
  one(({ now, lines, zone, person }) =>
    [
      `${String(person)}, times in ${String(zone)}`,
      ...((now as string[]).length === 0 ? ['is in no journey now'] : (now as string[]).map((line) => `is ${line}`)),
      '',
      ...(lines as string[]),
    ].join('\n'),
  ),
);

export const stats = asking(
  'stats',
  ([journey]) => ({ journey: journey ?? null }),
  (answer) => {
    const journeys = list(answer);
    if (journeys.length === 0) return 'Nobody has entered a journey yet.';
    return journeys
      .map(
        (figures) =>
          `${String(figures.journey)}: ${String(figures.entered)} entered, ${String(figures.inside)} inside, ${String(figures.converted)} converted\n${table(figures.steps as JsonObject[], ['step', 'visited', 'sent', 'delivered', 'opened', 'clicked', 'replied', 'bounced', 'failed', 'held', 'unknown', 'skipped'])}`,
      )
      .join('\n\n');
  },
);

export const audit = asking(
  'audit',
  () => ({}),
  one((report) => {
    const findings = report.findings as JsonObject[];
    const counted = `${String(report.people)} people, ${String(report.events)} events, ${String(report.messages)} messages, ${String(report.journal)} journal lines recounted.`;
    return findings.length === 0
      ? `${counted} Everything agrees.`
      : `${counted}\n${findings.map((finding) => `${String(finding.about)}: ${String(finding.detail)}`).join('\n')}`;
  }),
  (answer) => (((answer as JsonObject).findings as Json[]).length === 0 ? 0 : 1),
);

export const faults = asking(
  'faults',
  () => ({}),
  (answer) =>
    list(answer).length === 0
      ? 'Nothing stands still.'
      : table(list(answer), ['kind', 'profile', 'journey', 'step', 'event', 'code', 'why']),
  (answer) => (list(answer).length === 0 ? 0 : 1),
);

export const doctor = asking(
  'doctor',
  () => ({}),
  (answer) =>
    list(answer)
      .map(({ ok, about, detail }) => `${ok === true ? 'ok   ' : 'WRONG'} ${String(about)}: ${String(detail)}`)
      .join('\n'),
  (answer) => (list(answer).every(({ ok }) => ok === true) ? 0 : 1),
);

const ACTIONS = ['open', 'click', 'reply', 'bounce', 'unsubscribe'];

/** Lists the sandbox's messages, follows them, or does something to one. */
export const inbox: Command = (context, [action, message, value], options) =>
  action === undefined
    ? follow(context, Number(options.limit) || 50, options.follow === true)
    : act(context, action, message, value);

async function act({ config, adapters, json }: Context, action: string, message?: string, value?: string) {
  if (!ACTIONS.includes(action) || message === undefined)
    throw new TropaError('E_BAD_REQUEST', `Write \`tropa inbox ${ACTIONS.join('|')} MESSAGE\`.`);
  const answer = await ask(config, adapters, 'act', { message, action, value: value ?? null });
  if (json) printJson(answer);
  else console.log(`Done: ${action} ${message}.`);
  return 0;
}

/** Prints each message once, and again when its status rises. */
async function follow({ config, adapters, json }: Context, limit: number, on: boolean): Promise<number> {
  const seen = new Set<string>();
  const key = (row: JsonObject) => `${String(row.id)} ${String(row.status)}`;
  for (;;) {
    const rows = list(await ask(config, adapters, 'inbox', { limit })).filter((row) => !seen.has(key(row)));
    for (const row of rows) seen.add(key(row));
    if (json) printJson(rows);
    else if (rows.length > 0) console.log(table(rows, COLUMNS));
    else if (!on) console.log('The inbox is empty.');
    if (!on) return 0;
    await pause_(1_000);
  }
}

const COLUMNS = ['at', 'channel', 'profile', 'to', 'journey', 'step', 'template', 'status', 'reason', 'id'];
