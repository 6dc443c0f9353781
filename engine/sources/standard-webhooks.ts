// The door of `type: standard-webhooks`: any sender that signs by the Standard Webhooks specification.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

import { createHmac, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Instant, Millis } from '../language/values.ts';
import type { RawRequest, SourceDoor } from '../ports/source.ts';
import { mapperOf } from './mapping.ts';
import { readOwnEvent } from './own-event.ts';
import { isObject, readJsonObject } from './read-json.ts';

/** How far the time of sending may be from ours, either way: older ones are replays. */
const TOLERANCE: Millis = 5 * 60_000;

/**
 * A door for one source. `secret` is one or a list, each `whsec_` and base64, or bare base64. With `map` events are made
 * as `mapping.ts` describes; without it the body is read as the specification recommends: `type` (or `event`) is the
 * name, `timestamp` the event's own time, `data` its data, else everything else of the body. Whom it is about is told by
 * `userId`, `email`, `phone`, `anonymousId` (snake case and `customer_id` too), in the body or in its data.
 * Throws TropaError `E_SETTINGS` when a secret or the map cannot be used.
 */
export function standardWebhooksDoor(source: Source): SourceDoor {
  const secrets = [source.options.secret].flat().map((secret) => decodeSecret(source.name, secret));
  const map = source.options.map;
  const translate = isObject(map) ? mapperOf(source.name, map) : readOwnEvent;
  return {
    verify: (request) => verify(secrets, request),
    translate: (request) => {
      const body = readJsonObject(request.body);
      return translate(body, request.headers['webhook-id'] ?? null, timeOf(request));
    },
  };
}

/** Milliseconds of `webhook-timestamp`: of the attempt, not of the event. Verified before. */
const timeOf = (request: RawRequest): Instant =>
  Number(request.headers['webhook-timestamp'] ?? Number.NaN) * 1000 || request.received;

function decodeSecret(source: string, secret: unknown): Buffer {
  const text = typeof secret === 'string' ? secret.replace(/^whsec_/, '') : '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new TropaError('E_SETTINGS', `The source "${source}" needs a secret: whsec_ and base64, one or a list.`);
  }
  return Buffer.from(text, 'base64');
}

function verify(secrets: readonly Buffer[], { headers, body, received }: RawRequest): ReturnType<SourceDoor['verify']> {
  const { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signatures } = headers;
  if (!id || !stamp || !signatures) return { ok: false, why: 'a header is missing' };
  if (!/^\d{1,12}$/.test(stamp)) return { ok: false, why: 'the timestamp is no number of seconds' };
  if (Math.abs(Number(stamp) * 1000 - received) > TOLERANCE) return { ok: false, why: 'the timestamp is stale' };
  const offered = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'));
  const expected = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${id}.${stamp}.`).update(body).digest(),
  );
  // Every pair is compared, each in constant time.
  const matches = expected.flatMap((mac) =>
    offered.filter((other) => other.length === mac.length && timingSafeEqual(other, mac)),
  );
  return matches.length > 0 ? { ok: true } : { ok: false, why: 'no signature matches' };
}
