// The door of `type: standard-webhooks`: any sender that signs by the Standard Webhooks specification.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

import { createHmac, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Instant, JsonObject, Millis } from '../language/values.ts';
import type { RawRequest, SourceDoor, TranslatedEvent, Translation } from '../ports/source.ts';
import { mapperOf } from './mapping.ts';
import { readTime } from './own-time.ts';
import { isObject, objectOf, readJsonObject } from './read-json.ts';
import { readTraits } from './traits.ts';
import { consentFault, Identities, isReserved } from './vocabulary.ts';

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
  const translate = isObject(map) ? mapperOf(source.name, map) : readBody;
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

const NOT_DATA = new Set(['type', 'event', 'timestamp', 'data']);
const USER = ['userId', 'user_id', 'customer_id'] as const;
const ANONYMOUS = ['anonymousId', 'anonymous_id'] as const;

function readBody(body: JsonObject, id: string | null, attempted: Instant): Translation {
  const name = body.type ?? body.event;
  const refuse = (code: string, detail: string): Translation => ({ events: [], refused: [{ index: 0, code, detail }] });
  if (typeof name !== 'string' || name === '')
    return refuse('E_BAD_EVENT', 'The body needs a type: the name of the event.');
  if (isReserved(name))
    return refuse('E_RESERVED_NAME', "Names under message. journey. segment. tropa. are the engine's own.");
  const at = body.timestamp === undefined || body.timestamp === null ? attempted : readTime(body.timestamp);
  if (at === null) return refuse('E_BAD_EVENT', 'timestamp must be an ISO 8601 time.');
  const told = isObject(body.data)
    ? body.data
    : Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_DATA.has(key)));
  const data = name === 'profile.updated' ? readTraits(told) : told;
  const fault = consentFault(name, data);
  if (fault !== null) return refuse('E_BAD_EVENT', fault);
  const who = whoIn(body, objectOf(body.data));
  const event: TranslatedEvent & { readonly ignored: number } = {
    id,
    name,
    at,
    who: who.keys,
    data,
    ignored: who.ignored,
  };
  return { events: [event], refused: [] };
}

function whoIn(...places: readonly JsonObject[]): Identities {
  const values = (names: readonly string[]): unknown[] => places.flatMap((place) => names.map((name) => place[name]));
  return new Identities()
    .add('user', ...values(USER))
    .add('email', ...values(['email']))
    .add('phone', ...values(['phone']))
    .add('anonymous', ...values(ANONYMOUS));
}
