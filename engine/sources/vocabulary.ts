// Names of events at the doors: which are the storefront's vocabulary, which are Tropa's own and cannot be sent in.

import { RESERVED } from '../core/events.ts';
import { type IdentityKind, identityKey } from '../core/identity.ts';
import type { IdentityKey } from '../core/person.ts';
import type { Json, JsonObject } from '../language/values.ts';
import { isObject } from './read-json.ts';

const STOREFRONT = /^(product|cart|checkout|order|stock|profile|consent)\./;
const CHANNELS = new Set(['email', 'sms', 'push']);

/** True for names that only the engine may use: whoever could send `message.opened` could move any journey. */
export function isReserved(name: string): boolean {
  return RESERVED.some((prefix) => name.startsWith(prefix));
}

/** True where `email` and `phone` among the data are the person's own, and not, say, a friend's who was invited. */
export function isStorefront(name: string): boolean {
  return STOREFRONT.test(name);
}

/** Why this cannot be a consent event, or null. Without a channel it is a word about all of them. */
export function consentFault(name: string, data: JsonObject): string | null {
  if (name !== 'consent.granted' && name !== 'consent.withdrawn') return null;
  const { channel } = data;
  if (channel === undefined || channel === null) return null;
  return typeof channel === 'string' && CHANNELS.has(channel)
    ? null
    : `${name} knows the channels email, sms and push.`;
}

/** Identity keys gathered from what a request says, and how many of its values name nobody. */
export class Identities {
  readonly keys: IdentityKey[] = [];
  ignored = 0;

  /** Takes the first usable value for this kind; values that are there and name nobody are counted. */
  add(kind: IdentityKind, ...values: readonly unknown[]): this {
    for (const value of values) {
      if (value === undefined || value === null || value === '') continue;
      const key = identityKey(kind, value);
      if (key === null) this.ignored += 1;
      else {
        if (!this.keys.includes(key)) this.keys.push(key);
        return this;
      }
    }
    return this;
  }
}

/** What somebody answered, and the words they answered to. */
export interface Answers {
  readonly channels: readonly { readonly channel: string; readonly granted: boolean }[];
  readonly proof: JsonObject;
}

const PROOF = new Set(['text', 'version', 'category']);

/** `{email: true, sms: false, text, version, category}` as consent events' data; a text when it cannot be read. */
export function readConsent(value: unknown): Answers | string {
  if (value === undefined || value === null) return { channels: [], proof: {} };
  if (!isObject(value)) return 'consent must be like {"email": true, "sms": false}.';
  const channels: { channel: string; granted: boolean }[] = [];
  const proof: JsonObject = {};
  for (const [name, told] of Object.entries(value)) {
    const fault = PROOF.has(name) ? textFault(name, told) : answerFault(name, told);
    if (fault !== null) return fault;
    if (typeof told === 'boolean') channels.push({ channel: name, granted: told });
    else proof[name] = told;
  }
  return { channels, proof };
}

const textFault = (name: string, told: Json): string | null =>
  typeof told === 'string' ? null : `consent.${name} must be a text.`;

function answerFault(name: string, told: Json): string | null {
  if (!CHANNELS.has(name)) return 'consent knows the channels email, sms and push.';
  return typeof told === 'boolean' ? null : `consent.${name} must be true or false.`;
}
