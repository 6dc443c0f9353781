// What a verb of the language is: its keys, and how it becomes a step. The verbs stand in files beside this one.

import type { Place } from '../errors.ts';
import type { Awaited, Step } from '../journey.ts';
import type { Fields, Values } from '../yaml/compound.ts';
import { later, optional, readFields } from '../yaml/compound.ts';
import { expression, JOURNEY_NAMES } from '../yaml/conditions.ts';
import type { MapNode, YamlNode } from '../yaml/node.ts';
import { stepId, text } from '../yaml/scalars.ts';
import type { JsonSchema, Reader } from '../yaml/shape.ts';

/** What a step is besides its verb. */
export type StepBody = Step extends infer S
  ? S extends Step
    ? Omit<S, 'id' | 'named' | 'note' | 'guard' | 'place'>
    : never
  : never;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
export type PendingSignal = Writable<Awaited & { kind: 'signal' }>;

/** What a verb may ask of the reader that reads it. */
export interface StepReading {
  readonly reader: Reader;
  /** This step's id: inner steps are numbered below it. */
  readonly id: string;
  /** Whether the author named it. */
  readonly named: boolean;
  readonly place: Place;
  /** Reads a block of steps, numbered below `prefix`; none where the node is left out. */
  block(node: YamlNode | null, prefix: string): readonly Step[];
  /** Takes an id; a second taker is a fault. */
  claim(id: string, place: Place): void;
  /** A message named before all messages are known. */
  refer(awaited: PendingSignal, place: Place): void;
}

export interface Verb {
  readonly key: string;
  readonly doc: string;
  readonly fields: Fields;
  read(node: MapNode, step: StepReading): StepBody | undefined;
}

/** A verb: `fields` holds the verb's own key and its options. */
export function verb<F extends Fields>(
  key: string,
  doc: string,
  fields: F,
  build: (values: Values<F>, step: StepReading) => StepBody | undefined,
): Verb {
  return {
    key,
    doc,
    fields,
    read(node, step) {
      const options = { expects: `"${key}"`, later: LATER_OPTIONS };
      const values = readFields(node, { ...COMMON_SEEN, ...fields }, options, step.reader);
      return values === undefined ? undefined : build(values as unknown as Values<F>, step);
    },
  };
}

const LATER_OPTIONS: Readonly<Record<string, string>> = {
  take: 'sending the better one',
  via: 'the channel this person reacts to most',
};

/** Options of every step. They are read before the verb, which only knows them. */
export const COMMON = {
  id: optional(
    stepId,
    'A name of its own for this step. Without one it is known by its place: `3`, `3.do.1`. Names survive moving steps about.',
  ),
  note: optional(text, 'For whoever reads the journey; shown on its page.'),
  if: optional(expression(JOURNEY_NAMES), 'Without truth the step is passed over.'),
} satisfies Fields;

/** The same keys, taken without reading: for the second look at a map whose common options were read already. */
const COMMON_SEEN: Fields = Object.fromEntries(
  Object.keys(COMMON).map((key) => [
    key,
    optional(
      later('', () => ({})),
      '',
    ),
  ]),
);

/** A block of steps, read by `StepReading.block` where its number is known. */
export const block = later('a list of steps', (): JsonSchema => ({ $ref: '#/definitions/steps' }));
