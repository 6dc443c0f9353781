// The door of `type: bearer`: systems of one's own that send our events as JSON, with a token (RFC 6750).

import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';
import type { Json, JsonObject } from '../language/values.ts';
import type { RawRequest, Refused, SourceDoor, TranslatedEvent, Translation } from '../ports/source.ts';
import { mapperOf } from './mapping.ts';
import { readOwnEvent } from './own-event.ts';
import { isObject, readJson } from './read-json.ts';
import { textOf } from './shop-values.ts';
import { bearerOf, secretsOf, tokenCheck } from './signing.ts';

const MOST_EVENTS = 2500;

/**
 * A door for one source. The body is one event or a list of at most 2,500; with `map` theirs are made into ours. An
 * event is known again by its `messageId` (or `event_id`), else by the header `Idempotency-Key`; without either every
 * delivery is another event. Throws TropaError `E_SETTINGS` when the token or the map cannot be used.
 */
export function bearerDoor(source: Source): SourceDoor {
  const known = tokenCheck(secretsOf(source, 'token'));
  const { map } = source.options;
  const read = isObject(map) ? mapperOf(source.name, map) : readOwnEvent;
  return {
    verify({ headers }) {
      const token = bearerOf(headers.authorization);
      if (token === null) return { ok: false, why: 'no Authorization: Bearer' };
      return known(token) ? { ok: true } : { ok: false, why: 'another token' };
    },
    translate: (request) => translate(request, read),
  };
}

function translate(request: RawRequest, read: typeof readOwnEvent): Translation {
  const body = readJson(request.body);
  const items = Array.isArray(body) ? body : [body];
  if (items.length > MOST_EVENTS) throw new TropaError('E_TOO_LARGE', 'A list has 2,500 events at most.');
  const key = textOf(request.headers['idempotency-key']);
  const events: (TranslatedEvent & { readonly index: number })[] = [];
  const refused: Refused[] = [];
  for (const [index, item] of items.entries()) {
    const one = translateOne(item, key === null ? null : `${key}/${index}`, request, read);
    events.push(...one.events.map((event) => ({ ...event, index })));
    refused.push(...one.refused.map((line) => ({ ...line, index })));
  }
  return { events, refused };
}

function translateOne(item: Json, key: string | null, request: RawRequest, read: typeof readOwnEvent): Translation {
  if (!isObject(item))
    return { events: [], refused: [{ index: 0, code: 'E_BAD_EVENT', detail: 'An event must be a JSON object.' }] };
  return read(item, idIn(item) ?? key, request.received);
}

/** Not `id`: of most systems that is the thing which the event is about, and the same for all its events. */
function idIn({ messageId, message_id, event_id }: JsonObject): string | null {
  return textOf(messageId) ?? textOf(message_id) ?? textOf(event_id);
}
