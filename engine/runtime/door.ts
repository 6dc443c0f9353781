// The inner side of every door: what a source translated becomes an event with an id of ours, or is refused with a code
// before anything is stored. What a storefront's request looks like is known in `sources/` alone (I9).

import { randomUUID } from 'node:crypto';
import { visitorsOf } from '../core/events.ts';
import { mint } from '../core/ids.ts';
import type { Instant, Json } from '../language/values.ts';
import type { Refused, TranslatedEvent, Translation } from '../ports/source.ts';
import type { IncomingEvent } from '../ports/store.ts';

/** A translated event that also tells which item of the request it came from, and how many ids of it named nobody. */
export interface NumberedEvent extends TranslatedEvent {
  /** Place in the batch; one item may become several events, which are taken or refused together. Default 0. */
  readonly index?: number;
  /** Identities like `undefined` or `guest` that were left out. */
  readonly ignored?: number;
}

export interface Admission {
  readonly events: readonly IncomingEvent[];
  readonly refused: readonly Refused[];
  /** How many items of the request are taken. */
  readonly accepted: number;
  /** How many identities were refused, for the count. */
  readonly ignored: number;
}

/** Events that are about a product and not about a person. */
const OF_NOBODY = new Set(['product.updated', 'stock.changed']);
const MAX_DEPTH = 20;
const MAX_NAME = 200;
const MAX_KEY = 256;
/** 9999-12-31T23:59:59.999Z: the last moment ISO 8601 writes without a sign. */
const LAST_MOMENT = 253_402_300_799_999;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const CONTROLS = /[\u0000-\u001f\u007f\u2028\u2029]/;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Judges what a source translated. An item is taken whole or refused whole, with the first thing that is wrong.
 * An event without an id of its source's gets a random one: each delivery of it is another event.
 */
export function admit(translation: Translation, door: string, received: Instant): Admission {
  const source = translation.visitor === true ? visitorsOf(door) : door;
  const refused = new Map<number, Refused>(translation.refused.map((line) => [line.index, line]));
  for (const event of translation.events) {
    const index = indexOf(event);
    const wrong = refused.has(index) ? null : faultOf(event);
    if (wrong !== null) refused.set(index, { index, ...wrong });
  }
  const taken = translation.events.filter((event) => !refused.has(indexOf(event)));
  return {
    events: taken.map((event) => toIncoming(event, source, received)),
    refused: [...refused.values()].sort((a, b) => a.index - b.index),
    accepted: new Set(taken.map(indexOf)).size,
    ignored: translation.events.reduce((sum, event: NumberedEvent) => sum + (event.ignored ?? 0), 0),
  };
}

const indexOf = (event: NumberedEvent): number => event.index ?? 0;

function toIncoming(event: TranslatedEvent, source: string, received: Instant): IncomingEvent {
  return {
    id: mint('event', source, event.id ?? randomUUID()),
    source,
    name: event.name,
    at: event.at,
    received,
    who: event.who,
    ...(event.aliases === undefined ? {} : { aliases: event.aliases }),
    data: event.data,
  };
}

type Wrong = { readonly code: string; readonly detail: string };
const wrong = (detail: string, code = 'E_BAD_EVENT'): Wrong => ({ code, detail });

function faultOf(event: TranslatedEvent): Wrong | null {
  if (event.name === '' || event.name.length > MAX_NAME || CONTROLS.test(event.name) || !isUnicode(event.name)) {
    return wrong(`An event needs a name of 1 to ${MAX_NAME} characters, without control characters.`);
  }
  if (!Number.isInteger(event.at) || event.at < 0 || event.at > LAST_MOMENT) {
    return wrong('The time of an event must be a moment from 1970 to 9999.');
  }
  const keys = [...event.who, ...(event.aliases ?? [])];
  if (keys.some((key) => CONTROLS.test(key) || !isUnicode(key))) {
    return wrong('An identity must be plain text without control characters.', 'E_NO_IDENTITY');
  }
  if (event.who.length === 0 && !OF_NOBODY.has(event.name)) {
    return wrong(
      'Tell whom it is about: userId, email, phone or anonymousId, and not a word like "guest".',
      'E_NO_IDENTITY',
    );
  }
  const why = unfit(event.data, 0);
  return why === null ? null : wrong(why);
}

/** Text that UTF-8 can carry: no half of a surrogate pair. */
function isUnicode(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** Why these data cannot be kept and computed with, or null. Stops at the depth it refuses, so it cannot be made to recurse. */
function unfit(value: Json, depth: number): string | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : 'A number is too large to be a number.';
  }
  if (value === null || typeof value !== 'object') return null;
  if (depth >= MAX_DEPTH) return `Data are nested deeper than ${MAX_DEPTH} levels.`;
  return Array.isArray(value) ? unfitList(value, depth) : unfitMap(value, depth);
}

function unfitList(list: readonly Json[], depth: number): string | null {
  for (const item of list) {
    const why = unfit(item, depth + 1);
    if (why !== null) return why;
  }
  return null;
}

function unfitMap(map: { readonly [key: string]: Json }, depth: number): string | null {
  for (const [key, item] of Object.entries(map)) {
    if (FORBIDDEN_KEYS.has(key)) return `A field cannot be called "${key}".`;
    if (key.length > MAX_KEY) return `A field's name has ${MAX_KEY} characters at most.`;
    const why = unfit(item, depth + 1);
    if (why !== null) return why;
  }
  return null;
}
