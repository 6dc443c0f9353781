// Senders and sources of `tropa.yaml`: who takes messages, and the doors events come in by. Their options are texts,
// whatever they look like: a secret of digits keeps its zeros.

import type { Json } from './values.ts';
import { type Fields, map, named, oneOrMore, optional, required } from './yaml/compound.ts';
import { textsOf } from './yaml/free-data.ts';
import type { MapNode } from './yaml/node.ts';
import { child } from './yaml/node.ts';
import { channel, eventName, oneOf, scalar, text, url, word } from './yaml/scalars.ts';
import type { Reader, Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';

/** A sender: its provider, and options that are texts whatever they look like. */
export interface SenderText {
  readonly provider: string;
  readonly name: string | null;
  readonly options: { readonly [key: string]: Json };
}

const PROVIDERS = oneOf('smtp', 'twilio', 'http', 'webpush', 'sandbox');
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
const signingSecret = required(keys, 'The signing secret; a list while secrets change.');
const token = required(keys, 'The token that callers bring; a list while tokens change.');

const land = scalar('a country such as RU or LV', (typed) => (/^[A-Z]{2}$/.test(typed) ? typed : undefined), {
  schema: { type: 'string', pattern: '^[A-Z]{2}$' },
});
const country = optional(land, 'By which national telephone numbers are read, where the person has no country: `RU`.');

const eventMap = optional(
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
              who: optional(expressions, 'Whom it is about: expressions for `user`, `email`, `phone`, `anonymous`.'),
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
);

const formConsent = optional(
  map(
    {
      field: required(text, 'The checkbox; ticked, it is a yes with its proof.'),
      channel: optional(oneOrMore(channel), 'What is allowed by it: `email` unless set.'),
      category: optional(word, 'Only this category of the channel.'),
      text: optional(text, 'The words that stand beside the box, kept as proof.'),
      version: optional(text, 'Which wording it was.'),
    },
    { expects: 'the consent field', called: '"consent"' },
  ),
  'The checkbox by which people agree to be written to.',
);

const SOURCES = {
  bearer: {
    type: required(oneOf('bearer'), 'Events of ours as JSON, with `Authorization: Bearer`.'),
    token,
    country,
    map: eventMap,
  },
  form: {
    type: required(oneOf('form'), 'Fields of a form (Tilda, ticket systems, paper), with a token.'),
    token,
    event: optional(eventName, 'What a filled form is called: `form.submitted` unless set.'),
    fields: optional(
      named(text, text, 'a map of our names and their fields'),
      'Our names of their fields: `{ email: "E-mail", first_name: "Your name" }`. Usual names are known.',
    ),
    consent: formConsent,
    country,
    map: eventMap,
  },
  segment: {
    type: required(oneOf('segment'), "Segment's HTTP tracking API under /v1."),
    write_key: required(keys, 'The key callers authenticate with; a list while keys change.'),
    browser_key: optional(keys, 'The key that pages carry; it may do less.'),
    origins: optional(oneOrMore(url), 'Pages that may call from a browser.'),
    country,
  },
  shopify: {
    type: required(oneOf('shopify'), "Shopify's webhooks."),
    secret: signingSecret,
    url: optional(url, 'The address of the shop, for links to carts and products.'),
  },
  'standard-webhooks': {
    type: required(oneOf('standard-webhooks'), 'Webhooks signed by the Standard Webhooks specification.'),
    secret: signingSecret,
    country,
    map: eventMap,
  },
  woocommerce: {
    type: required(oneOf('woocommerce'), "WooCommerce's webhooks."),
    secret: signingSecret,
    url: optional(url, 'The address of the shop, for `tropa source reconcile`; https.'),
    key: optional(text, 'The consumer key of its REST API (`ck_…`).'),
    secret_key: optional(text, 'The consumer secret of its REST API (`cs_…`).'),
  },
} as const;

type SourceType = keyof typeof SOURCES;
const TYPES = Object.keys(SOURCES) as SourceType[];
const SOURCE_TYPES = oneOf(...TYPES);
const sourceShape = (type: SourceType): Shape<unknown> =>
  map<Fields>(SOURCES[type], { expects: `a source of type ${type}` });
const SHAPES = Object.fromEntries(TYPES.map((type) => [type, sourceShape(type)])) as Record<SourceType, Shape<unknown>>;

export const source: Shape<SourceText> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as authors write it
  expects: 'a source such as { type: segment, write_key: "${WRITE_KEY}" }',
  read(node, what, reader) {
    if (node.kind !== 'map') return mismatch(node, what, this.expects, reader);
    const type = child(node, 'type');
    if (type === undefined)
      return reader.error('E_MISSING_KEY', node.place, `a source needs "type": ${SOURCE_TYPES.expects}.`);
    const told = SOURCE_TYPES.read(type, '"type"', reader);
    if (told === undefined) return undefined;
    const read = SHAPES[told].read(node, what, reader);
    if (read === undefined || (told === 'woocommerce' && !wholeApi(node, reader))) return undefined;
    return { type: told, options: options(node, ['type']) };
  },
  schema: (library) => ({ anyOf: TYPES.map((type) => SHAPES[type].schema(library)) }),
};

/** Together with "url": how the shop is asked by its REST API. */
const API_KEYS = ['key', 'secret_key'] as const;

/** The REST API is asked with both keys and an address, or not at all; over plain HTTP everybody could read the keys. */
function wholeApi(node: MapNode, reader: Reader): boolean {
  if (API_KEYS.every((name) => child(node, name) === undefined)) return true;
  const missing = ['url', ...API_KEYS].filter((name) => child(node, name) === undefined);
  const address = child(node, 'url');
  if (missing.length > 0)
    reader.error(
      'E_MISSING_KEY',
      node.place,
      `to ask the shop by its REST API, a source of type woocommerce needs ${missing.map((name) => `"${name}"`).join(' and ')} as well.`,
    );
  else if (address?.kind === 'text' && !SAFE.test(address.text))
    reader.error(
      'E_VALUE',
      address.place,
      '"url" takes an https:// address here: the keys of the REST API go with every request.',
    );
  else return true;
  return false;
}

const SAFE = /^(?:https:|http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?=[:/]|$))/;
