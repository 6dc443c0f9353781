// `update`, `tag`, `untag`, `set`, `emit`, `exit`: verbs done in a moment.

import { suggest } from '../suggest.ts';
import { OWN_EVENTS } from '../vocabulary.ts';
import { changed, oneOrMore, optional, required } from '../yaml/compound.ts';
import { JOURNEY_NAMES } from '../yaml/conditions.ts';
import { freeData } from '../yaml/free-data.ts';
import { eventName, name, tag, word } from '../yaml/scalars.ts';
import type { Shape } from '../yaml/shape.ts';
import { verb } from './verb.ts';

const UPDATE = 'Changes the person: `{plan: gold, points: =profile.points + 10}`.';
const SET = 'Sets variables of this enrollment, seen as `vars.name`.';
const EMIT = "Sends an event into the same road as the storefront's.";
const EXIT = 'Leaves the journey with this outcome.';

/** Kept by Tropa itself; a step cannot claim another truth. */
const KEPT: ReadonlySet<string> = new Set([
  'orders_count',
  'orders_total',
  'first_order_at',
  'last_order_at',
  'created_at',
  'last_seen_at',
  'id',
]);

const fields = changed(freeData(JOURNEY_NAMES), (data, node, reader) => {
  for (const { key, place } of node.kind === 'map' ? node.entries : []) {
    if (KEPT.has(key))
      reader.error(
        'E_RESERVED_NAME',
        place,
        `profile.${key} is kept by Tropa itself and cannot be changed here. Choose another name.`,
      );
    if (key === 'tags') reader.error('E_RESERVED_NAME', place, 'tags are changed by "tag" and "untag".');
  }
  return data;
});

const variables = changed(freeData(JOURNEY_NAMES), (data, node, reader) => {
  for (const { key, place } of node.kind === 'map' ? node.entries : [])
    name.read(
      { kind: 'text', text: key, place, inside: place, quoted: false, folded: false, cut: null },
      'a variable',
      reader,
    );
  return data;
});

/** An event of one's own: those Tropa makes cannot be claimed. */
const ownEvent: Shape<string> = changed(eventName, (event, node, reader) => {
  if (!/^(?:message|journey|segment)\./.test(event)) return event;
  const near = suggest(event, OWN_EVENTS);
  return reader.error(
    'E_RESERVED_NAME',
    node.place,
    `"${near ?? event}" is an event Tropa itself makes. Choose another name.`,
  );
});

const outcome: Shape<string> = changed(word, (told, node, reader) =>
  ['active', 'none'].includes(told)
    ? reader.error(
        'E_RESERVED_NAME',
        node.place,
        `"${told}" is not an outcome: it tells that there is none. Choose another name.`,
      )
    : told,
);

export const actingVerbs = [
  verb('update', UPDATE, { update: required(fields, UPDATE) }, ({ update }) => ({ verb: 'update', fields: update })),
  verb(
    'tag',
    'Adds a tag, or a list of them, to the person.',
    { tag: required(oneOrMore(tag), 'One tag or a list of tags.') },
    (values) => ({ verb: 'tag', tags: values.tag }),
  ),
  verb(
    'untag',
    'Takes a tag, or a list of them, from the person.',
    { untag: required(oneOrMore(tag), 'One tag or a list of tags.') },
    ({ untag }) => ({ verb: 'untag', tags: untag }),
  ),
  verb('set', SET, { set: required(variables, SET) }, ({ set }) => ({ verb: 'set', fields: set })),
  verb(
    'emit',
    EMIT,
    { emit: required(ownEvent, EMIT), data: optional(freeData(JOURNEY_NAMES), 'Its data.', {}) },
    ({ emit, data }) => ({ verb: 'emit', event: emit, data }),
  ),
  verb('exit', EXIT, { exit: required(outcome, EXIT) }, ({ exit }) => ({ verb: 'exit', outcome: exit })),
];
