// What each platform's door can tell at all: events and their fields, as `sources/` translates them. A workspace whose only
// sources are platforms gets nothing else (but words of consent, which Tropa's own pages tell); where anything of one's own may come in, nobody can tell.

import type { Source } from './settings.ts';

type Told = Readonly<Record<string, readonly string[]>>;

const CART = ['cart_id', 'total', 'currency', 'items', 'url'];
const PRODUCT = ['product_id', 'sku', 'title', 'price', 'old_price', 'quantity', 'url', 'image', 'category', 'status'];

/** Of all events of one name. */
const each = (names: readonly string[], fields: readonly string[]): Told =>
  Object.fromEntries(names.map((name) => [name, fields]));

const SHOPIFY_CHECKOUT = [...CART, 'checkout_id', 'email', 'phone', 'coupon'];
const SHOPIFY_ORDER = ['order_id', 'number', 'cart_id', 'checkout_id', 'total', 'currency', 'items', 'coupon', 'url'];
const WOO_ORDER = ['order_id', 'number', 'cart_id', 'total', 'currency', 'items', 'coupon', 'payment'];

const PLATFORMS: Readonly<Record<string, Told>> = {
  shopify: {
    'cart.updated': CART,
    ...each(['checkout.started', 'checkout.updated'], SHOPIFY_CHECKOUT),
    ...each(['order.placed', 'order.paid'], SHOPIFY_ORDER),
    'order.fulfilled': [...SHOPIFY_ORDER, 'tracking_number', 'tracking_url'],
    'order.cancelled': [...SHOPIFY_ORDER, 'reason'],
    'order.refunded': ['order_id', 'refund_id', 'amount', 'currency', 'items', 'note'],
    'product.updated': [...PRODUCT, 'variants'],
    'stock.changed': ['inventory_item_id', 'location_id', 'quantity'],
  },
  woocommerce: {
    // By the snippet for carts; without it no cart is told.
    'cart.updated': CART,
    ...each(
      ['checkout.started', 'checkout.updated'],
      ['checkout_id', 'cart_id', 'total', 'currency', 'items', 'coupon', 'url', 'email', 'phone'],
    ),
    ...each(['order.placed', 'order.paid', 'order.fulfilled', 'order.cancelled'], WOO_ORDER),
    'order.refunded': ['order_id', 'refund_id', 'amount', 'currency', 'reason'],
    'product.updated': PRODUCT,
  },
};

/** Everything these sources can tell, by event; null where that is not known. */
export function toldBy(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> | null {
  if (sources.length === 0) return null;
  const all = new Map<string, readonly string[]>();
  for (const { type } of sources) {
    const told = PLATFORMS[type];
    if (told === undefined) return null;
    for (const [event, fields] of Object.entries(told))
      all.set(event, [...new Set([...(all.get(event) ?? []), ...fields])]);
  }
  return all;
}
