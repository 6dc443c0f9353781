// Segment's e-commerce events under our names, so that a shop that speaks them already needs to change nothing.
// https://segment.com/docs/connections/spec/ecommerce/v2/ — names are theirs, fields as documented there.

import type { Json, JsonObject } from '../language/values.ts';
import { isObject } from './read-json.ts';

interface Named {
  readonly name: string;
  readonly data: JsonObject;
}

const NAMES: ReadonlyMap<string, { name: string; data(properties: JsonObject): JsonObject }> = new Map(
  Object.entries({
    'Product Viewed': { name: 'product.viewed', data: productOf },
    // With `products` it is the whole cart; else the one product is all that is known of it.
    'Product Added': { name: 'cart.updated', data: (told) => cartOf(withItems(told, told.products ?? [told])) },
    'Cart Viewed': { name: 'cart.updated', data: cartOf },
    'Checkout Started': { name: 'checkout.started', data: checkoutOf },
    'Checkout Step Viewed': { name: 'checkout.updated', data: checkoutOf },
    'Checkout Step Completed': { name: 'checkout.updated', data: checkoutOf },
    'Payment Info Entered': { name: 'checkout.updated', data: checkoutOf },
    'Order Completed': { name: 'order.placed', data: orderOf },
    'Order Cancelled': { name: 'order.cancelled', data: orderOf },
    'Order Refunded': { name: 'order.refunded', data: refundOf },
  }),
);

/** An event under our name, with our fields beside theirs; what is none of these stays as it is. */
export function translateCommerce(name: string, properties: JsonObject): Named {
  // What is left of a cart is told only where all of it is.
  const removed = name === 'Product Removed' && Array.isArray(properties.products);
  const known = removed ? NAMES.get('Cart Viewed') : NAMES.get(name);
  return known === undefined ? { name, data: properties } : { name: known.name, data: known.data(properties) };
}

/** Their fields of a product that we call otherwise. */
const PRODUCT: Readonly<Record<string, string>> = { name: 'title', image_url: 'image' };

function productOf(told: JsonObject): JsonObject {
  const product = withoutProducts(told);
  for (const [theirs, ours] of Object.entries(PRODUCT)) {
    const value = told[theirs];
    if (value !== undefined && product[ours] === undefined) product[ours] = value;
    delete product[theirs];
  }
  return product;
}

/** Everything but the list of products, which becomes `items`. */
function withoutProducts(told: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'products'));
}

function itemsOf(products: Json): JsonObject[] {
  if (!Array.isArray(products)) return [];
  return products.filter(isObject).map((product) => ({ quantity: 1, ...productOf(product) }));
}

/** Of a single added product: its fields belong to the item, and only what is the cart's to the cart. */
function withItems(told: JsonObject, products: Json): JsonObject {
  if (told.products !== undefined) return told;
  const ofCart = ['cart_id', 'currency'].filter((name) => told[name] !== undefined);
  const { cart_id: _, ...product } = told;
  return {
    ...Object.fromEntries(ofCart.map((name) => [name, told[name] as Json])),
    products: Array.isArray(products) ? [product] : [],
  };
}

function cartOf(told: JsonObject): JsonObject {
  const items = itemsOf(told.products ?? []);
  return { ...withoutProducts(told), items, total: amountOf(told.total, told.value) ?? worthOf(items) };
}

function checkoutOf(told: JsonObject): JsonObject {
  const checkout = cartOf(told);
  // A checkout is known by its order where it has no id of its own yet: each step names the same one.
  if (checkout.checkout_id === undefined && told.order_id !== undefined) checkout.checkout_id = told.order_id;
  if (told.products === undefined) delete checkout.items;
  if (told.products === undefined && told.total === undefined && told.value === undefined) delete checkout.total;
  return checkout;
}

/** `total` is with tax and shipping; where it is not told, `revenue` is without them. */
function orderOf(told: JsonObject): JsonObject {
  const total = amountOf(told.total, told.value, told.revenue);
  const order = { ...withoutProducts(told), ...(told.products !== undefined && { items: itemsOf(told.products) }) };
  return total === undefined ? order : { ...order, total };
}

/** A refund of which nothing is told is a refund of the whole order: then its amount is what the shop says it was. */
function refundOf(told: JsonObject): JsonObject {
  const amount = amountOf(told.amount, told.total, told.value, told.revenue);
  const refund = { ...withoutProducts(told), ...(told.products !== undefined && { items: itemsOf(told.products) }) };
  return amount === undefined ? refund : { ...refund, amount };
}

function amountOf(...values: readonly (Json | undefined)[]): number | undefined {
  for (const value of values) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
  }
  return undefined;
}

/** What the items are worth together; a price that is not told counts as nothing. */
function worthOf(items: readonly JsonObject[]): number {
  const sum = items.reduce((all, item) => all + (amountOf(item.price) ?? 0) * (amountOf(item.quantity) ?? 1), 0);
  return Math.round(sum * 1000) / 1000;
}
