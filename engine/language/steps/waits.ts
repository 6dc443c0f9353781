// `wait`: a length of time, a wall clock, or a moment from data.

import { parseMoment } from '../calendar.ts';
import type { Condition } from '../condition.ts';
import type { Wait } from '../journey.ts';
import type { Values } from '../yaml/compound.ts';
import { changed, either, map, optional, required } from '../yaml/compound.ts';
import { expression, JOURNEY_NAMES, readCondition } from '../yaml/conditions.ts';
import type { TextNode } from '../yaml/node.ts';
import { oneOf, whole } from '../yaml/scalars.ts';
import type { Reader, Shape } from '../yaml/shape.ts';
import { mismatch } from '../yaml/shape.ts';
import { duration, weekdayClock } from '../yaml/times.ts';
import { verb } from './verb.ts';

const UNTIL = 'a date such as 2026-11-27, a date and time, or a condition that yields one, such as trigger.starts_at';

/** A literal date or time, or an expression that yields one. */
const until: Shape<{ readonly text: string } | Condition> = {
  expects: UNTIL,
  read(node, what, reader) {
    if (node.kind !== 'text' || node.text.trim() === '') return mismatch(node, what, UNTIL, reader);
    const text = node.text.trim();
    if (!/^\d/.test(text)) return readCondition(withoutSign(node), JOURNEY_NAMES, reader);
    return parseMoment(text, 'UTC') === null ? mismatch(node, what, UNTIL, reader) : { text };
  },
  schema: () => ({ type: 'string' }),
};

/** A whole number of days, or an expression that yields one. */
const days: Shape<number | Condition> = {
  expects: 'a whole number of days, or a condition that yields one',
  read(node, what, reader) {
    if (node.kind === 'text' && !/^[-+]?[\d.]+[a-z]*$/.test(node.text.trim()))
      return expression(JOURNEY_NAMES).read(withoutSign(node), what, reader);
    return whole(-3650, 3650).read(node, what, reader);
  },
  schema: () => ({ type: ['integer', 'string'] }),
};

/** `=` may stand before an expression here as in free data. */
function withoutSign(node: TextNode): TextNode {
  if (!node.text.startsWith('=')) return node;
  return { ...node, text: node.text.slice(1), inside: { ...node.inside, column: node.inside.column + 1 } };
}

const WAIT_KEYS = {
  for: optional(duration, 'How long; `1d` is 24 hours.'),
  jitter: optional(duration, 'Spreads a crowd: up to this much longer, differently for each person.'),
  days: optional(days, "Calendar days in the person's zone. With `until` it moves that moment and may be negative."),
  at: optional(
    weekdayClock,
    "A time of day in the person's zone: `10:00`, `mon 10:00`. Without `days`, the next such moment.",
  ),
  until: optional(until, 'A date, a date and time, or a moment from data.'),
  past: optional(oneOf('continue', 'exit'), 'What a moment in the past does: `continue` (default) or `exit`.'),
};

const waitMap = changed(map(WAIT_KEYS, { expects: 'a map of for, days, at or until' }), (values, node, reader) => {
  // A value that could not be read was reported.
  if (node.kind === 'map' && node.entries.some(({ key }) => (values as Record<string, unknown>)[key] === null))
    return undefined;
  if (values.until !== null) return untilWait(values, reader);
  if (values.for !== null) return forWait(values, reader);
  if (values.past !== null)
    return reader.error('E_VALUE', values.place, '"past" belongs to "until": it tells what a moment in the past does.');
  if (values.days === null && values.at === null) return mismatch(node, '"wait"', 'for, days, at or until', reader);
  return clockWait(values, reader);
});

type WaitValues = Values<typeof WAIT_KEYS>;

function forWait(values: WaitValues, reader: Reader): Wait | undefined {
  if (values.days !== null || values.at !== null)
    return reader.error(
      'E_VALUE',
      values.place,
      '"for" is a length of time; "days" and "at" are a calendar. Use one or the other, or two waits.',
    );
  return { kind: 'for', for: values.for ?? 0, jitter: values.jitter ?? 0 };
}

function clockWait(values: WaitValues, reader: Reader): Wait | undefined {
  const { days: count, at } = values;
  if (values.jitter !== null) return reader.error('E_VALUE', values.place, '"jitter" belongs to "for".');
  if (count !== null && typeof count !== 'number')
    return reader.error('E_VALUE', values.place, '"days" is a number here; a condition may stand beside "until" only.');
  if (count !== null && (count < 1 || (at !== null && at.weekday !== null))) {
    return reader.error(
      'E_VALUE',
      values.place,
      count < 1
        ? '"days" is at least 1 here; days before a moment need "until".'
        : 'a weekday and "days" contradict each other. Leave one of them out.',
    );
  }
  return { kind: 'clock', days: count, weekday: at?.weekday ?? null, at: at?.at ?? null };
}

function untilWait(values: WaitValues, reader: Reader): Wait | undefined {
  if (values.for !== null || values.jitter !== null)
    return reader.error('E_VALUE', values.place, '"until" names a moment, "for" a length of time. Use one of them.');
  if (values.at !== null && values.at.weekday !== null)
    return reader.error(
      'E_VALUE',
      values.place,
      'a weekday has no place beside "until". Write the time of day alone, such as at: 10:00.',
    );
  if (values.until === null) return undefined;
  return {
    kind: 'until',
    until: values.until,
    days: values.days,
    at: values.at?.at ?? null,
    past: values.past ?? 'continue',
  };
}

const simpleWait: Shape<Wait> = changed(
  {
    ...duration,
    read(node, what, reader) {
      const clock =
        node.kind === 'text' && /^(?:[a-z]{3,9}\s+)?\d{1,2}:\d{2}$/i.test(node.text)
          ? `Write a time of day as wait: { at: ${node.text} }`
          : null;
      return clock === null ? duration.read(node, what, reader) : mismatch(node, what, duration.expects, reader, clock);
    },
  },
  (length) => ({ kind: 'for', for: length, jitter: 0 }),
);

const DOC =
  'Rests: `2h` · `{for: 2h, jitter: 30m}` · `{days: 2, at: 10:00}` · `{at: mon 10:00}` · `{until: trigger.starts_at, days: -3, at: 10:00}`.';

export const waitVerb = verb('wait', DOC, { wait: required(either(simpleWait, waitMap), DOC) }, ({ wait }) => ({
  verb: 'wait',
  wait,
}));
