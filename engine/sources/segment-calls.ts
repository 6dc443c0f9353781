// One call of Segment's HTTP Tracking API as events of ours. Authentication, limits and batches are in `segment.ts`.
// https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/ and …/connections/spec/

import { mint } from '../core/ids.ts';
import type { Instant, Json, JsonObject } from '../language/values.ts';
import type { TranslatedEvent } from '../ports/source.ts';
import { correctedTime, readTime } from './own-time.ts';
import { isObject, objectOf } from './read-json.ts';
import { translateCommerce } from './segment-commerce.ts';
import { readTraits } from './traits.ts';
import { consentFault, Identities, isReserved, isStorefront, readConsent } from './vocabulary.ts';

export type CallType = 'track' | 'identify' | 'alias' | 'page' | 'screen' | 'group' | 'start';

/** An event and the item of the batch it came from (`runtime/door.ts` reads both). */
export interface CalledEvent extends TranslatedEvent {
  readonly index: number;
  readonly ignored: number;
}

export interface Wrong {
  readonly code: string;
  readonly detail: string;
}

/** A call with everything that is common to all of them already read. */
interface Call {
  readonly body: JsonObject;
  readonly context: JsonObject;
  readonly at: Instant;
  readonly id: string | null;
  readonly index: number;
  /** Journey to be started, of `/v1/journeys/:id/start`. */
  readonly journey: string | null;
  readonly visitor: Visitor | null;
}

/** Whoever calls with the public key of a page: anybody. */
export interface Visitor {
  /** Where the call really came from. */
  readonly ip: string | null;
}

export interface CallInput {
  readonly type: CallType;
  readonly body: JsonObject;
  /** Of the batch: merged under the call's own. */
  readonly context: JsonObject;
  readonly sentAt: Json | undefined;
  readonly received: Instant;
  readonly index: number;
  readonly journey?: string;
  /** Null for a call with a server's key. */
  readonly visitor?: Visitor | null;
}

const bad = (detail: string): Wrong => ({ code: 'E_BAD_EVENT', detail });
const READERS: Readonly<Record<CallType, (call: Call) => CalledEvent[] | Wrong>> = {
  track: readTrack,
  identify: (call) => readIdentify(call, objectOf(call.body.traits), call.body.consent),
  alias: readAlias,
  page: (call) => readView(call, 'page.viewed'),
  screen: (call) => readView(call, 'screen.viewed'),
  group: readGroup,
  start: readStart,
};

/** Translates one call; what is wrong with it is answered, never thrown. */
export function translateCall(input: CallInput): CalledEvent[] | Wrong {
  const { body, received, visitor = null } = input;
  const denied = visitor === null ? null : beyondVisitors(input.type, body);
  if (denied !== null) return denied;
  const given = body.timestamp ?? null;
  const timestamp = readTime(given);
  if (given !== null && timestamp === null) return bad('timestamp must be an ISO 8601 time.');
  for (const name of ['properties', 'traits', 'context'] as const) {
    const part = body[name];
    if (part !== undefined && part !== null && !isObject(part)) return bad(`${name} must be an object.`);
  }
  return READERS[input.type]({
    body,
    context: { ...input.context, ...objectOf(body.context) },
    at: correctedTime(timestamp, readTime(body.sentAt ?? input.sentAt), received),
    id: readMessageId(body.messageId),
    index: input.index,
    journey: input.journey ?? null,
    visitor,
  });
}

const VISITORS_CALLS = new Set<CallType>(['track', 'page', 'screen', 'identify']);
/** What a shop's own server tells alone: orders are money, products and stock are of everybody. */
const SERVERS_EVENTS = /^(?:order\.|product\.updated$|stock\.changed$)/;

