// `customers/*` and the consent topics: who people are and what they allow.
// https://shopify.dev/docs/api/webhooks?reference=toml#list-of-topics-customers/create

import type { Instant, Json, JsonObject } from '../../language/values.ts';
import { readTime } from '../own-time.ts';
import { isObject, objectOf } from '../read-json.ts';
import { objectsOf, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';
import { type Delivery, eventOf, type ShopEvent, timeIn } from './delivery.ts';

/** The customer as Shopify keeps them, and what they allow where this version of the API still tells it here. */
export function readCustomer(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const who = new Identities().add('user', body.id).add('email', body.email).add('phone', body.phone);
  const at = timeIn(delivery, body.updated_at, body.created_at);
  const home = objectsOf(body.addresses).find((address) => address.default === true);
  const address = isObject(body.default_address) ? body.default_address : (home ?? {});
  const traits = told({
    email: textOf(body.email),
    phone: textOf(body.phone),
    first_name: textOf(body.first_name),
    last_name: textOf(body.last_name),
    locale: textOf(body.locale),
    city: textOf(address.city),
    country: textOf(address.country_code) ?? textOf(address.country),
    tags: tagsOf(body.tags),
  });
  return [
    eventOf(delivery, 'profile.updated', at, who, traits),
    ...consentOf(delivery, 'email', body.email_marketing_consent, textOf(body.id), who),
    ...consentOf(delivery, 'sms', body.sms_marketing_consent, textOf(body.id), who),
  ];
}

/** `"vip, newsletter"` as a list. Since API version 2025-01 there are none here, and what is known stays. */
function tagsOf(tags: Json | undefined): string[] | null {
  if (typeof tags !== 'string') return null;
  return tags
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** Names of who buys: guests have no record of their own that would come by `customers/*`. */
export function profileOfBuyer(delivery: Delivery, at: Instant, who: Identities): ShopEvent[] {
  const { body } = delivery;
  const [customer, billing] = [objectOf(body.customer), objectOf(body.billing_address)];
  const traits = told({
    first_name: textOf(customer.first_name) ?? textOf(billing.first_name),
    last_name: textOf(customer.last_name) ?? textOf(billing.last_name),
    locale: textOf(body.customer_locale),
    country: textOf(billing.country_code),
  });
  return Object.keys(traits).length === 0 || who.keys.length === 0
    ? []
    : [{ ...eventOf(delivery, 'profile.updated', at, who, traits, 'traits'), ignored: 0 }];
}

/** `customers_email_marketing_consent/update` and, for text messages, `customers_marketing_consent/update`. */
export function readConsentTopic(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const customer = textOf(body.customer_id) ?? textOf(body.id);
  const who = new Identities()
    .add('user', customer)
    .add('email', body.email_address, body.email)
    .add('phone', body.phone);
  return [
    ...consentOf(delivery, 'email', body.email_marketing_consent, customer, who),
    ...consentOf(delivery, 'sms', body.sms_marketing_consent, customer, who),
  ];
}

const WORDS: Readonly<Record<string, string>> = {
  subscribed: 'consent.granted',
  unsubscribed: 'consent.withdrawn',
};

/**
 * A word about one channel. `not_subscribed`, `pending` (a confirmation is awaited), `invalid` and `redacted` are none.
 * The same word comes with every change of the customer: its own time makes it the same event.
 */
function consentOf(
  delivery: Delivery,
  channel: 'email' | 'sms',
  consent: Json | undefined,
  customer: string | null,
  who: Identities,
): ShopEvent[] {
  if (!isObject(consent)) return [];
  const state = textOf(consent.state)?.toLowerCase() ?? '';
  const name = Object.hasOwn(WORDS, state) ? WORDS[state] : undefined;
  if (name === undefined) return [];
  const said = typeof consent.consent_updated_at === 'string' ? readTime(consent.consent_updated_at) : null;
  const data = told({
    channel,
    source: 'shopify',
    opt_in_level: textOf(consent.opt_in_level),
    collected_from: textOf(consent.consent_collected_from),
  });
  const event = eventOf(delivery, name, said ?? delivery.triggered, who, data, channel);
  const stable = customer !== null && said !== null ? `consent/${customer}/${channel}/${state}/${said}` : event.id;
  return [{ ...event, id: stable, ignored: 0 }];
}

const GID = /\/(\d+)$/;

/** Two customers became one: whoever was known by the one that is gone is the one that stays. */
export function readMerge(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const [kept, gone] = [body.admin_graphql_api_customer_kept_id, body.admin_graphql_api_customer_deleted_id].map(
    (gid) => GID.exec(textOf(gid) ?? '')?.[1],
  );
  if (kept === undefined || gone === undefined || textOf(body.status)?.toLowerCase() === 'failed') return [];
  const who = new Identities().add('user', kept);
  const { keys: aliases } = new Identities().add('user', gone);
  return [{ ...eventOf(delivery, 'profile.updated', delivery.triggered, who, {}), aliases }];
}

/** Everything by which the person of a privacy request is known. */
export function customerOf(body: JsonObject): Identities {
  const customer = objectOf(body.customer);
  return new Identities().add('user', customer.id).add('email', customer.email).add('phone', customer.phone);
}
