// The head of a journey as shapes: everything of `journey.yaml` but its steps.

import type { ApiTrigger, EventTrigger, ExitRule, Goal, Reenter, Trigger } from './journey.ts';
import { block } from './steps/verb.ts';
import {
  changed,
  either,
  map,
  needed,
  oneOrMore,
  optional,
  readFields,
  required,
  unknownKey,
} from './yaml/compound.ts';
import { EVENT_NAMES, expression, JOURNEY_NAMES } from './yaml/conditions.ts';
import type { MapNode } from './yaml/node.ts';
import { child } from './yaml/node.ts';
import { eventName, journeyId, name, oneOf, percent, text, truth, whole, word, wordOr } from './yaml/scalars.ts';
import type { Reader, Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';
import { duration } from './yaml/times.ts';

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
    const hint = node.kind === 'text' ? `Write trigger: { event: ${node.text} }` : null;
    if (node.kind !== 'map') return mismatch(node, what, this.expects, reader, hint);
    const [event, api] = [child(node, 'event'), child(node, 'api')];
    if (event !== undefined && api !== undefined)
      return reader.error(
        'E_TWO_VERBS',
        node.place,
        'a trigger is an event or a call, not both. Make a list of two triggers.',
      );
    if (event !== undefined) return eventTrigger(node, reader);
    return api === undefined ? noTrigger(node, reader) : apiTrigger(node, reader);
  },
  schema: (library) => library.ref('trigger', () => ALL_TRIGGER_KEYS.schema(library)),
};

function eventTrigger(node: MapNode, reader: Reader): EventTrigger | undefined {
  const values = readFields(node, BY_EVENT, { expects: 'a trigger', later: LATER_TRIGGERS }, reader);
  if (values === undefined) return undefined;
  const { name: called, if: guard, event, idle, key, max_age: maxAge } = values;
  return { kind: 'event', name: called, if: guard, event, idle, key, maxAge, place: node.place };
}

function apiTrigger(node: MapNode, reader: Reader): ApiTrigger | undefined {
  const values = readFields(node, BY_CALL, { expects: 'a trigger by call', later: LATER_TRIGGERS }, reader);
  if (values?.api === false) return reader.error('E_VALUE', node.place, '"api" is true, or left out.');
  return values === undefined ? undefined : { kind: 'api', name: values.name, if: values.if, place: node.place };
}

function noTrigger(node: MapNode, reader: Reader): undefined {
  const awaited = node.entries.find(({ key }) => LATER_TRIGGERS[key] !== undefined);
  if (awaited !== undefined)
    return reader.error(
      'E_NOT_YET',
      awaited.place,
      `"${awaited.key}" (${LATER_TRIGGERS[awaited.key]}) is not available in this version.`,
    );
  const known = Object.keys({ ...BY_EVENT, ...BY_CALL });
  const odd = node.entries.find(({ key }) => !known.includes(key));
  if (odd !== undefined) return unknownKey(odd, known, { expects: 'a trigger' }, reader);
  return reader.error(
    'E_MISSING_KEY',
    node.place,
    'a trigger needs "event": the event that starts the journey, or "api: true".',
  );
}

const exitRule: Shape<ExitRule> = changed(
  either(
    eventName,
    map(
      {
        event: required(eventName, 'The event that ends the enrollment, wherever the person stands.'),
        if: optional(expression(EVENT_NAMES), 'Only an event of which this is true.'),
        as: optional(word, 'The outcome; `exited` unless set.', 'exited'),
      },
      { expects: 'an exit rule' },
    ),
  ),
  (rule, node) => (typeof rule === 'string' ? { event: rule, if: null, as: 'exited', place: node.place } : rule),
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

const reenter: Shape<Reenter> = changed(wordOr(['after_exit', 'never', 'restart'], duration), (told) =>
  typeof told === 'number' ? { kind: 'after', span: told } : { kind: told },
);

export const JOURNEY_LATER: Readonly<Record<string, string>> = { throttle: 'slowing down scheduled sends' };

/** Every key of `journey.yaml`. */
export const JOURNEY_FIELDS = {
  journey: needed(journeyId, 'The id of this journey, unique in the workspace: `abandoned-cart`.', ''),
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
  trigger: needed(oneOrMore(trigger), 'What starts it: one or a list; any starts the journey.', []),
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
