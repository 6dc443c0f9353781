// `wait_for`: a signal of a message, an event, or the first of several.

import type { AwaitedSignal, Step } from '../journey.ts';
import { later, mapSchemaOf, needed, optional, readFields, required } from '../yaml/compound.ts';
import { EVENT_NAMES, expression } from '../yaml/conditions.ts';
import type { MapNode, YamlNode } from '../yaml/node.ts';
import { eventName, name, oneOf, scalar } from '../yaml/scalars.ts';
import { mismatch } from '../yaml/shape.ts';
import { duration } from '../yaml/times.ts';
import type { PendingSignal, StepReading } from './verb.ts';
import { block, verb } from './verb.ts';

type Awaited = (Step & { verb: 'wait_for' })['waits'][number];

export const SIGNALS: readonly AwaitedSignal[] = ['delivered', 'opened', 'clicked', 'replied', 'failed', 'skipped'];
const EXPECTS =
  'a signal of a message such as {opened: reminder}, an event such as {event: order.placed}, or a list of them';

/** A step's id or a template's name. */
const reference = scalar(
  'the id of a step, or the name of a template that one send uses',
  (text) => (/^[\w.-]+$/.test(text) ? text : undefined),
  {
    schema: { type: ['string', 'number'] },
  },
);

const AS = { as: optional(name, 'Puts its data into `vars` under this name; of an answer, `vars.NAME.value`.') };
const DO = { do: optional(block, 'What follows when this one comes first.') };
const EVENT = {
  event: required(eventName, 'The event to wait for.'),
  if: optional(expression(EVENT_NAMES), 'Only an event of which this is true.'),
};

const schema = later(EXPECTS, (library) => {
  const one = library.ref('awaited', () =>
    mapSchemaOf(
      {
        ...Object.fromEntries(
          SIGNALS.map((signal) => [
            signal,
            optional(reference, `The message was ${signal}: a step's id, or a template's name.`),
          ]),
        ),
        ...EVENT,
        event: optional(EVENT.event.shape, EVENT.event.doc),
        ...AS,
        ...DO,
      },
      library,
    ),
  );
  return { anyOf: [one, { type: 'array', minItems: 1, items: one }] };
});

const DOC = 'Waits for the first of these to happen, then goes on; `else` when `within` has passed.';

export const waitForVerb = verb(
  'wait_for',
  DOC,
  {
    wait_for: required(schema, DOC),
    within: needed(duration, 'How long to wait; then `else`.', 0),
    since: optional(oneOf('entry'), '`entry`: events count from the entry on, not only from the last send or wait.'),
    ...AS,
    do: optional(block, 'What follows when it happens.'),
    else: optional(block, 'What follows when it does not.'),
  },
  (values, step) => {
    const several = values.wait_for.kind === 'list';
    if (several && (values.as !== null || values.do !== null))
      step.reader.error(
        'E_UNKNOWN_KEY',
        values.place,
        'of several awaited things each has its own "do" and "as". Move them into the list.',
      );
    const nodes = values.wait_for.kind === 'list' ? values.wait_for.items : [values.wait_for];
    if (nodes.length === 0)
      return step.reader.error('E_VALUE', values.wait_for.place, '"wait_for" needs something to wait for.');
    const read = nodes
      .map((node, n) => readAwaited(node, several ? `${step.id}.${n + 1}.do` : `${step.id}.do`, step))
      .filter((one) => one !== undefined);
    const own = several ? [] : step.block(values.do, `${step.id}.do`);
    const waits = several ? read : read.map((one) => addOwn(one, values.as, own));
    return {
      verb: 'wait_for',
      waits,
      within: values.within,
      since: values.since === null ? 'step' : 'entry',
      else: step.block(values.else, `${step.id}.else`),
    };
  },
);

/** A lone awaited thing may have its `as` and `do` inside or beside. The object stays the same: its message is yet to be found. */
function addOwn(awaited: Awaited, as: string | null, own: readonly Step[]): Awaited {
  return Object.assign(awaited, { as: awaited.as ?? as, do: awaited.do.length > 0 ? awaited.do : own });
}

function readAwaited(node: YamlNode, prefix: string, step: StepReading): Awaited | undefined {
  if (node.kind !== 'map')
    return mismatch(
      node,
      '"wait_for"',
      EXPECTS,
      step.reader,
      node.kind === 'text' ? `For an event write wait_for: { event: ${node.text} }` : null,
    );
  const told = ['event', ...SIGNALS].filter((kind) => node.entries.some(({ key }) => key === kind));
  if (told.length > 1)
    return step.reader.error(
      'E_TWO_VERBS',
      node.place,
      `one entry waits for one thing, and here are "${told.join('" and "')}". Make a list of them.`,
    );
  return told[0] === 'event'
    ? readEvent(node, prefix, step)
    : readSignal(node, told[0] as AwaitedSignal | undefined, prefix, step);
}

function readEvent(node: MapNode, prefix: string, step: StepReading): Awaited | undefined {
  const values = readFields(node, { ...EVENT, ...AS, ...DO }, { expects: 'waiting for an event' }, step.reader);
  if (values === undefined) return undefined;
  return {
    kind: 'event',
    event: values.event,
    if: values.if,
    as: values.as,
    do: step.block(values.do, prefix),
    place: node.place,
  };
}

function readSignal(
  node: MapNode,
  signal: AwaitedSignal | undefined,
  prefix: string,
  step: StepReading,
): Awaited | undefined {
  if (signal === undefined) {
    const named = Object.fromEntries([...SIGNALS, 'event'].map((key) => [key, optional(reference, '')]));
    const before = step.reader.faults.length;
    readFields(node, { ...named, ...AS, ...DO }, { expects: '"wait_for"' }, step.reader);
    if (step.reader.faults.length === before) mismatch(node, '"wait_for"', EXPECTS, step.reader);
    return undefined;
  }
  const values = readFields(
    node,
    { [signal]: required(reference, ''), ...AS, ...DO },
    { expects: 'waiting for a signal' },
    step.reader,
  );
  const told = node.entries.find(({ key }) => key === signal)?.value;
  if (values === undefined || told?.kind !== 'text') return undefined;
  const awaited: PendingSignal = {
    kind: 'signal',
    signal,
    message: told.text.trim(),
    messageStep: told.text.trim(),
    as: values.as,
    do: step.block(values.do, prefix),
    place: told.place,
  };
  step.refer(awaited, told.place);
  return awaited;
}
