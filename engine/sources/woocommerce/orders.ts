// An order of WooCommerce's as events. What it is now tells what has happened to it: webhooks and the API send the same
// body, so the same events with the same ids come of both.
// https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties

import { mint } from '../../core/ids.ts';
import type { Instant, Json, JsonObject } from '../../language/values.ts';
import type { TranslatedEvent } from '../../ports/source.ts';
import { readTime } from '../own-time.ts';
import { objectOf } from '../read-json.ts';
import { numberOf, objectsOf, phoneIn, sum, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';

export type WooEvent = TranslatedEvent & { readonly ignored: number; readonly index: number };

/** Nothing was bought yet: drafts of the block checkout, and orders that are only in the making. */
const UNBORN = new Set(['checkout-draft', 'auto-draft', 'draft', 'new', 'trash']);
/** Placed and not paid for; the customer may still come back to `payment_url`. */
const UNPAID = new Set(['pending', 'failed']);
/** Names under which the snippet of ours keeps what it knows with the order. */
const OURS = { cart: '_tropa_cart', anonymous: '_tropa_anonymous', placed: '_tropa_placed' } as const;

/**
 * All that has happened to this order, each once: `order/727/paid` is the same event whoever tells it. `received` stands
 * where the order does not say when.
 */
export function readOrder(order: JsonObject, received: Instant, index = 0): WooEvent[] {
  const id = textOf(order.id);
  const status = textOf(order.status);
  if (id === null || status === null || UNBORN.has(status)) return [];
  const who = buyerOf(order, id);
  const data = orderData(order, id);
  const make = (name: string, part: string, at: Instant, fields: JsonObject): WooEvent => ({
    id: `order/${id}/${part}`,
    name,
    at,
    who: who.keys,
    data: fields,
    ignored: 0,
    index,
  });
  const times = (...fields: readonly string[]): Instant => timeIn(order, fields) ?? received;
  const created = times('date_created_gmt', 'date_modified_gmt');
  if (UNPAID.has(status))
    return [
      make('checkout.started', 'unpaid', created, checkoutData(order, data)),
      ...profile(order, id, created, who, index),
    ];
  const changed = times('date_modified_gmt', 'date_created_gmt');
  const paid = timeIn(order, ['date_paid_gmt']);
  const events: WooEvent[] = [];
  // Cancelled without ever having been paid or accepted: it was never more than an attempt, and is cancelled all the same.
  if (status !== 'cancelled' || paid !== null)
    events.push(make('order.placed', 'placed', placedAt(order) ?? created, data));
  if (paid !== null) events.push(make('order.paid', 'paid', paid, data));
  if (status === 'completed')
    events.push(make('order.fulfilled', 'fulfilled', timeIn(order, ['date_completed_gmt']) ?? changed, data));
  if (status === 'cancelled') events.push(make('order.cancelled', 'cancelled', changed, data));
  events.push(...refundsOf(order, id, status).map(({ part, fields }) => make('order.refunded', part, changed, fields)));
  return [...events, ...profile(order, id, created, who, index)];
}

/**
 * When the button was pressed, as the snippet of ours writes down: the block checkout makes a draft as soon as somebody looks
 * at it, and the order keeps that date, so carts that changed meanwhile would seem to come after it.
 * https://github.com/woocommerce/woocommerce-blocks/issues/2489
 */
const placedAt = (order: JsonObject): Instant | null => readTime(metaOf(order, OURS.placed));

function timeIn(order: JsonObject, fields: readonly string[]): Instant | null {
  for (const field of fields) {
    // GMT without saying so: `readTime` takes what names no zone for UTC.
    const at = typeof order[field] === 'string' ? readTime(order[field]) : null;
    if (at !== null) return at;
  }
  return null;
}

/** Guests have customer 0. An order that names nobody is known by itself: it must not be refused, or no more are sent. */
function buyerOf(order: JsonObject, id: string): Identities {
  const billing = objectOf(order.billing);
  const who = new Identities()
    .add('user', order.customer_id === 0 ? null : order.customer_id)
    .add('email', billing.email)
    .add('phone', phoneIn(billing.phone, billing.country))
    .add('anonymous', metaOf(order, OURS.anonymous));
  return who.keys.length > 0 ? who : who.add('anonymous', `woocommerce-order-${id}`);
}

function metaOf(order: JsonObject, key: string): string | null {
  return textOf(objectsOf(order.meta_data).find((meta) => meta.key === key)?.value);
}

function orderData(order: JsonObject, id: string): JsonObject {
  return told({
    order_id: id,
    number: textOf(order.number) ?? id,
    // Without the snippet of ours WooCommerce knows only a hash of what was in the cart.
    cart_id: metaOf(order, OURS.cart) ?? textOf(order.cart_hash),
    total: numberOf(order.total),
    currency: textOf(order.currency),
    items: itemsOf(order),
    coupon: textOf(objectsOf(order.coupon_lines)[0]?.code),
    payment: textOf(order.payment_method_title),
  });
}

function itemsOf(order: JsonObject): JsonObject[] {
  return objectsOf(order.line_items).map((line) => {
    const quantity = numberOf(line.quantity);
    return told({
      product_id: textOf(line.product_id),
      variant_id: line.variation_id === 0 ? null : textOf(line.variation_id),
      sku: textOf(line.sku),
      title: textOf(line.name),
      quantity,
      price: numberOf(line.price),
      image: textOf(objectOf(line.image).src),
    });
  });
}

function checkoutData(order: JsonObject, data: JsonObject): JsonObject {
  const { order_id: id, cart_id, total, currency, items, coupon } = data;
  const billing = objectOf(order.billing);
  return told({
    checkout_id: id,
    cart_id,
    total,
    currency,
    items,
    coupon,
    url: textOf(order.payment_url),
    email: textOf(billing.email),
    phone: phoneIn(billing.phone, billing.country),
  });
}

/** Each refund is told with its order, `total` below zero. An order refunded by its status alone went back whole. */
function refundsOf(order: JsonObject, id: string, status: string): { part: string; fields: JsonObject }[] {
  const currency = textOf(order.currency);
  const one = (refund: string, amount: Json, reason: string | null) => ({
    part: `refund/${refund}`,
    fields: told({ order_id: id, refund_id: refund, amount, currency, reason }),
  });
  const refunds = objectsOf(order.refunds).flatMap((refund) => {
    const name = textOf(refund.id);
    return name === null ? [] : [one(name, Math.abs(sum([numberOf(refund.total) ?? 0])), textOf(refund.reason))];
  });
  if (refunds.length > 0 || status !== 'refunded') return refunds;
  return [one(`order-${id}`, numberOf(order.total), null)];
}

/** What the customer told of themselves with this order; once for each state of it. */
function profile(order: JsonObject, id: string, at: Instant, who: Identities, index: number): WooEvent[] {
  const billing = objectOf(order.billing);
  const traits = told({
    first_name: textOf(billing.first_name),
    last_name: textOf(billing.last_name),
    city: textOf(billing.city),
    country: textOf(billing.country),
  });
  if (Object.keys(traits).length === 0) return [];
  const seen = mint('traits', JSON.stringify(traits));
  return [
    { id: `order/${id}/traits/${seen}`, name: 'profile.updated', at, who: who.keys, data: traits, ignored: 0, index },
  ];
}
