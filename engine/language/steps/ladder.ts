// `reach`: a ladder of rungs, each one send or several at once.

import type { Rung } from '../journey.ts';
import type { Channel } from '../template.ts';
import { later, mapSchemaOf, optional, readFields, required, unknownKey } from '../yaml/compound.ts';
import { expression, JOURNEY_NAMES } from '../yaml/conditions.ts';
import type { MapNode, YamlNode } from '../yaml/node.ts';
import { oneOf, stepId } from '../yaml/scalars.ts';
import { mismatch } from '../yaml/shape.ts';
import { duration } from '../yaml/times.ts';
import { anySendFields, CHANNELS, readSend } from './send-options.ts';
import type { StepReading } from './verb.ts';
import { block, verb } from './verb.ts';

const RUNG_OPTIONS = {
  id: optional(stepId, 'A name of its own for this rung or message.'),
  if: optional(expression(JOURNEY_NAMES), 'Without truth it is passed over.'),
};
const FOR = { for: optional(duration, 'How long to wait for the signal, from hand-over; then the next rung.') };
const TOGETHER = "Sends that leave together under one `for`; any one's signal counts.";

const together = later('a list of sends', (library) => {
  const send = library.ref('sendTogether', () => mapSchemaOf({ ...RUNG_OPTIONS, ...anySendFields() }, library));
  return { type: 'array', minItems: 1, items: send };
});
const rungs = later('a list of rungs, each an email, sms or push', (library) => {
  const parallel = { parallel: optional(together, TOGETHER) };
  const rung = library.ref('rung', () =>
    mapSchemaOf({ ...anySendFields(), ...FOR, ...parallel, ...RUNG_OPTIONS }, library),
  );
  return { type: 'array', minItems: 1, items: rung };
});

export const reachVerb = verb(
  'reach',
  'A ladder: tries one rung after the other until a message gets through.',
  {
    reach: required(rungs, 'The rungs, from the first to try to the last.'),
    until: optional(
      oneOf('delivered', 'opened', 'clicked', 'replied'),
      'The signal that ends the ladder; `opened` unless set.',
      'opened' as const,
    ),
    else: optional(block, 'Runs when every rung ended without the signal.'),
  },
  ({ reach, until, else: otherwise }, step) => {
    const { reader } = step;
    if (reach.kind !== 'list') return mismatch(reach, '"reach"', 'a list of rungs, each an email, sms or push', reader);
    if (reach.items.length === 0) return reader.error('E_VALUE', reach.place, '"reach" needs at least one rung.');
    const read = reach.items.map((item, n) => readRung(item, `${step.id}.${n + 1}`, step));
    for (const [n, rung] of read.entries()) checkFor(rung, n === read.length - 1, otherwise !== null, step);
    return {
      verb: 'reach',
      rungs: read.filter((rung) => rung !== undefined),
      until,
      else: otherwise === null ? null : step.block(otherwise, `${step.id}.else`),
    };
  },
);

function checkFor(rung: Rung | undefined, last: boolean, hasElse: boolean, { reader }: StepReading): void {
  if (rung === undefined || rung.for !== null || (last && !hasElse)) return;
  const why = last
    ? `the last rung, ${rung.id}, needs "for" because the ladder has "else": how long to wait before "else" runs, such as for: 1d.`
    : `rung ${rung.id} needs "for": how long to wait for the signal before the next rung, such as for: 2h.`;
  reader.error('E_MISSING_KEY', rung.place, why);
}

function readRung(node: YamlNode, position: string, step: StepReading): Rung | undefined {
  if (node.kind !== 'map')
    return mismatch(node, `rung ${position}`, 'a map with one send, such as push: nudge', step.reader);
  if (node.entries.some(({ key }) => key === 'parallel')) return readParallel(node, position, step);
  const channel = channelOf(node, `rung ${position}`, step);
  if (channel === undefined) return undefined;
  const read = readSend(node, channel, { ...RUNG_OPTIONS, ...FOR }, `a rung with "${channel}"`, step.reader);
  if (read === undefined) return undefined;
  const { values, send, place } = read;
  const id = values.id ?? position;
  step.claim(id, place);
  return { id, sends: [{ id, if: null, send, place }], if: values.if, for: values.for, place: node.place };
}

function readParallel(node: MapNode, position: string, step: StepReading): Rung | undefined {
  const fields = { ...RUNG_OPTIONS, ...FOR, parallel: required(together, TOGETHER) };
  const values = readFields(node, fields, { expects: 'a rung with "parallel"' }, step.reader);
  if (values === undefined) return undefined;
  const { parallel } = values;
  if (parallel.kind !== 'list') return mismatch(parallel, '"parallel"', 'a list of sends', step.reader);
  if (parallel.items.length === 0)
    return step.reader.error('E_VALUE', parallel.place, '"parallel" needs at least one send.');
  const id = values.id ?? position;
  step.claim(id, node.place);
  const sends = parallel.items.map((item, n) => readTogether(item, `${id}.${n + 1}`, step));
  return { id, sends: sends.filter((one) => one !== undefined), if: values.if, for: values.for, place: node.place };
}

function readTogether(node: YamlNode, position: string, step: StepReading): Rung['sends'][number] | undefined {
  if (node.kind !== 'map')
    return mismatch(node, `send ${position}`, 'a map with one send, such as push: nudge', step.reader);
  const own = node.entries.find(({ key }) => key === 'for');
  if (own !== undefined) {
    return step.reader.error(
      'E_UNKNOWN_KEY',
      own.place,
      'sends that leave together share one "for": put it beside "parallel".',
    );
  }
  const channel = channelOf(node, `send ${position}`, step);
  const read = channel === undefined ? undefined : readSend(node, channel, RUNG_OPTIONS, `"${channel}"`, step.reader);
  if (read === undefined) return undefined;
  const id = read.values.id ?? position;
  step.claim(id, read.place);
  return { id, if: read.values.if, send: read.send, place: read.place };
}

const KNOWN: ReadonlySet<string> = new Set([
  ...Object.keys(anySendFields()),
  ...Object.keys(RUNG_OPTIONS),
  'for',
  'parallel',
]);
const LATER = { send: 'sending on the best channel', coupon: 'coupons', call: 'HTTP calls' };

/** The one channel of a rung. */
function channelOf(node: MapNode, what: string, { reader }: StepReading): Channel | undefined {
  const [channel, second] = CHANNELS.filter((one) => node.entries.some(({ key }) => key === one));
  if (second !== undefined) {
    return reader.error(
      'E_TWO_VERBS',
      node.place,
      `${what} sends on ${channel} and ${second}. Make two rungs of it, or put both under "parallel".`,
    );
  }
  if (channel !== undefined) return channel;
  const odd = node.entries.find(({ key }) => !KNOWN.has(key));
  if (odd !== undefined) return unknownKey(odd, [...CHANNELS, 'parallel'], { expects: what, later: LATER }, reader);
  return reader.error('E_NO_VERB', node.place, `${what} sends nothing. Name a template: email, sms, push or parallel.`);
}
