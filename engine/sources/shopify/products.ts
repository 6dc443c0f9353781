// `products/*` and `inventory_levels/update`: events of nobody.
// https://shopify.dev/docs/api/webhooks?reference=toml#list-of-topics-products/update

import { isObject, objectOf } from '../read-json.ts';
import { numberOf, objectsOf, sum, textOf, told } from '../shop-values.ts';
import { Identities } from '../vocabulary.ts';
import { type Delivery, eventOf, type ShopEvent, timeIn } from './delivery.ts';

/** A product with what its cheapest variant costs; `inventory_item_id` is what changes of stock are told by. */
export function readProduct(delivery: Delivery): ShopEvent[] {
  const { body, url } = delivery;
  const variants = objectsOf(body.variants).map((variant) =>
    told({
      variant_id: textOf(variant.id),
      inventory_item_id: textOf(variant.inventory_item_id),
      sku: textOf(variant.sku),
      title: textOf(variant.title),
      price: numberOf(variant.price),
      old_price: numberOf(variant.compare_at_price),
      quantity: numberOf(variant.inventory_quantity),
    }),
  );
  const [cheapest] = [...variants].sort((a, b) => (numberOf(a.price) ?? 0) - (numberOf(b.price) ?? 0));
  const handle = textOf(body.handle);
  const data = told({
    product_id: textOf(body.id),
    sku: cheapest?.sku,
    title: textOf(body.title),
    price: cheapest?.price,
    old_price: cheapest?.old_price,
    quantity: variants.length === 0 ? null : sum(variants.map(({ quantity }) => numberOf(quantity) ?? 0)),
    url: url === null || handle === null ? null : `${url}/products/${encodeURIComponent(handle)}`,
    image: isObject(body.image) ? textOf(body.image.src) : textOf(objectOf(objectsOf(body.images)[0]).src),
    category: textOf(body.product_type),
    status: textOf(body.status),
    variants,
  });
  const at = timeIn(delivery, body.updated_at, body.created_at);
  return [eventOf(delivery, 'product.updated', at, new Identities(), data)];
}

/** How many there are at one place. Shopify names the inventory item here, and not the product. */
export function readStock(delivery: Delivery): ShopEvent[] {
  const { body } = delivery;
  const data = told({
    inventory_item_id: textOf(body.inventory_item_id),
    location_id: textOf(body.location_id),
    quantity: numberOf(body.available),
  });
  return [eventOf(delivery, 'stock.changed', timeIn(delivery, body.updated_at), new Identities(), data)];
}
