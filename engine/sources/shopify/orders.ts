// `orders/*` and `refunds/create`.
// https://shopify.dev/docs/api/webhooks?reference=toml#list-of-topics-orders/create

import type { Json, JsonObject } from '../../language/values.ts';
import { isObject } from '../read-json.ts';
import { numberOf, objectsOf, sum, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';
import { couponOf, itemsOf } from './carts.ts';
import { profileOfBuyer } from './customers.ts';
import { buyerOf, cartToken, type Delivery, eventOf, type ShopEvent, shopMoney, timeIn } from './delivery.ts';

/** A refund names its order and nobody else: the order is an identity of whoever placed it. */
const orderKey = (id: Json | undefined): string | null => {
  const text = textOf(id);
  return text === null ? null : `shopify-order-${text}`;
};

interface Told {
  readonly name: string;
  /** Fields of the order that tell when this happened. */
  readonly at: readonly string[];
}

const ORDERS: ReadonlyMap<string, Told> = new Map([
  ['orders/create', { name: 'order.placed', at: ['processed_at', 'created_at'] }],
  ['orders/paid', { name: 'order.paid', at: ['updated_at', 'processed_at'] }],
  ['orders/fulfilled', { name: 'order.fulfilled', at: ['updated_at'] }],
  ['orders/cancelled', { name: 'order.cancelled', at: ['cancelled_at', 'updated_at'] }],
]);

export function readOrder(delivery: Delivery): ShopEvent[] {
  const kind = ORDERS.get(delivery.topic);
  if (kind === undefined) return [];
  const { body } = delivery;
  const at = timeIn(delivery, ...kind.at.map((field) => body[field]));
  const who = buyerOf(delivery);
  const order = new Identities().add('anonymous', orderKey(body.id));
  const event = eventOf(delivery, kind.name, at, who, orderData(body));
  return [
    { ...event, who: [...who.keys, ...order.keys] },
    ...(kind.name === 'order.placed' ? profileOfBuyer(delivery, at, who) : []),
  ];
}

function orderData(body: JsonObject): JsonObject {
  const total = shopMoney(body, 'total_price');
  const parcel = objectsOf(body.fulfillments).at(-1) ?? {};
  return told({
    order_id: textOf(body.id),
    number: textOf(body.name) ?? textOf(body.order_number),
    cart_id: cartToken(body.cart_token),
    // The token, and not the id that versions before 2026-04 also have: it is what checkouts are known by.
    checkout_id: textOf(body.checkout_token),
    total: total.amount,
    currency: total.currency ?? textOf(body.currency),
    items: itemsOf(body.line_items),
    coupon: couponOf(body),
    url: textOf(body.order_status_url),
    reason: textOf(body.cancel_reason),
    tracking_number: textOf(parcel.tracking_number),
    tracking_url: textOf(parcel.tracking_url),
  });
}

/** What was given back, in the shop's own currency. */
export function readRefund(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const lines = objectsOf(body.refund_line_items);
  const given = amountOf(body, lines);
  const data = told({
    order_id: textOf(body.order_id),
    refund_id: textOf(body.id),
    amount: given.amount,
    currency: given.currency,
    items: lines.map((line) => ({
      ...itemsOf(isObject(line.line_item) ? [line.line_item] : [])[0],
      ...told({ quantity: numberOf(line.quantity) }),
    })),
    note: textOf(body.note),
  });
  const who = new Identities().add('anonymous', orderKey(body.order_id));
  return [eventOf(delivery, 'order.refunded', timeIn(delivery, body.processed_at, body.created_at), who, data)];
}

/**
 * The money that went back, which may be more (shipping) or less (a fee kept) than the lines say. A transaction in
 * another currency than the shop's counts only where it tells the shop's; else the lines do.
 */
function amountOf(body: JsonObject, lines: readonly JsonObject[]): { amount: number; currency: string | null } {
  const worth = lines.map((line) => [shopMoney(line, 'subtotal'), shopMoney(line, 'total_tax')] as const);
  const shop = worth.find(([subtotal]) => subtotal.currency !== null)?.[0].currency ?? null;
  const money = objectsOf(body.transactions)
    .filter(({ kind, status }) => kind === 'refund' && (status === 'success' || status === 'pending'))
    .map((transaction) => {
      const { amount, currency } = shopMoney(transaction, 'amount');
      return { amount, currency: currency ?? textOf(transaction.currency) };
    });
  const own =
    money.length > 0 && money.every(({ currency }) => shop === null || currency === null || currency === shop);
  if (own) return { amount: sum(money.map(({ amount }) => amount ?? 0)), currency: shop ?? money[0]?.currency ?? null };
  // Subtotals of lines are without tax where prices are: then the tax went back as well.
  const amounts = worth.flatMap(([subtotal, tax]) => [subtotal.amount ?? 0, tax.amount ?? 0]);
  return { amount: sum(amounts), currency: shop };
}