/** Why a public key cannot say this, or null. */
function beyondVisitors(type: CallType, body: JsonObject): Wrong | null {
  const forbidden = (detail: string): Wrong => ({ code: 'E_FORBIDDEN', detail });
  if (!VISITORS_CALLS.has(type)) return forbidden(`A browser_key cannot call ${type}: use the write_key on a server.`);
  const ours = typeof body.event === 'string' ? translateCommerce(body.event, {}).name : '';
  if (type === 'track' && SERVERS_EVENTS.test(ours))
    return forbidden(`A browser_key cannot send ${ours}: use the write_key on a server.`);
  return new Identities().add('anonymous', body.anonymousId).keys.length === 0
    ? { code: 'E_NO_IDENTITY', detail: 'A call with a browser_key needs the anonymousId of its visitor.' }
    : null;
}

function readMessageId(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The id of an event that goes along with a call's own: the same each time the call is told again. */
const alongside = (call: Call, what: string): string | null =>
  call.id === null ? null : mint('alongside', what, call.id);

function eventOf(
  call: Call,
  who: Identities,
  name: string,
  data: JsonObject,
  more: Partial<CalledEvent> = {},
): CalledEvent {
  return { id: call.id, name, at: call.at, who: who.keys, data, index: call.index, ignored: who.ignored, ...more };
}

/** Whom a call is about: user id, else email, else phone, else anonymous id; all that is known is told. */
function whoOf(call: Call, ...places: readonly JsonObject[]): Identities {
  const traits = objectOf(call.context.traits);
  const sources = [traits, objectOf(call.body.traits), ...places];
  const who = new Identities();
  // A page cannot prove who has logged in: its user id is counted and left out. The shop's server tells it.
  if (call.visitor === null) who.add('user', call.body.userId);
  else if (![undefined, null, ''].includes(call.body.userId as string)) who.ignored += 1;
  return who
    .add('email', ...sources.map((place) => place.email))
    .add('phone', ...sources.map((place) => place.phone))
    .add('anonymous', call.body.anonymousId);
}

/** Traits of a call, with what the device knows where they are silent. */
function traitsOf(call: Call, traits: JsonObject): JsonObject {
  const read = readTraits(traits);
  for (const name of ['timezone', 'locale'] as const) {
    const known = call.context[name];
    if (read[name] === undefined && typeof known === 'string' && known !== '') read[name] = known;
  }
  return read;
}

function readTrack(call: Call): CalledEvent[] | Wrong {
  const name = call.body.event;
  if (typeof name !== 'string' || name === '') return bad('A track call needs an event: its name.');
  if (isReserved(name))
    return { code: 'E_RESERVED_NAME', detail: "Names under message. journey. segment. tropa. are the engine's own." };
  const properties = objectOf(call.body.properties);
  if (name === 'profile.updated') return readIdentify(call, properties, properties.consent);
  const fault = consentFault(name, properties);
  if (fault !== null) return bad(fault);
  const ours = translateCommerce(name, properties);
  const told = addressOf(call, ours.name, ours.data);
  const who = whoOf(call, told);
  const data = ours.name.startsWith('consent.') ? { ...ours.data, ...visitorsProof(call) } : ours.data;
  return [...profileAlong(call, who), eventOf(call, who, ours.name, data)];
}

/** What is known of a consent that a page sent, whatever it says itself. */
function visitorsProof(call: Call): JsonObject {
  if (call.visitor === null) return {};
  const { url } = objectOf(call.context.page);
  return {
    source: 'browser',
    ...(call.visitor.ip !== null && { ip: call.visitor.ip }),
    ...(typeof url === 'string' && { page: url }),
  };
}

/** `email` and `phone` among the properties, where they are the person's own: they tell who it is. */
function addressOf(call: Call, name: string, properties: JsonObject): JsonObject {
  const own = isStorefront(name) || new Identities().add('user', call.body.userId).keys.length === 0;
  const told: JsonObject = {};
  if (!own) return told;
  for (const field of ['email', 'phone'] as const) {
    const value = properties[field];
    if (typeof value === 'string' && value !== '') told[field] = value;
  }
  return told;
}

/**
 * What a track call says about the person, as an event of its own a millisecond before it: a journey that starts on
 * the call already knows where to write.
 */
function profileAlong(call: Call, who: Identities): CalledEvent[] {
  const traits = objectOf(call.context.traits);
  if (Object.keys(traits).length === 0) return [];
  return [
    eventOf(call, who, 'profile.updated', traitsOf(call, traits), {
      id: alongside(call, 'traits'),
      at: Math.max(0, call.at - 1),
      ignored: 0,
    }),
  ];
}

function readIdentify(call: Call, traits: JsonObject, topConsent: Json | undefined): CalledEvent[] | Wrong {
  const answers = readConsent(traits.consent ?? topConsent);
  if (typeof answers === 'string') return bad(answers);
  const who = whoOf(call, traits);
  const ip = call.context.ip;
  const proof: JsonObject = {
    source: 'identify',
    ...(typeof ip === 'string' ? { ip } : {}),
    ...answers.proof,
    ...visitorsProof(call),
  };
  return [
    eventOf(call, who, 'profile.updated', traitsOf(call, { ...objectOf(call.context.traits), ...traits })),
    ...answers.channels.map(({ channel, granted }) =>
      eventOf(
        call,
        who,
        granted ? 'consent.granted' : 'consent.withdrawn',
        { channel, ...proof },
        {
          id: alongside(call, `consent ${channel}`),
          ignored: 0,
        },
      ),
    ),
  ];
}

/** The previous id may have been a user's or an anonymous one; the call does not say which. */
function readAlias(call: Call): CalledEvent[] | Wrong {
  const who = new Identities().add('user', call.body.userId);
  const previous = new Identities().add('user', call.body.previousId).add('anonymous', call.body.previousId);
  if (who.keys.length === 0 || previous.keys.length === 0) {
    return { code: 'E_NO_IDENTITY', detail: 'An alias call needs userId and previousId.' };
  }
  return [eventOf(call, who, 'tropa.alias', {}, { aliases: previous.keys })];
}

function readView(call: Call, name: string): CalledEvent[] {
  const data: JsonObject = { ...objectOf(call.body.properties) };
  for (const field of ['name', 'category'] as const) {
    const value = call.body[field];
    if (typeof value === 'string' && data[field] === undefined) data[field] = value;
  }
  const who = whoOf(call);
  return [...profileAlong(call, who), eventOf(call, who, name, data)];
}

/** A group's traits are the group's and not the person's: they become `group`, beside `group_id`. */
function readGroup(call: Call): CalledEvent[] | Wrong {
  const id = call.body.groupId;
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') return bad('A group call needs a groupId.');
  const group = readTraits(objectOf(call.body.traits));
  const data: JsonObject = { group_id: String(id), ...(Object.keys(group).length > 0 ? { group } : {}) };
  const who = new Identities().add('user', call.body.userId).add('anonymous', call.body.anonymousId);
  return [eventOf(call, who, 'profile.updated', data)];
}

/** `{profile, data, key}`: the profile is a user id, or `{userId, email, phone, anonymousId}`. */
function readStart(call: Call): CalledEvent[] | Wrong {
  const { profile, data, key } = call.body;
  if (data !== undefined && data !== null && !isObject(data)) return bad('data must be an object.');
  if (key !== undefined && key !== null && typeof key !== 'string' && typeof key !== 'number')
    return bad('key must be a text.');
  const named = isObject(profile) ? profile : { userId: profile ?? null };
  const who = new Identities()
    .add('user', named.userId)
    .add('email', named.email)
    .add('phone', named.phone)
    .add('anonymous', named.anonymousId);
  const start = {
    journey: call.journey,
    data: data ?? {},
    key: key === undefined || key === null ? null : String(key),
  };
  return [eventOf(call, who, 'tropa.start', start)];
}
