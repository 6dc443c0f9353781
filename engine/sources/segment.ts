// The door of `type: segment`: Segment's HTTP Tracking API (`/v1/track identify alias page screen group batch import`)
// and, with the same write key, `/v1/journeys/:id/start`. Which call it is stands in the pseudo header `:path`.

import { createHash, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Json, JsonObject } from '../language/values.ts';
import type { RawRequest, Refused, SourceDoor, Translation } from '../ports/source.ts';
import { isObject, objectOf, readJsonObject } from './read-json.ts';
import { type CalledEvent, type CallType, translateCall } from './segment-calls.ts';

/** Documented limits; a kilobyte is 1,024 bytes, as Segment's own client counts. */
const MAX_CALL_BYTES = 32 * 1024;
const MAX_BATCH_BYTES = 500 * 1024;
const MAX_BATCH_CALLS = 2500;
const CALLS = new Set(['track', 'identify', 'alias', 'page', 'screen', 'group']);

/** A door for one source of `tropa.yaml`; throws TropaError `E_SETTINGS` when it has no write key. */
export function segmentDoor(source: Source): SourceDoor {
  const keys = [source.options.write_key].flat().filter((key): key is string => typeof key === 'string' && key !== '');
  if (keys.length === 0) throw new TropaError('E_SETTINGS', `The source "${source.name}" needs a write_key.`);
  const digests = keys.map(digest);
  return {
    verify(request) {
      const told = writeKeyOf(request);
      if (told === null) return { ok: false, why: 'no write key' };
      const hash = digest(told);
      // Every key is compared, each in constant time, so that the answer's time tells nothing.
      const matches = digests.filter((key) => timingSafeEqual(key, hash)).length;
      return matches > 0 ? { ok: true } : { ok: false, why: 'another write key' };
    },
    translate,
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** The write key: user name of Basic authentication, or `writeKey` in the body where nothing else is claimed. */
function writeKeyOf(request: RawRequest): string | null {
  const header = request.headers.authorization;
  if (header === undefined) return writeKeyInBody(request.body);
  const match = /^Basic\s+([A-Za-z0-9+/=_-]+)\s*$/i.exec(header);
  if (match === null) return null;
  const [user = ''] = Buffer.from(match[1] ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return user === '' ? null : user;
}

function writeKeyInBody(body: Uint8Array): string | null {
  try {
    const { writeKey } = readJsonObject(body);
    return typeof writeKey === 'string' && writeKey !== '' ? writeKey : null;
  } catch {
    return null;
  }
}

function translate(request: RawRequest): Translation {
  const [, , call = '', journey = ''] = (request.headers[':path'] ?? '').split('?')[0]?.split('/') ?? [];
  if (call === 'batch' || call === 'import') return translateBatch(request);
  if (call === 'journeys') return translateSingle(request, 'start', decodeURIComponent(journey));
  return translateSingle(request, call);
}

function translateSingle(request: RawRequest, type: string, journey?: string): Translation {
  if (request.body.length > MAX_CALL_BYTES) throw new TropaError('E_TOO_LARGE', 'A call has 32 KB at most.');
  const body = readJsonObject(request.body);
  const result = translateCall({
    type: type as CallType,
    body,
    context: {},
    sentAt: undefined,
    received: request.received,
    index: 0,
    ...(journey === undefined ? {} : { journey }),
  });
  return Array.isArray(result) ? { events: result, refused: [] } : { events: [], refused: [{ index: 0, ...result }] };
}

function translateBatch(request: RawRequest): Translation {
  if (request.body.length > MAX_BATCH_BYTES) throw new TropaError('E_TOO_LARGE', 'A batch has 500 KB at most.');
  const body = readJsonObject(request.body);
  const { batch } = body;
  if (!Array.isArray(batch)) throw new TropaError('E_BAD_REQUEST', 'A batch call needs batch: a list of calls.');
  if (batch.length > MAX_BATCH_CALLS) throw new TropaError('E_TOO_LARGE', 'A batch has 2,500 events at most.');
  const events: CalledEvent[] = [];
  const refused: Refused[] = [];
  const crowded = request.body.length > MAX_CALL_BYTES;
  for (const [index, item] of batch.entries()) {
    const result = translateItem(item, index, body, request, crowded);
    if (Array.isArray(result)) events.push(...result);
    else refused.push(result);
  }
  return { events, refused };
}

function translateItem(
  item: Json,
  index: number,
  batch: JsonObject,
  request: RawRequest,
  crowded: boolean,
): CalledEvent[] | Refused {
  if (!isObject(item)) return { index, code: 'E_BAD_EVENT', detail: 'A call must be an object.' };
  if (typeof item.type !== 'string' || !CALLS.has(item.type)) {
    return {
      index,
      code: 'E_BAD_EVENT',
      detail: 'A call in a batch needs a type: track, identify, alias, page, screen or group.',
    };
  }
  // A whole body of 32 KB holds no larger call, and most do not come near: measuring means writing it again.
  if (crowded && sizeOf(item) > MAX_CALL_BYTES)
    return { index, code: 'E_TOO_LARGE', detail: 'A call has 32 KB at most.' };
  const result = translateCall({
    type: item.type as CallType,
    body: item,
    context: objectOf(batch.context),
    sentAt: batch.sentAt,
    received: request.received,
    index,
  });
  return Array.isArray(result) ? result : { index, ...result };
}

/** Bytes of a call as compact JSON; nesting that cannot even be written counts as too large. */
function sizeOf(item: JsonObject): number {
  try {
    return Buffer.byteLength(JSON.stringify(item));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
