// `carts/*` and `checkouts/*`: what is being bought.
// https://shopify.dev/docs/api/webhooks?reference=toml#list-of-topics-carts/create

import type { Json, JsonObject } from '../../language/values.ts';
import { numberOf, objectsOf, sum, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';
import { profileOfBuyer } from './customers.ts';
import { buyerOf, cartToken, type Delivery, eventOf, type ShopEvent, shopMoney, timeIn } from './delivery.ts';

/** What is bought, in the shop's own currency; `discounted_price` of carts is what a piece costs. */
export function itemsOf(lines: Json | undefined): JsonObject[] {
  return objectsOf(lines).map((line) =>
    told({
      product_id: textOf(line.product_id),
      variant_id: textOf(line.variant_id),
      sku: textOf(line.sku),
      title: textOf(line.title) ?? textOf(line.presentment_title),
      variant: textOf(line.variant_title),
      quantity: numberOf(line.quantity),
      price: shopMoney(line, 'discounted_price').amount ?? shopMoney(line, 'price').amount,
      old_price: numberOf(line.compare_at_price),
    }),
  );
}

/** A cart has no owner but its token, and no total: its lines are added up. */
export function readCart(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const token = cartToken(body.token) ?? cartToken(body.id);
  const lines = objectsOf(body.line_items);
  const prices = lines.map((line) => shopMoney(line, 'line_price'));
  const data = told({
    cart_id: token,
    total: sum(prices.map(({ amount }) => amount ?? 0)),
    currency: prices.find(({ currency }) => currency !== null)?.currency ?? textOf(body.currency),
    items: itemsOf(body.line_items),
    url: permalink(delivery.url, lines),
  });
  const at = timeIn(delivery, body.updated_at, body.created_at);
  return [eventOf(delivery, 'cart.updated', at, new Identities().add('anonymous', token), data)];
}

/** An address that fills the cart anew, on any device. https://help.shopify.com/manual/products/details/cart-permalink */
function permalink(url: string | null, lines: readonly JsonObject[]): string | null {
  const pieces = lines.map((line) => [textOf(line.variant_id), numberOf(line.quantity)] as const);
  if (url === null || lines.length === 0 || pieces.some(([variant]) => variant === null || !/^\d+$/.test(variant)))
    return null;
  return `${url}/cart/${pieces.map(([variant, quantity]) => `${variant}:${quantity ?? 1}`).join(',')}`;
}

/**
 * A checkout is known by its token: since API version 2026-04 it has no id.
 * https://shopify.dev/changelog/removed-checkout-id-from-checkouts-and-orders-webhooks
 * One that is completed is an order by now, and tells nothing of its own.
 */
export function readCheckout(delivery: Delivery): ShopEvent[] {
  const { body, topic } = delivery;
  if (textOf(body.completed_at) !== null) return [];
  const total = shopMoney(body, 'total_price');
  const data = told({
    checkout_id: textOf(body.token),
    cart_id: cartToken(body.cart_token),
    total: total.amount,
    currency: total.currency ?? textOf(body.currency),
    items: itemsOf(body.line_items),
    url: textOf(body.abandoned_checkout_url),
    email: textOf(body.email),
    phone: textOf(body.phone),
    coupon: couponOf(body),
  });
  const at = timeIn(delivery, body.updated_at, body.created_at);
  const name = topic === 'checkouts/create' ? 'checkout.started' : 'checkout.updated';
  const who = buyerOf(delivery);
  return [eventOf(delivery, name, at, who, data), ...profileOfBuyer(delivery, at, who)];
}

/** The first discount code, as it was typed. */
export function couponOf(body: JsonObject): string | null {
  return textOf(objectsOf(body.discount_codes)[0]?.code);
}
