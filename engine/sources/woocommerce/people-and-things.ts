// `customer.*` and `product.*` of WooCommerce, and the carts that our snippet for WordPress sends beside them.
// https://woocommerce.github.io/woocommerce-rest-api-docs/#customer-properties and …#product-properties

import type { Instant, JsonObject } from '../../language/values.ts';
import { readTime } from '../own-time.ts';
import { objectOf } from '../read-json.ts';
import { numberOf, objectsOf, phoneIn, sum, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';
import type { WooEvent } from './orders.ts';

const when = (body: JsonObject, received: Instant, ...fields: readonly string[]): Instant =>
  fields.map((field) => (typeof body[field] === 'string' ? readTime(body[field]) : null)).find((at) => at !== null) ??
  received;

/** A registered customer. */
export function readCustomer(body: JsonObject, id: string, received: Instant): WooEvent[] {
  const billing = objectOf(body.billing);
  const phone = phoneIn(billing.phone, billing.country);
  const who = new Identities().add('user', body.id).add('email', body.email, billing.email).add('phone', phone);
  const traits = told({
    email: textOf(body.email),
    phone,
    first_name: textOf(body.first_name) ?? textOf(billing.first_name),
    last_name: textOf(body.last_name) ?? textOf(billing.last_name),
    city: textOf(billing.city),
    country: textOf(billing.country),
  });
  const at = when(body, received, 'date_modified_gmt', 'date_created_gmt');
  return [{ id, name: 'profile.updated', at, who: who.keys, data: traits, ignored: who.ignored, index: 0 }];
}

/** A product; `stock_quantity` is null where the shop does not count. An event of nobody. */
export function readProduct(body: JsonObject, id: string, received: Instant): WooEvent[] {
  const [price, regular] = [numberOf(body.price), numberOf(body.regular_price)];
  const data = told({
    product_id: textOf(body.id),
    sku: textOf(body.sku),
    title: textOf(body.name),
    price,
    old_price: price !== null && regular !== null && regular > price ? regular : null,
    quantity: numberOf(body.stock_quantity) ?? (body.stock_status === 'outofstock' ? 0 : null),
    url: textOf(body.permalink),
    image: textOf(objectsOf(body.images)[0]?.src),
    category: textOf(objectsOf(body.categories)[0]?.name),
    status: textOf(body.status),
  });
  const at = when(body, received, 'date_modified_gmt', 'date_created_gmt');
  return [{ id, name: 'product.updated', at, who: [], data, ignored: 0, index: 0 }];
}

/** A cart, as `docs/woocommerce/tropa-carts.php` writes it. */
export function readCart(body: JsonObject, id: string, received: Instant): WooEvent[] {
  const items = objectsOf(body.items).map((item) =>
    told({
      product_id: textOf(item.product_id),
      variant_id: item.variation_id === 0 ? null : textOf(item.variation_id),
      sku: textOf(item.sku),
      title: textOf(item.title),
      quantity: numberOf(item.quantity),
      price: numberOf(item.price),
      url: textOf(item.url),
      image: textOf(item.image),
      category: textOf(item.category),
    }),
  );
  const pieces = items.map((item) => (numberOf(item.price) ?? 0) * (numberOf(item.quantity) ?? 0));
  const who = new Identities()
    .add('user', body.customer_id === 0 ? null : body.customer_id)
    .add('email', body.email)
    .add('phone', phoneIn(body.phone, body.country))
    .add('anonymous', body.anonymous_id);
  const data = told({
    cart_id: textOf(body.cart_id),
    total: numberOf(body.total) ?? sum(pieces),
    currency: textOf(body.currency),
    items,
    url: textOf(body.url),
  });
  const at = when(body, received, 'updated_at');
  return [{ id, name: 'cart.updated', at, who: who.keys, data, ignored: who.ignored, index: 0 }];
}
