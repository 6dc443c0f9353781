// One webhook of Shopify's with what its headers say already read, and how events are made of it.

import type { Instant, Json, JsonObject } from '../../language/values.ts';
import type { TranslatedEvent } from '../../ports/source.ts';
import { readTime } from '../own-time.ts';
import { isObject } from '../read-json.ts';
import { numberOf, textOf } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';

export interface Delivery {
  readonly topic: string;
  /** The same for every delivery of this event under this topic. */
  readonly id: string;
  /** When it was triggered, as the headers say; else when it was received. */
  readonly triggered: Instant;
  /** `lumen.myshopify.com`, as the headers say. */
  readonly shop: string | null;
  /** The shop's address as the settings say, without a slash at its end. */
  readonly url: string | null;
  readonly body: JsonObject;
}

export type ShopEvent = TranslatedEvent & { readonly ignored: number };

/** An event of this delivery; `part` tells several of one delivery apart. */
export function eventOf(
  delivery: Delivery,
  name: string,
  at: Instant,
  who: Identities,
  data: JsonObject,
  part = '',
): ShopEvent {
  const id = part === '' ? delivery.id : `${delivery.id}/${part}`;
  return { id, name, at, who: who.keys, data, ignored: who.ignored };
}

/** The first of these fields that is a time, else when the webhook was triggered. */
export function timeIn(delivery: Delivery, ...values: readonly (Json | undefined)[]): Instant {
  for (const value of values) {
    const at = typeof value === 'string' ? readTime(value) : null;
    if (at !== null) return at;
  }
  return delivery.triggered;
}

/**
 * A cart's token without its key: the storefront's API writes `token?key=…`, webhooks of checkouts and orders the token
 * alone, and the key opens the cart.
 */
export function cartToken(value: Json | undefined): string | null {
  return textOf(value)?.split('?')[0] || null;
}

interface Money {
  readonly amount: number | null;
  readonly currency: string | null;
}

/** An amount in the shop's own currency: `*_set.shop_money` where there is one (several currencies), else as it stands. */
export function shopMoney(body: JsonObject, field: string): Money {
  const set = body[`${field}_set`];
  const shop = isObject(set) ? set.shop_money : undefined;
  if (isObject(shop) && numberOf(shop.amount) !== null)
    return { amount: numberOf(shop.amount), currency: textOf(shop.currency_code) };
  return { amount: numberOf(body[field]), currency: null };
}

/**
 * Whom an order or a checkout is about: its customer, else its email, else its phone, else its cart, which is the one
 * that somebody filled before anybody knew who it was.
 */
export function buyerOf({ body }: Delivery): Identities {
  const customer = isObject(body.customer) ? body.customer : {};
  return new Identities()
    .add('user', customer.id)
    .add('email', body.email, body.contact_email, customer.email)
    .add('phone', body.phone, customer.phone, body.sms_marketing_phone)
    .add('anonymous', cartToken(body.cart_token), body.checkout_token, body.token);
}
