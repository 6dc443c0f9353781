import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest } from '../ports/source.ts';
import { segmentDoor } from './segment.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const door = segmentDoor({ name: 'app', type: 'segment', options: { write_key: 'key' } });
function events(call: string, body: JsonObject) {
  const request: RawRequest = {
    headers: { ':path': `/v1/${call}` },
    body: Buffer.from(JSON.stringify(body)),
    received: NOW,
    ip: null,
  };
  return door.translate(request).events;
}

describe('Segment’s names of a shop', () => {
  const lamp = { product_id: 'L1', sku: 'BR-1', name: 'Brass lamp', price: 79, image_url: 'https://i.example/1.jpg' };
  const ours = { product_id: 'L1', sku: 'BR-1', title: 'Brass lamp', price: 79, image: 'https://i.example/1.jpg' };
  const told = (event: string, properties: JsonObject) => {
    const [first] = events('track', { userId: 'anna', event, properties });
    return [first?.name, first?.data];
  };
  test.each<[string, JsonObject, string, JsonObject]>([
    ['Product Viewed', { ...lamp, currency: 'EUR' }, 'product.viewed', { ...ours, currency: 'EUR' }],
    [
      'Product Added',
      { ...lamp, cart_id: 'c1', quantity: 2, currency: 'EUR' },
      'cart.updated',
      { cart_id: 'c1', currency: 'EUR', items: [{ ...ours, currency: 'EUR', quantity: 2 }], total: 158 },
    ],
    [
      'Product Added',
      { cart_id: 'c1', products: [lamp, { ...lamp, product_id: 'L2', price: '0.1', quantity: 3 }] },
      'cart.updated',
      {
        cart_id: 'c1',
        items: [
          { ...ours, quantity: 1 },
          { ...ours, product_id: 'L2', price: '0.1', quantity: 3 },
        ],
        total: 79.3,
      },
    ],
    ['Product Removed', { cart_id: 'c1', products: [] }, 'cart.updated', { cart_id: 'c1', items: [], total: 0 }],
    ['Product Removed', { cart_id: 'c1', ...lamp }, 'Product Removed', { cart_id: 'c1', ...lamp }],
    [
      'Cart Viewed',
      { cart_id: 'c1', products: [lamp] },
      'cart.updated',
      { cart_id: 'c1', items: [{ ...ours, quantity: 1 }], total: 79 },
    ],
    [
      'Checkout Started',
      { order_id: 'o1', value: 100, products: [lamp] },
      'checkout.started',
      { order_id: 'o1', checkout_id: 'o1', value: 100, items: [{ ...ours, quantity: 1 }], total: 100 },
    ],
    ['Checkout Step Viewed', { checkout_id: 'k1', step: 2 }, 'checkout.updated', { checkout_id: 'k1', step: 2 }],
    [
      'Order Completed',
      { order_id: 'o1', total: 86.5, revenue: 79, currency: 'EUR', coupon: 'MAY', products: [lamp] },
      'order.placed',
      { order_id: 'o1', total: 86.5, revenue: 79, currency: 'EUR', coupon: 'MAY', items: [{ ...ours, quantity: 1 }] },
    ],
    [
      'Order Completed',
      { order_id: 'o1', revenue: '79' },
      'order.placed',
      { order_id: 'o1', revenue: '79', total: 79 },
    ],
    ['Order Cancelled', { order_id: 'o1' }, 'order.cancelled', { order_id: 'o1' }],
    ['Order Refunded', { order_id: 'o1', total: 30 }, 'order.refunded', { order_id: 'o1', total: 30, amount: 30 }],
    ['Products Searched', { query: 'lamp' }, 'Products Searched', { query: 'lamp' }],
  ])('%s %j is %s', (name, properties, expected, data) => {
    expect(told(name, properties)).toEqual([expected, data]);
  });
  test('tell whose order it is by the address in it', () => {
    const [order] = events('track', {
      anonymousId: 'a-1',
      event: 'Order Completed',
      properties: { order_id: 'o1', email: 'Anna@Example.com' },
    });
    expect(order?.who).toEqual(['email:anna@example.com', 'anonymous:a-1']);
  });
});
