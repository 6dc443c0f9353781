// The lines of a spec's script: when something happens, and what.

import type { ScriptLine } from './journey.ts';
import { profile, stepName } from './spec-shapes.ts';
import { suggest } from './suggest.ts';
import type { Channel } from './template.ts';
import type { JsonObject } from './values.ts';
import type { Fields, Values } from './yaml/compound.ts';
import { mapSchemaOf, optional, readFields, required, spaceHint } from './yaml/compound.ts';
import { plainData, plainValue } from './yaml/free-data.ts';
import type { MapNode, YamlNode } from './yaml/node.ts';
import { channel, eventName, journeyId, text } from './yaml/scalars.ts';
import type { JsonSchema, Library, Reader, Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';
import { duration, moment, offset } from './yaml/times.ts';

type Action = ScriptLine['action'];

const WHEN = {
  after: optional(duration, 'So long after the line before; the first counts from `start`.'),
  at: optional(moment, "At this date and time; the person's wall clock without a zone."),
};

interface Told {
  readonly action: Action;
  readonly dated?: number | null;
}

interface LineVerb {
  readonly key: string;
  readonly fields: Fields;
  read(node: MapNode, reader: Reader): (Values<typeof WHEN> & Told) | undefined;
}

function lineVerb<F extends Fields>(key: string, fields: F, build: (values: Values<F>) => Told): LineVerb {
  return {
    key,
    fields,
    read(node, reader) {
      const values = readFields(node, { ...WHEN, ...fields }, { expects: `a line with "${key}"` }, reader);
      return values === undefined
        ? undefined
        : { ...(values as unknown as Values<typeof WHEN>), ...build(values as unknown as Values<F>) };
    },
  };
}

/** Another person: `as: bob`, `as: {id: bob}`. */
const person: Shape<JsonObject> = {
  expects: 'the id of another person, or a profile such as {id: bob}',
  read: (node, what, reader) => (node.kind === 'text' ? { id: node.text } : profile.read(node, what, reader)),
  schema: () => ({ type: ['string', 'object'] }),
};

/** An answer's value: a number where it is one, else the text. */
const answer: Shape<string | number> = {
  expects: 'a text or a number',
  read(node, what, reader) {
    const told = node.kind === 'text' ? plainValue(node, 'value', reader) : undefined;
    return typeof told === 'string' || typeof told === 'number' ? told : mismatch(node, what, this.expects, reader);
  },
  schema: () => ({ type: ['string', 'number'] }),
};

const SIGNALS = ['opened', 'clicked', 'delivered', 'bounced', 'failed', 'replied'] as const;

const signalVerbs = SIGNALS.map((signal) => {
  const of = { [signal]: required(stepName, `The message was ${signal}: a step's id, or a template's name.`) };
  return lineVerb(signal, { ...of, value: optional(answer, 'What was answered, or clicked.') }, (values): Told => {
    return {
      action: {
        kind: 'signal',
        signal,
        step: String((values as { readonly [key: string]: unknown })[signal]),
        value: values.value,
      },
    };
  });
});

const EVENT = {
  event: required(eventName, 'An event arrives.'),
  data: optional(plainData, 'Its data.', {}),
  as: optional(person, 'It is about another person.'),
  dated: optional(offset, 'Its own time, from when it arrives: `-10m`.'),
  id: optional(text, 'Its message id: the same id twice is a duplicate.'),
};

const LINE_VERBS: readonly LineVerb[] = [
  lineVerb('event', EVENT, ({ event, data, as, dated, id }) => ({
    action: { kind: 'event', event, data, as, id },
    dated,
  })),
  lineVerb(
    'start',
    {
      start: required(journeyId, 'Starts the journey by call.'),
      data: optional(plainData, 'The data it starts with.', {}),
    },
    ({ start, data }) => ({ action: { kind: 'start', journey: start, data } }),
  ),
  ...signalVerbs,
  lineVerb(
    'unsubscribed',
    { unsubscribed: required(channel, 'Withdraws consent for a channel.') },
    ({ unsubscribed }) => ({ action: { kind: 'unsubscribed', channel: unsubscribed as Channel } }),
  ),
  lineVerb('update', { update: required(profile, 'Changes the person.') }, ({ update }) => ({
    action: { kind: 'update', traits: update },
  })),
];
const VERB_KEYS = LINE_VERBS.map(({ key }) => key);
const PASS = lineVerb('after', {}, () => ({ action: { kind: 'pass' } }));

/** Reads one line. */
export function readLine(node: YamlNode, reader: Reader): ScriptLine | undefined {
  if (node.kind !== 'map')
    return mismatch(
      node,
      'a line of the script',
      'a map with one verb, such as { after: 3h, opened: reminder }',
      reader,
      spaceHint(node, [...VERB_KEYS, ...Object.keys(WHEN)]),
    );
  const [verb, second] = LINE_VERBS.filter(({ key }) => node.entries.some((entry) => entry.key === key));
  if (verb !== undefined && second !== undefined)
    return reader.error(
      'E_TWO_VERBS',
      node.place,
      `a line does one thing, and here are "${verb.key}" and "${second.key}". Make two lines of it.`,
    );
  const read = (verb ?? passing(node, reader))?.read(node, reader);
  if (read === undefined) return undefined;
  const at = node.entries.find(({ key }) => key === verb?.key)?.value.place ?? node.place;
  if (read.after !== null && read.at !== null)
    return reader.error('E_TWO_VERBS', node.place, '"after" and "at" both tell when. Keep one of them.');
  return { after: read.after, at: read.at, dated: read.dated ?? null, action: read.action, place: at };
}

/** A line that lets time pass; one with an unknown verb is a fault. */
function passing(node: MapNode, reader: Reader): LineVerb | undefined {
  const odd = node.entries.find(({ key }) => !Object.hasOwn(WHEN, key));
  if (odd === undefined) return PASS;
  const near = suggest(odd.key, VERB_KEYS);
  return reader.error(
    'E_UNKNOWN_VERB',
    odd.place,
    `no verb "${odd.key}". ${near === null ? `A line has one of ${VERB_KEYS.join(', ')}.` : `Did you mean "${near}"?`}`,
  );
}

/** A line as JSON Schema: every verb's keys, one verb at most. */
export function lineSchema(library: Library): JsonSchema {
  const fields = Object.fromEntries(
    LINE_VERBS.flatMap(({ fields: own }) =>
      Object.entries(own).map(([key, field]) => [key, { ...field, required: false }]),
    ),
  );
  return mapSchemaOf({ ...WHEN, ...fields }, library, 'What happens, and when.');
}
