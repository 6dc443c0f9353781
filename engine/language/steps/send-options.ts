// What every send has, alone or as a rung of a ladder: its channel, its template, its options.

import type { Place } from '../errors.ts';
import type { Send } from '../journey.ts';
import type { Channel } from '../template.ts';
import type { Fields, Values } from '../yaml/compound.ts';
import { optional, readFields, required } from '../yaml/compound.ts';
import { JOURNEY_NAMES } from '../yaml/conditions.ts';
import { freeData } from '../yaml/free-data.ts';
import type { MapNode } from '../yaml/node.ts';
import { oneOf, templateName, text } from '../yaml/scalars.ts';
import type { Reader } from '../yaml/shape.ts';
import { duration, window } from '../yaml/times.ts';

export const CHANNELS: readonly Channel[] = ['email', 'sms', 'push'];

export const SEND_DOCS: Readonly<Record<Channel, string>> = {
  email: 'Sends an email: the name of the template, `reminder` for `reminder.email.mjml`.',
  sms: 'Sends a text message: the name of the template, `last-call` for `last-call.sms.txt`.',
  push: 'Sends a push notification: the name of the template, `nudge` for `nudge.push.txt`.',
};

const OPTIONS = {
  with: optional(
    freeData(JOURNEY_NAMES),
    'Names and values that this message finds in `vars`. A text beginning with `=` is computed.',
    {},
  ),
  quiet: optional(
    oneOf('skip', 'hold'),
    'In quiet hours: `skip` this message, or `hold` it until they end. Otherwise what tropa.yaml says.',
  ),
  window: optional(window, "Hours in which it may leave, in the person's zone: `mon-fri 10:00-20:00`."),
  expires: optional(duration, 'Held longer than this it is skipped as `expired`.'),
};
const SUBJECT = { subject: optional(text, 'Overrides the subject of the template; Liquid.') };

/** The keys of a send on one channel; the template stands under the channel's own name. */
export function sendFields(channel: Channel): Fields {
  return {
    [channel]: required(templateName, SEND_DOCS[channel]),
    ...OPTIONS,
    ...(channel === 'email' && SUBJECT),
  };
}

/** The keys of a send on any channel, for editors. */
export function anySendFields(): Fields {
  const channels = CHANNELS.map((channel) => [channel, optional(templateName, SEND_DOCS[channel])] as const);
  return { ...Object.fromEntries(channels), ...OPTIONS, ...SUBJECT };
}

/** A send from the values of `sendFields`. */
export function sendFrom(channel: Channel, values: unknown): Send {
  const told = values as Values<typeof OPTIONS & typeof SUBJECT> & Readonly<Record<Channel, string>>;
  const { quiet, window: hours, expires } = told;
  return {
    channel,
    template: told[channel],
    with: told.with,
    subject: told.subject ?? null,
    quiet,
    window: hours,
    expires,
  };
}

/** Reads a send that stands in a map with other keys. */
export function readSend<F extends Fields>(
  node: MapNode,
  channel: Channel,
  others: F,
  expects: string,
  reader: Reader,
): { readonly values: Values<F>; readonly send: Send; readonly place: Place } | undefined {
  const values = readFields(node, { ...sendFields(channel), ...others }, { expects }, reader);
  if (values === undefined) return undefined;
  const place = node.entries.find(({ key }) => key === channel)?.value.place ?? node.place;
  return { values: values as unknown as Values<F>, send: sendFrom(channel, values), place };
}
