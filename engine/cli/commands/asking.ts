// Commands that ask the running engine, or the folder where none runs, to do something, and say what came of it.

import { resolve as absolute } from 'node:path';
import { TropaError } from '../../language/errors.ts';
import type { Json, JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import type { Context } from '../context.ts';
import { counted, printJson, say } from '../print.ts';

type Options = Record<string, unknown>;
export type Command = (context: Context, args: readonly string[], options: Options) => Promise<number>;
type ArgsOf = (args: readonly string[], options: Options, context: Context) => JsonObject;

/** A command that asks one operation; `words` puts the answer for people, `status` into an exit code. */
export function asking(
  operation: string,
  argsOf: ArgsOf,
  words: (answer: Json) => string,
  status: (answer: Json) => number = () => 0,
): Command {
  return async (context, args, options) => {
    const answer = await ask(context.config, context.adapters, operation, argsOf(args, options, context));
    if (context.json) printJson(answer);
    else say(words(answer));
    return status(answer);
  };
}

export const one = (words: (answer: JsonObject) => string) => (answer: Json) => words(answer as JsonObject);
const text = (value: unknown): Json => (typeof value === 'string' ? value : null);

/** Takes the folder's versions into the store; with errors nothing changes, and all of them are told. */
export const deploy = asking(
  'deploy',
  ([journey], _options, { config }) => ({
    workspace: absolute(config.workspace),
    journey: journey ?? null,
    author: text(config.env.USER),
  }),
  one(({ changed, unchanged, warnings }) =>
    [
      ...(warnings as string[]),
      `Deployed: ${(changed as string[]).join(', ') || 'nothing new'}. Unchanged: ${(unchanged as string[]).length}.`,
    ].join('\n'),
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
  one(
    ({ journey, expired }) =>
      `${String(journey)} goes on.${expired === 0 ? '' : ` ${String(expired)} people left as expired.`}`,
  ),
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
      data: options.trigger === undefined ? {} : objectOf(options.trigger, '--trigger'),
      dry_run: options.dryRun === true,
    };
  },
  one(({ journey, started, asked, would_start, refused }) => {
    if (started !== undefined) return `${String(started)} people are asked to start ${String(journey)}.`;
    const rest = counted(refused as JsonObject);
    return `Of ${String(asked)} people ${String(would_start)} would start ${String(journey)}${rest === '' ? '' : `; not: ${rest}`}.`;
  }),
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

export const sender = asking(
  'sender',
  ([how = '', name = '']) => {
    if (how !== 'pause' && how !== 'resume')
      throw new TropaError(
        'E_BAD_REQUEST',
        `A sender can be paused or resumed: \`tropa sender pause NAME\`, not "${how}".`,
      );
    return { how, name };
  },
  one(({ sender: name, paused }) =>
    paused === true
      ? `${String(name)} takes nothing more; its messages wait.`
      : `${String(name)} takes messages again.`,
  ),
);

export const backup = asking(
  'backup',
  ([file = '']) => ({ file: absolute(file) }),
  one(({ file }) => `The store is copied to ${String(file)}.`),
);

export function objectOf(value: unknown, flag: string): JsonObject {
  try {
    const read = JSON.parse(String(value)) as Json;
    if (read !== null && typeof read === 'object' && !Array.isArray(read)) return read;
  } catch {
    // Said below.
  }
  throw new TropaError('E_BAD_REQUEST', `${flag} is a JSON object, such as '{"total": 100}'.`);
}

/** A link to set a password, told this once: whoever may run commands here may let somebody in. */
export const user: Command = async (context, [how = '', email = ''], options) => {
  if (how !== 'add' && how !== 'reset')
    throw new TropaError('E_BAD_REQUEST', `A user is added or reset: tropa user add EMAIL --role viewer.`);
  return await asking(
    'user',
    () => ({ how, email, role: text(options.role) }),
    one(({ link }) => `Open this link to set a password; it works once, within a day:\n${String(link)}`),
  )(context, [], options);
};
