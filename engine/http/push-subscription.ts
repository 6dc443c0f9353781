// Reads what pages and workers say of a subscription. Nothing of it is trusted: it is stored only where it could be one
// that a browser made, at a push service on the public internet.

import { TropaError } from '../language/errors.ts';
import type { Json, JsonObject } from '../language/values.ts';
import { isNearHost, typedAddress } from '../runtime/public-address.ts';

export interface Subscription extends JsonObject {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

const LONGEST = 2_048;
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const bad = (detail: string): TropaError => new TropaError('E_BAD_REQUEST', detail);

/** The body as an object. Throws TropaError `E_BAD_REQUEST`. */
export function bodyOf(bytes: Uint8Array): JsonObject {
  try {
    const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
    if (isObject(body)) return body;
  } catch {
    // Said below.
  }
  throw bad('The body must be a JSON object.');
}

/** A text of a body, cut to its longest; null where there is none. */
export function textOf(body: JsonObject, name: string, longest: number): string | null {
  const value = body[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, longest) : null;
}

/** As `PushSubscription.toJSON()` tells it; `near`: places that tests may name. Throws TropaError `E_BAD_REQUEST`. */
export function subscriptionOf(value: Json | undefined, near: readonly string[]): Subscription {
  if (!isObject(value)) throw bad('A subscription is what PushSubscription.toJSON() tells: endpoint and keys.');
  const { endpoint, keys } = value;
  const why = typeof endpoint === 'string' ? endpointFault(endpoint, near) : 'missing';
  if (typeof endpoint !== 'string' || why !== null)
    throw bad(
      `The endpoint of a subscription is an https address of a push service on the internet; this one is ${why}.`,
    );
  if (!isObject(keys) || !isKey(keys.p256dh, 65) || !isKey(keys.auth, 16))
    throw bad('The keys of a subscription are p256dh (65 bytes) and auth (16 bytes), both as base64url.');
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } };
}

/** The endpoint that ends: alone, or within its subscription. Throws TropaError `E_BAD_REQUEST`. */
export function endpointOf(body: JsonObject): string {
  const endpoint = body.endpoint ?? (isObject(body.subscription) ? body.subscription.endpoint : undefined);
  if (typeof endpoint === 'string' && endpoint.length <= LONGEST && URL.canParse(endpoint)) return endpoint;
  throw bad('Tell the endpoint of the subscription that has ended.');
}

/** What is wrong with an endpoint as it is written; what its name leads to is judged whenever it is connected to. */
function endpointFault(endpoint: string, near: readonly string[]): string | null {
  if (endpoint.length > LONGEST || /\s/.test(endpoint)) return 'none';
  const url = typedAddress(endpoint);
  if (typeof url === 'string') return url;
  if (near.includes(url.host)) return null;
  if (url.protocol !== 'https:') return 'not https';
  return isNearHost(url.hostname) ? 'not public' : null;
}

function isKey(value: Json | undefined, bytes: number): value is string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+={0,2}$/.test(value)) return false;
  return Buffer.from(value, 'base64url').length === bytes;
}
