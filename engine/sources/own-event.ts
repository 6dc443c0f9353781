// One event of ours as a body of JSON, as systems of one's own send it.

import type { Instant, JsonObject } from '../language/values.ts';
import type { TranslatedEvent, Translation } from '../ports/source.ts';
import { readTime } from './own-time.ts';
import { isObject, objectOf } from './read-json.ts';
import { readTraits } from './traits.ts';
import { consentFault, Identities, isReserved } from './vocabulary.ts';

const NOT_DATA = new Set(['type', 'event', 'timestamp']);
const USER = ['userId', 'user_id', 'customer_id'] as const;
const ANONYMOUS = ['anonymousId', 'anonymous_id'] as const;

/**
 * `type` (or `event`) is the name, `timestamp` its own time, `data` its data where that is an object, else everything else of the body; whom it
 * is about is told by `userId`, `email`, `phone`, `anonymousId` (snake case and `customer_id` too), there or in its data.
 * `id` is the delivery's, `attempted` its time where the event has none. What is wrong is refused, never thrown.
 */
export function readOwnEvent(body: JsonObject, id: string | null, attempted: Instant): Translation {
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
    : Object.fromEntries(
        Object.entries(body).filter(([key, value]) => !NOT_DATA.has(key) && (key !== 'data' || value !== null)),
      );
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
