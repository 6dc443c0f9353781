// Every key of `tropa.yaml` as shapes.

import type { Cap, QuietHours } from './settings.ts';
import { senders, source } from './settings-doors.ts';
import type { Channel } from './template.ts';
import type { Millis } from './values.ts';
import { changed, list, map, named, oneOrMore, optional, required } from './yaml/compound.ts';
import { expression, SEGMENT_NAMES } from './yaml/conditions.ts';
import {
  channel,
  colour,
  currency,
  locale,
  oneOf,
  scalar,
  templateName,
  text,
  truth,
  url,
  whole,
  word,
  wordOr,
  zone,
} from './yaml/scalars.ts';
import type { Shape } from './yaml/shape.ts';
import { clock, duration } from './yaml/times.ts';

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
      // biome-ignore lint/suspicious/noThenProperty: a word of the language
      then: optional(oneOf('hold', 'skip'), '`hold` (default) until they end, or `skip` the message.', 'hold' as const),
      channels: optional(oneOrMore(channel), 'Which channels are quiet; all unless set.', [
        'email',
        'sms',
        'push',
      ] as readonly Channel[]),
    },
    { expects: 'hours such as { from: 21:00, to: 09:00 }', called: '"quiet_hours"' },
  ),
  (hours, _node, reader) => {
    if (hours.from.hour === hours.to.hour && hours.from.minute === hours.to.minute)
      return reader.error(
        'E_VALUE',
        hours.place,
        'quiet hours that end when they begin last all day or no time. Write different times.',
      );
    // biome-ignore lint/suspicious/noThenProperty: a word of the language
    return { from: hours.from, to: hours.to, then: hours.then, channels: hours.channels };
  },
);

const per: Shape<Cap['per']> = wordOr(['day', 'week', 'month'], duration);

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
