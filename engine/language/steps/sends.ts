// `email`, `sms`, `push` and `reach`: the verbs that send.

import type { Rung, Send } from '../journey.ts';
import type { Channel } from '../template.ts';
import { later, mapSchemaOf, optional, readFields, required, unknownKey } from '../yaml/compound.ts';
import { expression, JOURNEY_NAMES } from '../yaml/conditions.ts';
import { freeData } from '../yaml/free-data.ts';
import type { MapNode, YamlNode } from '../yaml/node.ts';
import { duration, oneOf, stepId, templateName, text, window } from '../yaml/scalars.ts';
import type { JsonSchema, Library } from '../yaml/shape.ts';
import { mismatch } from '../yaml/shape.ts';
import type { StepReading, Verb } from './verb.ts';
import { block, verb } from './verb.ts';

const CHANNELS: readonly Channel[] = ['email', 'sms', 'push'];

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

const DOCS: Readonly<Record<Channel, string>> = {
  email: 'Sends an email: the name of the template, `reminder` for `reminder.email.mjml`.',
  sms: 'Sends a text message: the name of the template, `last-call` for `last-call.sms.txt`.',
  push: 'Sends a push notification: the name of the template, `nudge` for `nudge.push.txt`.',
};

const SUBJECT = { subject: optional(text, 'Overrides the subject of the template; Liquid.') };
const optionsOf = (channel: Channel) => (channel === 'email' ? { ...OPTIONS, ...SUBJECT } : OPTIONS);

interface SendValues {
  readonly with: Send['with'];
  readonly quiet: Send['quiet'];
  readonly window: Send['window'];
  readonly expires: Send['expires'];
  readonly subject?: string | null;
}

function toSend(channel: Channel, template: string, values: SendValues): Send {
  return {
    channel,
    template,
    with: values.with,
    subject: values.subject ?? null,
    quiet: values.quiet,
    window: values.window,
    expires: values.expires,
  };
}

const sendVerbs: readonly Verb[] = CHANNELS.map((channel) =>
  verb(
    channel,
    DOCS[channel],
    { [channel]: required(templateName, DOCS[channel]), ...optionsOf(channel) },
    (values) => ({
      verb: 'send',
      send: toSend(
        channel,
        String((values as unknown as Record<string, unknown>)[channel]),
        values as unknown as SendValues,
      ),
    }),
  ),
);

const RUNG_OPTIONS = {
  id: optional(stepId, 'A name of its own for this rung or message.'),
  if: optional(expression(JOURNEY_NAMES), 'Without truth it is passed over.'),
};
const FOR = { for: optional(duration, 'How long to wait for the signal, from hand-over; then the next rung.') };
const PARALLEL = {
  parallel: required(
    later('a list of sends', (library) => ({
      type: 'array',
      items: library.ref('sendTogether', () => togetherSchema(library)),
    })),
    "Sends that leave together under one `for`; any one's signal counts.",
  ),
};

/** A rung is one send, or several at once. */
const rungList = later('a list of rungs, each an email, sms or push', (library) => ({
  type: 'array',
  minItems: 1,
  items: library.ref('rung', () => rungSchema(library)),
}));

const reach = verb(
  'reach',
  'A ladder: tries one rung after the other until a message gets through.',
  {
    reach: required(rungList, 'The rungs, from the first to try to the last.'),
    until: optional(
      oneOf('delivered', 'opened', 'clicked', 'replied'),
      'The signal that ends the ladder; `opened` unless set.',
      'opened' as const,
    ),
    else: optional(block, 'Runs when every rung ended without the signal.'),
  },
  (values, step) => {
    if (values.reach.kind !== 'list')
      return mismatch(values.reach, '"reach"', 'a list of rungs, each an email, sms or push', step.reader);
    if (values.reach.items.length === 0)
      return step.reader.error('E_VALUE', values.reach.place, '"reach" needs at least one rung.');
    const { items } = values.reach;
    const rungs = items
      .map((item, n) => readRung(item, `${step.id}.${n + 1}`, step))
      .filter((rung) => rung !== undefined);
    rungs.forEach((rung) =>
      checkFor(rung, rung.id === rungs.at(-1)?.id && rungs.length === items.length, values.else !== null, step),
    );
    return {
      verb: 'reach',
      rungs,
      until: values.until,
      else: values.else === null ? null : step.block(values.else, `${step.id}.else`),
    };
  },
);

function checkFor(rung: Rung, last: boolean, hasElse: boolean, step: StepReading): void {
  if (rung.for === null && !last)
    step.reader.error(
      'E_MISSING_KEY',
      rung.place,
      `rung ${rung.id} needs "for": how long to wait for the signal before the next rung, such as for: 2h.`,
    );
  if (rung.for === null && last && hasElse)
    step.reader.error(
      'E_MISSING_KEY',
      rung.place,
      `the last rung, ${rung.id}, needs "for" because the ladder has "else": how long to wait before "else" runs, such as for: 1d.`,
    );
}

