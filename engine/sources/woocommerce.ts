// The door of `type: woocommerce`: its signature, its ping, and which of its topics say what.
// https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/

import type { Source } from '../language/settings.ts';
import type { JsonObject } from '../language/values.ts';
import type { RawRequest, SourceDoor, Translation } from '../ports/source.ts';
import { readJsonObject } from './read-json.ts';
import { textOf } from './shop-values.ts';
import { bodySignature, fingerprint, secretsOf } from './signing.ts';
import { readOrder, type WooEvent } from './woocommerce/orders.ts';
import { readCart, readCustomer, readProduct } from './woocommerce/people-and-things.ts';
import { apiOf, recallOrders } from './woocommerce/walk.ts';

/** What WooCommerce sends when a webhook is saved: unsigned, and nothing but the webhook's number. */
const PING = /^webhook_id=\d{1,20}$/;
const NOTHING: Translation = { events: [], refused: [] };

/**
 * A door for one shop: `secret` one or a list; `url`, `key` and `secret_key` for its API. Topics that say nothing here
 * (`coupon.*`, `*.deleted`, actions) are taken: after six refusals WooCommerce switches a webhook off.
 * Throws TropaError `E_SETTINGS` when the settings cannot be used.
 */
export function wooCommerceDoor(source: Source): SourceDoor {
  const signed = bodySignature(secretsOf(source, 'secret'));
  const api = apiOf(source);
  return {
    verify(request) {
      if (isPing(request)) return { ok: true };
      const offered = request.headers['x-wc-webhook-signature'];
      if (!offered) return { ok: false, why: 'no X-WC-Webhook-Signature' };
      return signed(request.body, offered) ? { ok: true } : { ok: false, why: 'no secret made this signature' };
    },
    translate,
    ...(api === null ? {} : { recall: (ask) => recallOrders(api, ask) }),
  };
}

/** Nothing ever comes of a ping, so it needs no proof. */
function isPing({ body }: RawRequest): boolean {
  return body.length < 40 && PING.test(Buffer.from(body).toString('latin1'));
}

function translate(request: RawRequest): Translation {
  if (isPing(request)) return NOTHING;
  const body = readJsonObject(request.body);
  return { events: eventsOf(request, body), refused: [] };
}

function eventsOf(request: RawRequest, body: JsonObject): WooEvent[] {
  const { headers, received } = request;
  switch (headers['x-wc-webhook-topic']) {
    case 'order.created':
    case 'order.updated':
    case 'order.restored':
      return readOrder(body, received);
    case 'customer.created':
    case 'customer.updated':
      return readCustomer(body, deliveryId(request, body), received);
    case 'product.created':
    case 'product.updated':
    case 'product.restored':
      return readProduct(body, deliveryId(request, body), received);
    case 'tropa.cart':
      return readCart(body, deliveryId(request, body), received);
    default:
      return [];
  }
}

/**
 * A delivery's id is made of the webhook and the second it is sent in: two of one second have the same. So the thing and
 * what is said of it are named as well.
 */
function deliveryId({ headers, body: raw }: RawRequest, body: JsonObject): string {
  const parts = [headers['x-wc-webhook-delivery-id'], headers['x-wc-webhook-topic'], textOf(body.id), fingerprint(raw)];
  return parts.filter((part) => part !== undefined && part !== null).join('/');
}
