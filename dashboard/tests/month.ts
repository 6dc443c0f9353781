// A month of simulated people on a real Tropa: carts left, orders placed, letters opened, some refused and some returned.

import { fraction } from '../../engine/core/ids.ts';
import type { JsonObject } from '../../engine/language/values.ts';
import type { Tropa } from '../../engine/testing/server.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const SHOP = {
  'tropa.yaml': `brand: { name: Lumen, url: https://lumen.example }
timezone: Europe/Riga
currency: EUR
quiet_hours: { from: 21:00, to: 09:00 }
caps: [{ max: 1, per: day }]
sources: { shop: { type: segment, write_key: key } }
segments:
  vip: profile.orders_total >= 200
  staff: profile.email.endsWith("@lumen.example")
`,
  'abandoned-cart/journey.yaml': `journey: abandoned-cart
title: Abandoned cart
status: live
trigger:
  - { event: cart.updated, if: event.total >= 40, idle: 30m, key: event.cart_id }
  - { api: true }
audience: '!segment("staff")'
holdout: 20%
exit:
  - { event: order.placed, as: converted }
goal: { event: order.placed, within: 5d, value: event.total, currency: event.currency }
steps:
  - reach:
      - push: nudge
        for: 2h
      - email: reminder
        for: 20h
      - sms: last-call
  - wait: 1d
  - if: trigger.total >= 120
    do:
      - email: offer
    else:
      - email: offer-small
`,
  'abandoned-cart/journey.spec.yaml': `journey: abandoned-cart
profile: { id: anna, consent: [email, sms] }
cases:
  - name: buys before the reminder and hears nothing
    start: 2026-03-02T12:00:00+02:00
    script:
      - event: cart.updated
        data: { cart_id: c1, total: 90 }
      - { after: 20m, event: order.placed, data: { total: 90 } }
    expect: { messages: [], outcome: none }
  - name: gets the letter, as there is no push
    start: 2026-03-02T12:00:00+02:00
    script:
      - event: cart.updated
        data: { cart_id: c1, total: 90 }
      - { after: 3h }
    expect: { messages: [{ channel: email, template: reminder, at: +30m }] }
`,
  'abandoned-cart/nudge.push.txt': 'title: Still in your cart\n---\nYour lamp waits.\n',
  'abandoned-cart/reminder.email.html':
    'subject: {{ profile.first_name | default: "Hello" }}, your lamp is waiting\n---\n<h1>Still yours</h1><p>We kept your cart.</p><a href="https://lumen.example/cart">Back to the cart</a> <a href="{{ message.url.unsubscribe }}">Unsubscribe</a>\n',
  'abandoned-cart/last-call.sms.txt': 'Your lamp is still here: https://lumen.example/cart\n',
  'abandoned-cart/offer.email.html':
    'subject: Free delivery\n---\n<p>On us.</p><a href="https://lumen.example/offer">Take it</a>\n',
  'abandoned-cart/offer-small.email.html':
    'subject: A small offer\n---\n<p>Five off.</p><a href="https://lumen.example/offer">Take it</a>\n',
  'welcome/journey.yaml': `journey: welcome
title: Welcome
status: live
trigger: { event: consent.granted, if: event.channel == "email" }
reenter: never
goal: { event: order.placed, within: 14d, value: event.total, currency: event.currency }
steps:
  - email: hello
  - wait_for: { clicked: hello }
    within: 2d
    do:
      - tag: curious
    else:
      - email: again
`,
  'welcome/hello.email.html':
    'subject: Welcome to Lumen\n---\n<p>Hello.</p><a href="https://lumen.example/">Look around</a>\n',
  'welcome/again.email.html':
    'subject: Did you see our lamps?\n---\n<p>Look.</p><a href="https://lumen.example/">Look</a>\n',
  'try-me/journey.yaml': `# The journey to try first:
#
# curl -u key: http://127.0.0.1:7070/v1/track -d '{"userId":"anna","event":"demo.cart","properties":{"total":138}}'
#
journey: try-me
title: A cart to try
status: live
category: transactional
trigger: { event: demo.cart }
steps:
  - wait: 15s
  - email: reminder
  - wait_for: { clicked: reminder }
    within: 10m
    do:
      - email: kept
`,
  'try-me/reminder.email.html':
    'subject: A lamp of 138 waits\n---\n<h1>Still yours</h1><p>We kept your cart.</p><a href="https://lumen.example/cart">Keep my cart</a>\n',
  'try-me/kept.email.html':
    'subject: Your cart is kept\n---\n<p>Kept.</p><a href="https://lumen.example/cart">See it</a>\n',
} as const;

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">';
const NAMES = ['Anna', 'Boris', 'Clara', 'Dmitri', 'Elza', 'Filips', 'Gunta', 'Hugo', HOSTILE];

/** Lets a month go by, up to `end`. */
export async function aMonth(tropa: Tropa, end: number, people = 60): Promise<void> {
  await tropa.set(end - 30 * DAY);
  for (let day = 0; day < 30; day += 1) {
    const morning = end - (30 - day) * DAY;
    for (let n = 0; n < people / 30; n += 1) await arrive(tropa, day * Math.ceil(people / 30) + n);
    await tropa.advance(morning + 3 * HOUR);
    await react(tropa, day);
    await tropa.advance(Math.min(morning + DAY, end));
  }
}

async function arrive(tropa: Tropa, n: number): Promise<void> {
  const user = `person-${n}`;
  const traits = {
    email: `${user}@example.com`,
    phone: `+3712${String(2_000_000 + n).slice(0, 7)}`,
    first_name: NAMES[n % NAMES.length] ?? '',
  };
  const consent = { email: fraction('e', n) < 0.85, sms: fraction('s', n) < 0.5 };
  await tropa.identify(user, { ...traits, consent });
  await tropa.track(user, 'cart.updated', { cart_id: `c${n}`, total: 20 + Math.floor(fraction('t', n) * 200) });
}

/** What readers do with what they got: as a hash of the message says. */
async function react(tropa: Tropa, day: number): Promise<void> {
  const messages = await tropa.inbox();
  for (const message of messages.filter(({ status }) => status === 'sent' || status === 'delivered')) {
    const id = String(message.id);
    const action = reactionOf(fraction('reads', id, day));
    if (action !== null) await tropa.ask('act', { message: id, action } satisfies JsonObject).catch(() => undefined);
    if (action === 'click' && fraction('buys', id) < 0.7)
      await tropa.track(String(message.profile), 'order.placed', { order_id: `o-${id}`, total: 90, currency: 'EUR' });
  }
}

function reactionOf(draw: number): string | null {
  if (draw < 0.06) return 'click';
  if (draw < 0.2) return 'open';
  return draw > 0.985 ? 'bounce' : null;
}