function readRung(node: YamlNode, place: string, step: StepReading): Rung | undefined {
  if (node.kind !== 'map')
    return mismatch(node, `rung ${place}`, 'a map with one send, such as push: nudge', step.reader);
  return node.entries.some(({ key }) => key === 'parallel')
    ? readParallel(node, place, step)
    : readLone(node, place, step);
}

function readLone(node: MapNode, place: string, step: StepReading): Rung | undefined {
  const channel = channelOf(node, `rung ${place}`, step);
  if (channel === undefined) return undefined;
  const fields = { ...RUNG_OPTIONS, ...FOR, ...optionsOf(channel), [channel]: required(templateName, DOCS[channel]) };
  const values = readFields(node, fields, { expects: `a rung with "${channel}"` }, step.reader);
  if (values === undefined) return undefined;
  const id = values.id ?? place;
  const at = templatePlace(node, channel);
  step.claim(id, at);
  const send = toSend(
    channel,
    String((values as unknown as Record<string, unknown>)[channel]),
    values as unknown as SendValues,
  );
  return { id, sends: [{ id, if: null, send, place: at }], if: values.if, for: values.for, place: node.place };
}

function readParallel(node: MapNode, place: string, step: StepReading): Rung | undefined {
  const values = readFields(
    node,
    { ...RUNG_OPTIONS, ...FOR, ...PARALLEL },
    { expects: 'a rung with "parallel"' },
    step.reader,
  );
  if (values === undefined) return undefined;
  const { parallel } = values;
  if (parallel.kind !== 'list') return mismatch(parallel, '"parallel"', 'a list of sends', step.reader);
  if (parallel.items.length === 0)
    return step.reader.error('E_VALUE', parallel.place, '"parallel" needs at least one send.');
  const id = values.id ?? place;
  step.claim(id, node.place);
  const sends = parallel.items
    .map((item, n) => readTogether(item, `${id}.${n + 1}`, step))
    .filter((one) => one !== undefined);
  return { id, sends, if: values.if, for: values.for, place: node.place };
}

function readTogether(node: YamlNode, place: string, step: StepReading): Rung['sends'][number] | undefined {
  if (node.kind !== 'map')
    return mismatch(node, `send ${place}`, 'a map with one send, such as push: nudge', step.reader);
  const channel = channelOf(node, `send ${place}`, step);
  if (channel === undefined) return undefined;
  const own = node.entries.find(({ key }) => key === 'for');
  if (own !== undefined)
    return step.reader.error(
      'E_UNKNOWN_KEY',
      own.place,
      'sends that leave together share one "for": put it beside "parallel".',
    );
  const values = readFields(
    node,
    { ...RUNG_OPTIONS, ...optionsOf(channel), [channel]: required(templateName, DOCS[channel]) },
    { expects: `"${channel}"` },
    step.reader,
  );
  if (values === undefined) return undefined;
  const id = values.id ?? place;
  const at = templatePlace(node, channel);
  step.claim(id, at);
  return {
    id,
    if: values.if,
    send: toSend(
      channel,
      String((values as unknown as Record<string, unknown>)[channel]),
      values as unknown as SendValues,
    ),
    place: at,
  };
}

/** The one channel of a rung. */
function channelOf(node: MapNode, what: string, step: StepReading): Channel | undefined {
  const found = CHANNELS.filter((channel) => node.entries.some(({ key }) => key === channel));
  const [channel] = found;
  if (found.length > 1)
    return step.reader.error(
      'E_TWO_VERBS',
      node.place,
      `${what} sends on ${found.join(' and ')}. Make two rungs of it, or put both under "parallel".`,
    );
  if (channel !== undefined) return channel;
  const known = [...CHANNELS, 'parallel', 'id', 'if', 'for', ...Object.keys(OPTIONS)];
  const odd = node.entries.find(({ key }) => !known.includes(key));
  if (odd !== undefined)
    return unknownKey(
      odd,
      [...CHANNELS, 'parallel'],
      { expects: what, later: { send: 'the best channel', coupon: 'coupons' } },
      step.reader,
    );
  return step.reader.error(
    'E_NO_VERB',
    node.place,
    `${what} sends nothing. Name a template: email, sms, push or parallel.`,
  );
}

function templatePlace(node: MapNode, channel: Channel) {
  return node.entries.find(({ key }) => key === channel)?.value.place ?? node.place;
}

function togetherSchema(library: Library): JsonSchema {
  return mapSchemaOf({ ...RUNG_OPTIONS, ...anySend(), ...optionsOf('email') }, library);
}

function rungSchema(library: Library): JsonSchema {
  return mapSchemaOf(
    {
      ...RUNG_OPTIONS,
      ...FOR,
      ...anySend(),
      ...optionsOf('email'),
      parallel: optional(PARALLEL.parallel.shape, PARALLEL.parallel.doc),
    },
    library,
  );
}

function anySend() {
  return Object.fromEntries(CHANNELS.map((channel) => [channel, optional(templateName, DOCS[channel])]));
}

export const sendingVerbs: readonly Verb[] = [...sendVerbs, reach];
