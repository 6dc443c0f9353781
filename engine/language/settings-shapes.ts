// Every key of `tropa.yaml` as shapes.

import type { Cap, QuietHours } from './settings.ts';
import type { Channel } from './template.ts';
import type { Json, Millis } from './values.ts';
import { changed, list, map, named, oneOrMore, optional, required } from './yaml/compound.ts';
import { expression, SEGMENT_NAMES } from './yaml/conditions.ts';
import { textsOf } from './yaml/free-data.ts';
import type { MapNode } from './yaml/node.ts';
import { child } from './yaml/node.ts';
import {
  channel,
  clock,
  colour,
  currency,
  duration,
  locale,
  oneOf,
  scalar,
  templateName,
  text,
  truth,
  url,
  whole,
  word,
  zone,
} from './yaml/scalars.ts';
import type { Shape } from './yaml/shape.ts';
import { mismatch } from './yaml/shape.ts';

const DAY: Millis = 86_400_000;

const brand = map(
  {
    name: optional(text, 'The name customers know.', ''),
    url: optional(url, 'The address of the shop.', ''),
    color: optional(colour, 'The main colour, in quotes: `"#3B5BDB"`.', '#3B5BDB'),
    address: optional(text, 'The postal address that marketing mails must carry.', ''),
  },
  { expects: 'the brand' },
);

const consent = map(
  {
    email: optional(
      oneOf('opt_in', 'opt_out'),
      '`opt_in` (default): marketing needs a recorded yes · `opt_out`: no recorded no.',
      'opt_in' as const,
    ),
    sms: optional(
      oneOf('opt_in', 'opt_out'),
      '`opt_in` (default): marketing needs a recorded yes · `opt_out`: no recorded no.',
      'opt_in' as const,
    ),
    push: optional(
      oneOf('opt_in', 'opt_out'),
      '`opt_in` (default): marketing needs a recorded yes · `opt_out`: no recorded no.',
      'opt_in' as const,
    ),
  },
  { expects: 'consent by channel' },
);

const category = map(
  {
    title: optional(text, 'What people see in the preference centre.'),
    transactional: optional(truth, 'No caps, no quiet hours, needs no yes; a recorded no to the address still stands.'),
    double_opt_in: optional(templateName, 'Asks for a confirmation by the mail of this name.'),
  },
  { expects: 'a category' },
);

const quietHours: Shape<QuietHours> = changed(
  map(
    {
      from: required(clock, "When they begin, in the person's zone: `21:00`."),
      to: required(clock, 'When they end: `09:00`.'),
      then: optional(oneOf('hold', 'skip'), '`hold` (default) until they end, or `skip` the message.', 'hold' as const),
      channels: optional(oneOrMore(channel), 'Which channels are quiet; all unless set.', [
        'email',
        'sms',
        'push',
      ] as readonly Channel[]),
    },
    { expects: 'quiet hours' },
  ),
  (hours, _node, reader) => {
    if (hours.from.hour === hours.to.hour && hours.from.minute === hours.to.minute)
      return reader.error(
        'E_VALUE',
        hours.place,
        'quiet hours that end when they begin last all day or no time. Write different times.',
      );
    return { from: hours.from, to: hours.to, then: hours.then, channels: hours.channels };
  },
);

const PERIODS = oneOf('day', 'week', 'month');
const per: Shape<Cap['per']> = {
  expects: 'day, week, month, or a duration such as 16h',
  read(node, what, reader) {
    return node.kind === 'text' && /^\d/.test(node.text)
      ? duration.read(node, what, reader)
      : PERIODS.read(node, what, reader);
  },
  schema: (library) => ({ anyOf: [PERIODS.schema(library), duration.schema(library)] }),
};

const cap: Shape<Cap> = changed(
  map(
    {
      channel: optional(
        channel,
        'Counts every message of this channel. Without it, contacts are counted: all rungs of one ladder are one.',
      ),
      max: required(whole(0, 10_000), 'How many at most.'),
      per: required(per, "`day`, `week` or `month` of the person's calendar, or a rolling length such as `16h`."),
    },
    { expects: 'a cap' },
  ),
  ({ channel: of, max, per: period }) => ({ channel: of, max, per: period }),
);

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

const senders = map(
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

const source: Shape<SourceText> = {
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

const domain = scalar(
  'a domain such as reply.example.com',
  (typed) => (/^[\w-]+(?:\.[\w-]+)+$/.test(typed) ? typed : undefined),
  { schema: { type: 'string' } },
);
const inbound = map(
  {
    smtp: required(whole(1, 65_535), 'The port that takes bounces and answers.'),
    domain: required(domain, 'The domain they are addressed to.'),
  },
  { expects: 'inbound mail' },
);
const sunset = map(
  {
    soft: optional(whole(1, 1000), 'So many soft bounces …', 5),
    within: optional(duration, '… within this time, and the address is left in peace.', 30 * DAY),
  },
  { expects: 'the sunset rule' },
);
const attribution = map(
  {
    click: optional(duration, 'How long after a click an order counts for the message.', 5 * DAY),
    open: optional(duration, 'How long after an open.', 2 * DAY),
  },
  { expects: 'attribution' },
);

export const SETTINGS_LATER: Readonly<Record<string, string>> = {
  coupons: 'coupons',
  utm: 'UTM parameters on links',
  events: 'declared events',
};

/** Every key of `tropa.yaml`. */
export const SETTINGS_FIELDS = {
  brand: optional(brand, 'What templates see as `brand`.'),
  timezone: optional(zone, "When a person's own zone is unknown.", 'UTC'),
  locale: optional(locale, "When a person's own language is unknown.", 'en'),
  currency: optional(currency, 'The currency that order totals are kept in.', 'EUR'),
  consent: optional(consent, 'By channel: whether marketing needs a recorded yes.'),
  categories: optional(
    named(word, category, 'categories by id'),
    'What people may choose in the preference centre; `marketing` and `transactional` exist anyway.',
  ),
  quiet_hours: optional(quietHours, "When nobody is disturbed, in the person's zone."),
  caps: optional(
    list(cap, 'a list of caps, such as - { max: 1, per: day }'),
    'How many contacts a person gets at most, across all journeys.',
    [] as const,
  ),
  senders: optional(senders, 'Who takes the messages of each channel. A channel without one delivers to the sandbox.'),
  sources: optional(
    named(word, source, 'sources by name'),
    'Doors for the storefront: POST /hooks/<name>, and /v1 for type segment.',
  ),
  segments: optional(
    named(word, expression(SEGMENT_NAMES), 'conditions by name'),
    'Conditions by name, used as `segment("vip")`.',
  ),
  inbound: optional(inbound, 'Where bounces and answers arrive.'),
  sunset: optional(sunset, 'When an address that keeps bouncing softly is left in peace.'),
  attribution: optional(attribution, 'How long an order counts for a message.'),
};
