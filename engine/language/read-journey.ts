// From the text of `journey.yaml` to a Journey, and every fault of it at once. What only shows beside other files
// (templates, segments, other journeys) is `check/`.

import type { Fault } from './errors.ts';
import type { Journey } from './journey.ts';
import { JOURNEY_FIELDS, JOURNEY_LATER } from './journey-shapes.ts';
import { referTo } from './message-references.ts';
import { ambiguous, StepReader, unknownStep } from './read-steps.ts';
import { conditionsOf, mentions, messagesOf } from './walk.ts';
import { readFields } from './yaml/compound.ts';
import type { YamlNode } from './yaml/node.ts';
import { childText } from './yaml/node.ts';
import { readYaml } from './yaml/read-yaml.ts';
import { mismatch, Reader } from './yaml/shape.ts';

export interface JourneyReading {
  /** Undefined when the file has an error. */
  readonly journey: Journey | undefined;
  readonly faults: readonly Fault[];
}

/** A journey with whatever could be read of it, for checks that go on in spite of errors. */
export interface JourneyDraft extends JourneyReading {
  readonly file: string;
  /** What is there, errors or not; undefined when too little is. */
  readonly draft: Journey | undefined;
  /** The file as nodes, for looking where something is mentioned. */
  readonly node: YamlNode | null;
  /** The id it gives itself, as typed. */
  readonly id: string | undefined;
}

/** Reads one journey. `file` is what places say. */
export function readJourney(file: string, text: string): JourneyReading {
  const { journey, faults } = draftJourney(file, text);
  return { journey, faults };
}

/** Reads as much of a journey as there is. */
export function draftJourney(file: string, text: string): JourneyDraft {
  const { node, faults } = readYaml(file, text);
  const reader = new Reader(file, [...faults]);
  const draft = node === null ? undefined : draftOf(node, reader);
  return {
    file,
    draft,
    node,
    id: childText(node ?? undefined, 'journey'),
    journey: reader.broken ? undefined : draft,
    faults: reader.faults,
  };
}

function draftOf(node: YamlNode, reader: Reader): Journey | undefined {
  const expects = 'a journey: journey, trigger and steps';
  if (node.kind !== 'map') return mismatch(node, 'the file', expects, reader);
  const values = readFields(node, JOURNEY_FIELDS, { expects: 'a journey', later: JOURNEY_LATER }, reader);
  const stepsNode = node.entries.find(({ key }) => key === 'steps')?.value ?? null;
  const stepReader = new StepReader(reader);
  const steps = stepReader.block(stepsNode, '');
  const mentioned = reader.broken ? mentions(stepsNode) : new Set<string>();
  stepReader.settle(steps, mentioned);
  if (values === undefined) return undefined;
  if (stepsNode?.kind === 'list' && stepsNode.items.length === 0)
    reader.error('E_VALUE', stepsNode.place, '"steps" needs at least one step.');
  const { journey: id, title, status, category, priority, trigger, audience, reenter, holdout, exit, goal } = values;
  const draft: Journey = {
    id: id === '' ? (childText(node, 'journey') ?? '') : id,
    title: title ?? id,
    status,
    category,
    priority,
    triggers: trigger,
    audience,
    reenter,
    holdout,
    exits: exit,
    goal,
    steps,
    file: reader.file,
  };
  referencesOf(draft, mentioned, reader);
  return draft;
}

/** `message("…")` in conditions. */
function referencesOf(journey: Journey, mentioned: ReadonlySet<string>, reader: Reader): void {
  const messages = messagesOf(journey);
  const candidates = new Set(messages.flatMap(({ id, send }) => [send.template, id]));
  for (const condition of conditionsOf(journey)) {
    for (const reference of condition.messages) {
      const referred = referTo(messages, reference);
      if (referred.kind === 'several')
        reader.error('E_AMBIGUOUS_STEP', condition.place, ambiguous(reference, referred.ids));
      if (referred.kind === 'none' && !mentioned.has(reference))
        reader.error('E_UNKNOWN_STEP', condition.place, unknownStep(reference, candidates));
    }
  }
}
