// The door of `type: shopify`: which webhook it is, whether Shopify sent it, and who reads it.
// https://shopify.dev/docs/apps/build/webhooks/subscribe/https and …/webhooks/ignore-duplicates

import type { Source } from '../language/settings.ts';
import type { Instant, JsonObject, Millis } from '../language/values.ts';
import type { PrivacyRequest, RawRequest, SourceDoor, Translation } from '../ports/source.ts';
import { readTime } from './own-time.ts';
import { readJsonObject } from './read-json.ts';
import { textOf } from './shop-values.ts';
import { readCart, readCheckout } from './shopify/carts.ts';
import { customerOf, readConsentTopic, readCustomer, readMerge } from './shopify/customers.ts';
import type { Delivery, ShopEvent } from './shopify/delivery.ts';
import { readOrder, readRefund } from './shopify/orders.ts';
import { readProduct, readStock } from './shopify/products.ts';
import { bodySignature, fingerprint, secretsOf } from './signing.ts';

/** Shopify goes on trying for hours; what was triggered longer ago than this is a replay. */
const STALE: Millis = 48 * 3_600_000;

const READERS: ReadonlyMap<string, (delivery: Delivery) => ShopEvent[]> = new Map([
  ['carts/create', readCart],
  ['carts/update', readCart],
  ['checkouts/create', readCheckout],
  ['checkouts/update', readCheckout],
  ['orders/create', readOrder],
  ['orders/paid', readOrder],
  ['orders/fulfilled', readOrder],
  ['orders/cancelled', readOrder],
  ['refunds/create', readRefund],
  ['customers/create', readCustomer],
  ['customers/update', readCustomer],
  ['customers/enable', readCustomer],
  ['customers/disable', readCustomer],
  ['customers/merge', readMerge],
  ['customers_email_marketing_consent/update', readConsentTopic],
  ['customers_marketing_consent/update', readConsentTopic],
  ['products/create', readProduct],
  ['products/update', readProduct],
  ['inventory_levels/update', readStock],
]);

const PRIVACY: ReadonlyMap<string, PrivacyRequest['kind']> = new Map([
  ['customers/data_request', 'export'],
  ['customers/redact', 'erase'],
  ['shop/redact', 'shop'],
]);

/**
 * A door for one shop. `secret` is the signing secret, one or a list; `url` the shop's address, for links to its carts
 * and products. Topics nobody asked for are taken and mean nothing: a webhook that is refused is soon sent no more.
 * Throws TropaError `E_SETTINGS` without a secret.
 */
export function shopifyDoor(source: Source): SourceDoor {
  const signed = bodySignature(secretsOf(source, 'secret'));
  const url = textOf(source.options.url)?.replace(/\/+$/, '') ?? null;
  return {
    verify: ({ headers, body, received }) => {
      const offered = headers['x-shopify-hmac-sha256'];
      if (!offered) return { ok: false, why: 'no X-Shopify-Hmac-Sha256' };
      if (!signed(body, offered)) return { ok: false, why: 'no secret made this signature' };
      return freshness(headers['x-shopify-triggered-at'], received);
    },
    translate: (request) => translate(request, url),
  };
}

/** The header is not signed: it keeps late deliveries out, and what is signed keeps its own times against forged ones. */
function freshness(stamp: string | undefined, received: Instant): ReturnType<SourceDoor['verify']> {
  if (stamp === undefined) return { ok: true };
  const triggered = readTime(stamp);
  if (triggered === null) return { ok: false, why: 'X-Shopify-Triggered-At is no time' };
  return received - triggered > STALE ? { ok: false, why: 'it was triggered too long ago' } : { ok: true };
}

function translate(request: RawRequest, url: string | null): Translation {
  const body = readJsonObject(request.body);
  const topic = request.headers['x-shopify-topic'] ?? '';
  const delivery: Delivery = {
    topic,
    id: idOf(request, topic, body),
    triggered: readTime(request.headers['x-shopify-triggered-at']) ?? request.received,
    shop: request.headers['x-shopify-shop-domain'] ?? null,
    url,
    body,
  };
  const kind = PRIVACY.get(topic);
  if (kind !== undefined) return { events: [], refused: [], privacy: [privacyOf(delivery, kind)] };
  return { events: READERS.get(topic)?.(delivery) ?? [], refused: [] };
}

/**
 * `X-Shopify-Event-Id` names what a merchant or buyer did: it is the same for every try, every subscription, and every
 * topic that came of it, of which each counts; `X-Shopify-Webhook-Id` names one subscription's delivery, and is the same
 * for every try. One action can touch several things (a bulk edit), so the thing is named as well. A webhook with
 * neither is known by its body.
 */
function idOf({ headers, body: raw }: RawRequest, topic: string, body: JsonObject): string {
  const told = headers['x-shopify-event-id'] || headers['x-shopify-webhook-id'] || fingerprint(raw);
  const thing = [body.id ?? body.token ?? body.customer_id, body.inventory_item_id, body.location_id];
  const names = thing.map(textOf).filter((name) => name !== null);
  return [told, topic, ...names].join('/');
}

/** https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance */
function privacyOf({ id, triggered, shop, body }: Delivery, kind: PrivacyRequest['kind']): PrivacyRequest {
  const orders = body.orders_requested ?? body.orders_to_redact;
  return {
    kind,
    id,
    at: triggered,
    who: kind === 'shop' ? [] : customerOf(body).keys,
    orders: Array.isArray(orders) ? orders.map(textOf).filter((order) => order !== null) : [],
    shop: textOf(body.shop_domain) ?? shop,
  };
}
