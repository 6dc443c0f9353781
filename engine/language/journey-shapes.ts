// The head of a journey as shapes: everything of `journey.yaml` but its steps.

import type { ApiTrigger, EventTrigger, ExitRule, Goal, Reenter, Trigger } from './journey.ts';
import { block } from './steps/verb.ts';
import { changed, map, oneOrMore, optional, readFields, required } from './yaml/compound.ts';
import { EVENT_NAMES, expression, JOURNEY_NAMES } from './yaml/conditions.ts';
import { child } from './yaml/node.ts';
import { duration, eventName, journeyId, name, oneOf, percent, text, truth, whole, word } from './yaml/scalars.ts';
import type { Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';

const DAY = 86_400_000;

const LATER_TRIGGERS: Readonly<Record<string, string>> = {
  segment: 'starting when a person enters a segment',
  leaves: 'starting when a person leaves a segment',
  date: 'starting on a date of the person',
  offset: 'starting on a date of the person',
  yearly: 'starting on a date of the person',
  schedule: 'starting by schedule',
  local: 'starting by schedule',
  product: 'starting when a product changes',
  who: 'starting when a product changes',
  each: 'one enrollment an item',
};

const SHARED = {
  if: optional(expression(EVENT_NAMES), 'Starts only when this is true; `event` is what arrived.'),
  name: optional(name, 'Tells triggers apart: `trigger.name`.'),
};
const BY_EVENT = {
  event: required(eventName, 'Starts when this event arrives.'),
  ...SHARED,
  idle: optional(duration, 'Starts once the key has been silent this long: "abandoned".'),
  key: optional(
    expression(EVENT_NAMES, 'a condition that yields the key, such as event.cart_id'),
    'One enrollment per person and key.',
  ),
  max_age: optional(
    duration,
    'Received later than this after its own time, the event starts nothing. 24h unless set.',
    DAY,
  ),
};
const BY_CALL = { api: required(truth, 'Starts by call or command.'), ...SHARED };

const ALL_TRIGGER_KEYS = map(
  { ...BY_EVENT, event: optional(eventName, BY_EVENT.event.doc), api: optional(truth, BY_CALL.api.doc) },
  { expects: 'a trigger', later: LATER_TRIGGERS, doc: 'What starts the journey: an event, or a call.' },
);

const trigger: Shape<Trigger> = {
  expects: 'an event such as {event: cart.updated}, or {api: true}',
  read(node, what, reader) {
    if (node.kind !== 'map')
      return mismatch(
        node,
        what,
        this.expects,
        reader,
        node.kind === 'text' ? `Write trigger: { event: ${node.text} }` : null,
      );
    const [event, api] = [child(node, 'event'), child(node, 'api')];
    const later = node.entries.find(({ key }) => LATER_TRIGGERS[key] !== undefined);
    if (event === undefined && api === undefined && later !== undefined)
      return reader.error(
        'E_NOT_YET',
        later.place,
        `"${later.key}" (${LATER_TRIGGERS[later.key]}) is not available in this version.`,
      );
    if (event === undefined && api === undefined)
      return (
        ALL_TRIGGER_KEYS.read(node, what, reader) &&
        reader.error(
          'E_MISSING_KEY',
          node.place,
          'a trigger needs "event": the event that starts the journey, or "api: true".',
        )
      );
    if (event !== undefined && api !== undefined)
      return reader.error(
        'E_TWO_VERBS',
        node.place,
        'a trigger is an event or a call, not both. Make a list of two triggers.',
      );
    const options = { expects: event === undefined ? 'a trigger by call' : 'a trigger', later: LATER_TRIGGERS };
    if (event === undefined) {
      const values = readFields(node, BY_CALL, options, reader);
      if (values?.api === false) return reader.error('E_VALUE', node.place, '"api" is true, or left out.');
      return values === undefined
        ? undefined
        : ({ kind: 'api', name: values.name, if: values.if, place: node.place } satisfies ApiTrigger);
    }
    const values = readFields(node, BY_EVENT, options, reader);
    if (values === undefined) return undefined;
    return {
      kind: 'event',
      name: values.name,
      if: values.if,
      event: values.event,
      idle: values.idle,
      key: values.key,
      maxAge: values.max_age,
      place: node.place,
    } satisfies EventTrigger;
  },
  schema: (library) => library.ref('trigger', () => ALL_TRIGGER_KEYS.schema(library)),
};

const exitRule: Shape<ExitRule> = changed(
  map(
    {
      event: required(eventName, 'The event that ends the enrollment, wherever the person stands.'),
      if: optional(expression(EVENT_NAMES), 'Only an event of which this is true.'),
      as: optional(word, 'The outcome; `exited` unless set.', 'exited'),
    },
    { expects: 'an exit rule' },
  ),
  (rule) => rule,
);

const goal: Shape<Goal> = map(
  {
    event: required(eventName, 'The event that counts as reaching the goal. It does not end the journey.'),
    if: optional(expression(EVENT_NAMES), 'Only an event of which this is true.'),
    within: optional(duration, 'Of entering, for the control group alike.'),
    value: optional(
      expression(EVENT_NAMES, 'a condition that yields a number, such as event.total'),
      'What it is worth: `event.total`.',
    ),
    currency: optional(
      expression(EVENT_NAMES, 'a condition that yields a currency, such as event.currency'),
      'Its currency: `event.currency`.',
    ),
  },
  { expects: 'the goal' },
);

const WORDS = oneOf('after_exit', 'never', 'restart');
const reenter: Shape<Reenter> = {
  expects: 'after_exit, never, restart, or a duration such as 7d',
  read(node, what, reader) {
    if (node.kind !== 'text') return mismatch(node, what, this.expects, reader);
    if (!/^\d/.test(node.text)) {
      const kind = WORDS.read(node, what, reader);
      return kind === undefined ? undefined : { kind };
    }
    const span = duration.read(node, what, reader);
    return span === undefined ? undefined : { kind: 'after', span };
  },
  schema: (library) => ({ anyOf: [WORDS.schema(library), duration.schema(library)] }),
};

export const JOURNEY_LATER: Readonly<Record<string, string>> = { throttle: 'slowing down scheduled sends' };

/** Every key of `journey.yaml`. */
export const JOURNEY_FIELDS = {
  journey: required(journeyId, 'The id of this journey, unique in the workspace: `abandoned-cart`.'),
  title: optional(text, 'What people call it.'),
  status: optional(
    oneOf('draft', 'test', 'live'),
    '`draft` (default): checked and tested, nobody enters · `test`: only the segment `testers` · `live`.',
    'draft' as const,
  ),
  category: optional(
    word,
    'What people may opt out of; `marketing` unless set. Categories stand in tropa.yaml.',
    'marketing',
  ),
  priority: optional(
    whole(0, 100),
    '0 to 100, 50 unless set; the higher goes first when a cap leaves room for one contact.',
    50,
  ),
  trigger: required(oneOrMore(trigger), 'What starts it: one or a list; any starts the journey.'),
  audience: optional(expression(JOURNEY_NAMES), 'Whom it is for. Judged at entry and again at each send.'),
  reenter: optional(
    reenter,
    '`after_exit` (default) · `never` · `restart` · a duration since the last entry of this key.',
    { kind: 'after_exit' } as const,
  ),
  holdout: optional(percent, 'A control group that gets nothing, sticky by person: `10%`.', 0),
  exit: optional(oneOrMore(exitRule), 'Events that end it at once, wherever the person stands.', [] as const),
  goal: optional(goal, 'What counts as success.'),
  steps: required(block, 'What happens, step by step.'),
};
