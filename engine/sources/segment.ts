// The door of `type: segment`: Segment's HTTP Tracking API (`/v1/track identify alias page screen group batch import`)
// and, with the same write key, `/v1/journeys/:id/start`. Which call it is stands in the pseudo header `:path`.
// Two kinds of keys: `write_key` is a server's and may say everything; `browser_key` stands in every page for anybody to
// read, so what comes with it is believed as far as a visitor is.

import { createHash, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Json, JsonObject } from '../language/values.ts';
import type { RawRequest, Refused, SourceDoor, Translation } from '../ports/source.ts';
import { isObject, objectOf, readJsonObject } from './read-json.ts';
import { type CalledEvent, type CallType, translateCall, type Visitor } from './segment-calls.ts';

/** Documented limits; a kilobyte is 1,024 bytes, as Segment's own client counts. */
const MAX_CALL_BYTES = 32 * 1024;
const MAX_BATCH_BYTES = 500 * 1024;
const MAX_BATCH_CALLS = 2500;
const CALLS = new Set(['track', 'identify', 'alias', 'page', 'screen', 'group']);

type KeyKind = 'server' | 'browser';

/** A door for one source of `tropa.yaml`; throws TropaError `E_SETTINGS` when it has no write key. */
export function segmentDoor(source: Source): SourceDoor {
  const keys = [...digestsOf(source, 'write_key', 'server'), ...digestsOf(source, 'browser_key', 'browser')];
  if (!keys.some(({ kind }) => kind === 'server'))
    throw new TropaError('E_SETTINGS', `The source "${source.name}" needs a write_key.`);
  const kindOf = (request: RawRequest): KeyKind | null => {
    const told = writeKeyOf(request);
    if (told === null) return null;
    const hash = digest(told);
    // Every key is compared, each in constant time, so that the answer's time tells nothing.
    const [found] = keys.filter((key) => timingSafeEqual(key.digest, hash));
    return found?.kind ?? null;
  };
  return {
    verify(request) {
      const kind = kindOf(request);
      if (kind !== null) return { ok: true, ...(kind === 'browser' && { browser: true }) };
      return { ok: false, why: writeKeyOf(request) === null ? 'no write key' : 'another write key' };
    },
    translate(request) {
      return kindOf(request) === 'browser' ? asVisitor(request) : translate(request, null);
    },
  };
}

/** What a page says: under the source's name for visitors, and with the address it really came from. */
function asVisitor(request: RawRequest): Translation {
  return { ...translate(request, { ip: request.ip }), visitor: true };
}

/** A key that is both is a server's. */
function digestsOf(source: Source, option: string, kind: KeyKind): { kind: KeyKind; digest: Buffer }[] {
  return [source.options[option]]
    .flat()
    .filter((key): key is string => typeof key === 'string' && key !== '')
    .map((key) => ({ kind, digest: digest(key) }));
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

function translate(request: RawRequest, visitor: Visitor | null): Translation {
  const [, , call = '', journey = ''] = (request.headers[':path'] ?? '').split('?')[0]?.split('/') ?? [];
  if (call === 'batch' || call === 'import') return translateBatch(request, visitor);
  if (call === 'journeys') return translateSingle(request, visitor, 'start', decodeURIComponent(journey));
  return translateSingle(request, visitor, call);
}

function translateSingle(request: RawRequest, visitor: Visitor | null, type: string, journey?: string): Translation {
  if (request.body.length > MAX_CALL_BYTES) throw new TropaError('E_TOO_LARGE', 'A call has 32 KB at most.');
  const body = readJsonObject(request.body);
  const result = translateCall({
    type: type as CallType,
    body,
    context: {},
    sentAt: undefined,
    received: request.received,
    index: 0,
    visitor,
    ...(journey === undefined ? {} : { journey }),
  });
  return Array.isArray(result) ? { events: result, refused: [] } : { events: [], refused: [{ index: 0, ...result }] };
}

function translateBatch(request: RawRequest, visitor: Visitor | null): Translation {
  if (request.body.length > MAX_BATCH_BYTES) throw new TropaError('E_TOO_LARGE', 'A batch has 500 KB at most.');
  const body = readJsonObject(request.body);
  const { batch } = body;
  if (!Array.isArray(batch)) throw new TropaError('E_BAD_REQUEST', 'A batch call needs batch: a list of calls.');
  if (batch.length > MAX_BATCH_CALLS) throw new TropaError('E_TOO_LARGE', 'A batch has 2,500 events at most.');
  const events: CalledEvent[] = [];
  const refused: Refused[] = [];
  const crowded = request.body.length > MAX_CALL_BYTES;
  for (const [index, item] of batch.entries()) {
    const result = translateItem(item, index, body, request, { crowded, visitor });
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
  { crowded, visitor }: { crowded: boolean; visitor: Visitor | null },
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
    visitor,
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
