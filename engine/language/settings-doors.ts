// Senders and sources of `tropa.yaml`: who takes messages, and the doors events come in by. Their options are texts,
// whatever they look like: a secret of digits keeps its zeros.

import type { Json } from './values.ts';
import { map, named, oneOrMore, optional, required } from './yaml/compound.ts';
import { textsOf } from './yaml/free-data.ts';
import type { MapNode } from './yaml/node.ts';
import { child } from './yaml/node.ts';
import { oneOf, scalar, text, url, word } from './yaml/scalars.ts';
import type { Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';

/** A sender: its provider, and options that are texts whatever they look like. */
export interface SenderText {
  readonly provider: string;
  readonly name: string | null;
  readonly options: { readonly [key: string]: Json };
}

const PROVIDERS = oneOf('smtp', 'twilio', 'webpush', 'sandbox');
const SPEED = /^\d+\/(?:s|m|h|d)$/;
const rate = scalar('a rate such as 50/s', (typed) => (SPEED.test(typed) ? typed : undefined), {
  schema: { type: 'string', pattern: SPEED.source },
});

const sender: Shape<SenderText> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
  expects: 'a sender such as { provider: smtp, url: "${SMTP_URL}" }',
  read(node, what, reader) {
    if (node.kind !== 'map') return mismatch(node, what, this.expects, reader);
    const [provider, name, speed] = [child(node, 'provider'), child(node, 'name'), child(node, 'rate')];
    if (provider === undefined)
      return reader.error('E_MISSING_KEY', node.place, `a sender needs "provider": ${PROVIDERS.expects}.`);
    const told = PROVIDERS.read(provider, '"provider"', reader);
    if (speed !== undefined) rate.read(speed, '"rate"', reader);
    const called = name === undefined ? null : word.read(name, '"name"', reader);
    return told === undefined || called === undefined
      ? undefined
      : { provider: told, name: called, options: options(node, ['provider', 'name']) };
  },
  schema: (library) => ({
    type: 'object',
    properties: {
      provider: { ...PROVIDERS.schema(library), description: 'Who takes the messages.' },
      name: { ...word.schema(library), description: 'For `tropa sender pause NAME`.' },
      rate: { ...rate.schema(library), description: 'How fast at most: `50/s`.' },
    },
    required: ['provider'],
  }),
};

function options(node: MapNode, without: readonly string[]): { [key: string]: Json } {
  return Object.fromEntries(
    node.entries.filter(({ key }) => !without.includes(key)).map(({ key, value }) => [key, textsOf(value)]),
  );
}

export const senders = map(
  {
    email: optional(
      oneOrMore(sender),
      'Who sends email: one, or a list (the next only when the first surely did not take it).',
      [] as const,
    ),
    sms: optional(oneOrMore(sender), 'Who sends text messages.', [] as const),
    push: optional(oneOrMore(sender), 'Who sends push notifications.', [] as const),
  },
  { expects: 'senders by channel' },
);

/** A source: its type, and its options as texts. */
export interface SourceText {
  readonly type: string;
  readonly options: { readonly [key: string]: Json };
}

const keys = oneOrMore(text, 'a text, or a list of them');
const expressions = named(text, text, 'a map of fields and expressions');
const SOURCES = {
  segment: {
    type: required(oneOf('segment'), "Segment's HTTP tracking API under /v1."),
    write_key: required(keys, 'The key callers authenticate with; a list while keys change.'),
    browser_key: optional(keys, 'The key that pages carry; it may do less.'),
    origins: optional(oneOrMore(url), 'Pages that may call from a browser.'),
  },
  'standard-webhooks': {
    type: required(oneOf('standard-webhooks'), 'Webhooks signed by the Standard Webhooks specification.'),
    secret: required(keys, 'The signing secret; a list while secrets change.'),
    map: optional(
      map(
        {
          event: required(text, 'The field of the body that names the event: `body.type`.'),
          events: required(
            named(
              text,
              map(
                {
                  name: required(text, 'Our name of this event.'),
                  at: optional(text, 'An expression for its own time.'),
                  who: optional(
                    expressions,
                    'Whom it is about: expressions for `user`, `email`, `phone`, `anonymous`.',
                  ),
                  data: optional(expressions, 'An expression for each field.'),
                },
                { expects: 'an event of the map' },
              ),
              'a map of their events and ours',
            ),
            'Per event of theirs, what it is to us.',
          ),
        },
        { expects: 'the map' },
      ),
      'How their bodies become our events.',
    ),
  },
} as const;
const LATER_SOURCES = ['shopify', 'woocommerce', 'bearer', 'form'];
const SOURCE_TYPES = oneOf('segment', 'standard-webhooks');
const segmentSource = map(SOURCES.segment, { expects: 'a source of type segment' });
const webhookSource = map(SOURCES['standard-webhooks'], { expects: 'a source of type standard-webhooks' });

export const source: Shape<SourceText> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
  expects: 'a source such as { type: segment, write_key: "${WRITE_KEY}" }',
  read(node, what, reader) {
    if (node.kind !== 'map') return mismatch(node, what, this.expects, reader);
    const type = child(node, 'type');
    if (type === undefined)
      return reader.error('E_MISSING_KEY', node.place, `a source needs "type": ${SOURCE_TYPES.expects}.`);
    if (type.kind === 'text' && LATER_SOURCES.includes(type.text))
      return reader.error(
        'E_NOT_YET',
        type.place,
        `sources of type "${type.text}" are not available in this version. Leave the source out.`,
      );
    const told = SOURCE_TYPES.read(type, '"type"', reader);
    if (told === undefined) return undefined;
    const read = told === 'segment' ? segmentSource.read(node, what, reader) : webhookSource.read(node, what, reader);
    return read === undefined ? undefined : { type: told, options: options(node, ['type']) };
  },
  schema: (library) => ({ anyOf: [segmentSource.schema(library), webhookSource.schema(library)] }),
};
