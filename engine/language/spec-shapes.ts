// Every key of `journey.spec.yaml` as shapes.

import type { Expectation, ExpectedMessage, Pick } from './journey.ts';
import type { Millis } from './values.ts';
import { changed, later, list, map, named, oneOrMore, optional, required } from './yaml/compound.ts';
import { plainData } from './yaml/free-data.ts';
import { channel, journeyId, locale, oneOf, scalar, text, truth, word } from './yaml/scalars.ts';
import type { JsonSchema, Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';
import { moment, offset } from './yaml/times.ts';

export const stepName = scalar(
  'the id of a step, or the name of a template',
  (typed) => (/^[\w.-]+$/.test(typed) ? typed : undefined),
  { schema: { type: ['string', 'number'] } },
);

/** `+2h30m` after the start, or a date and time. */
const at: Shape<Millis | string> = {
  expects: 'a time after the start such as +2h30m, or a date and time',
  read(node, what, reader) {
    if (node.kind !== 'text') return mismatch(node, what, this.expects, reader);
    if (/^\+/.test(node.text)) return offset.read(node, what, reader);
    if (/^\d+[wdhms]/.test(node.text))
      return mismatch(node, what, this.expects, reader, `Did you mean "+${node.text}"?`);
    return moment.read(node, what, reader);
  },
  schema: () => ({ type: 'string' }),
};

const MESSAGE = {
  channel: optional(channel, 'Its channel.'),
  template: optional(text, "Its template's name."),
  step: optional(stepName, 'The step that sends it.'),
  at: optional(at, 'When: `+2h30m` counts from `start`.'),
  subject: optional(text, 'The subject or text contains this.'),
  locale: optional(locale, 'The language of the template that was taken.'),
};

/** Only what is told is compared. */
const message: Shape<ExpectedMessage> = changed(
  map(MESSAGE, { expects: 'a message' }),
  ({ place: _place, ...fields }) => withoutNulls(fields) as ExpectedMessage,
);

const REASONS = oneOf(
  'no_address',
  'suppressed',
  'no_consent',
  'audience',
  'capped',
  'quiet',
  'holdout',
  'expired',
  'paused',
  'exited',
);
const skip = changed(
  map(
    { step: optional(stepName, 'The step whose message was skipped.'), reason: optional(REASONS, 'Why.') },
    { expects: 'a skip' },
  ),
  ({ step, reason }) => withoutNulls({ step, reason }) as { step?: string; reason?: string },
);

/** What a case expects. */
export const expectation: Shape<Expectation> = changed(
  map(
    {
      messages: optional(list(message, 'a list of messages'), 'The full list of messages, in order.'),
      skipped: optional(list(skip, 'a list of skips'), 'The full list of skips, in order.'),
      not: optional(list(message, 'a list of messages'), 'Messages that must not be.'),
      profile: optional(plainData, 'Fields of the person at the end.'),
      outcome: optional(word, 'The outcome of the first enrollment; `active` while inside, `none` when never entered.'),
      visited: optional(
        oneOrMore(stepName, 'a list of step ids'),
        'Steps visited in this order, others between allowed.',
      ),
    },
    { expects: 'what must come of it, such as { outcome: completed }', called: '"expect"' },
  ),
  ({ place: _place, ...fields }) => withoutNulls(fields) as Expectation,
);

const pick: Shape<Pick> = changed(
  map(
    {
      holdout: optional(truth, 'Whether the person is held out.'),
      split: optional(named(stepName, word, 'variants by split'), 'The variant of each split, by its id.'),
    },
    { expects: 'choices such as { holdout: true }', called: '"pick"' },
  ),
  ({ holdout, split }) => ({
    ...(holdout !== null && { holdout }),
    ...(split !== null && { split: Object.fromEntries(split) }),
  }),
);

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

export const profile = changed(plainData, (data, node, reader) => {
  const consent = node.kind === 'map' ? node.entries.find(({ key }) => key === 'consent')?.value : undefined;
  if (consent?.kind === 'list') for (const item of consent.items) channel.read(item, 'an entry of "consent"', reader);
  return data;
});

/** Laid upon tropa.yaml, and read with it. */
const settingsPart = later('settings as in tropa.yaml', (): JsonSchema => ({ type: 'object' }));

/** Every key of a case. `settings` stays as it is, to be laid upon tropa.yaml. */
export const CASE_FIELDS = {
  name: required(text, 'What is promised.'),
  start: required(moment, 'When the case begins.'),
  profile: optional(profile, "Overrides the file's profile, field by field.", {}),
  settings: optional(settingsPart, 'Overrides tropa.yaml key by key; a list is replaced whole.'),
  pick: optional(pick, 'Decides what would fall by chance: `{ holdout: true, split: { subject: b } }`.', {}),
  script: optional(
    later('a list of lines', (): JsonSchema => ({ type: 'array', items: { $ref: '#/definitions/line' } })),
    'What happens, line by line.',
  ),
  expect: required(expectation, 'What must come of it.'),
};

/** Every key of `journey.spec.yaml`. */
export const SPEC_FIELDS = {
  journey: required(journeyId, 'The journey that is tested.'),
  profile: optional(profile, 'The person of every case.', {}),
  settings: optional(settingsPart, 'Overrides tropa.yaml key by key; a list is replaced whole.'),
  cases: required(
    later('a list of cases', (): JsonSchema => ({ type: 'array', items: { $ref: '#/definitions/case' } })),
    'What is tested.',
  ),
};
