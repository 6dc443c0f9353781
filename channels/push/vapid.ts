// The sender's own keys: whether they can be used, and what they say to a push service (RFC 8292).

import { createECDH } from 'node:crypto';
import webpush from 'web-push';
import type { Checked, JsonObject } from '../../engine/ports/channel.ts';

export interface Vapid {
  readonly publicKey: string;
  readonly privateKey: string;
  /** Whom a push service may turn to: `mailto:` or `https:`. */
  readonly subject: string;
}

/** A token is good for 24 hours at most (RFC 8292 section 2); a new one is made after six, of a validity of twelve. */
const RENEW_MS = 6 * 3_600_000;
const VALID_SECONDS = 12 * 3_600;
/** Push services there are few; hostile endpoints name as many as they like. */
const MOST_TOKENS = 200;

const text = (options: JsonObject, name: string): string => {
  const value = options[name];
  return typeof value === 'string' ? value.trim() : '';
};

/** The keys among a sender's options, as they are. */
export function vapidOf(options: JsonObject): Vapid {
  return {
    publicKey: text(options, 'public_key'),
    privateKey: text(options, 'private_key'),
    subject: text(options, 'subject'),
  };
}

/** What there is to be said about the keys; no secret is in it. */
export function checkVapid(vapid: Vapid): Checked[] {
  const keys = keyFault(vapid);
  const subject = subjectFault(vapid.subject);
  return [
    {
      what: 'VAPID keys',
      ok: keys === null,
      say: keys ?? 'The public and the private key belong together.',
    },
    { what: 'VAPID subject', ok: subject === null, say: subject ?? 'Push services know whom to turn to.' },
  ];
}

/** Why these keys can send nothing, or null. */
export function vapidFault(vapid: Vapid): string | null {
  return keyFault(vapid) ?? subjectFault(vapid.subject);
}

const ANEW = 'Make a pair with `tropa push keys` and put both of it into the settings.';

function keyFault({ publicKey, privateKey }: Vapid): string | null {
  if (publicKey === '') return `The sender has no public_key. ${ANEW}`;
  if (privateKey === '') return `The sender has no private_key. ${ANEW}`;
  if (!isKey(publicKey, 65)) return `The public_key is not 65 bytes as base64url. ${ANEW}`;
  if (!isKey(privateKey, 32)) return `The private_key is not 32 bytes as base64url. ${ANEW}`;
  return publicOf(privateKey) === publicKey ? null : `The two keys do not belong together. ${ANEW}`;
}

function isKey(typed: string, bytes: number): boolean {
  return /^[A-Za-z0-9_-]+$/.test(typed) && Buffer.from(typed, 'base64url').length === bytes;
}

function publicOf(privateKey: string): string | null {
  try {
    const curve = createECDH('prime256v1');
    curve.setPrivateKey(Buffer.from(privateKey, 'base64url'));
    return curve.getPublicKey('base64url');
  } catch {
    return null;
  }
}

function subjectFault(subject: string): string | null {
  const good = /^mailto:[^@\s]+@[^@\s]+$/.test(subject) || /^https:\/\/[^\s/]+\.[^\s/]/.test(subject);
  return good
    ? null
    : 'The sender has no subject that push services accept: write `subject: mailto:you@your-shop.example`, or an https address.';
}

/** Authorization headers, one an origin, made anew before they run out. Real time: push services live in it. */
export class Tokens {
  readonly #vapid: Vapid;
  readonly #kept = new Map<string, { header: string; until: number }>();

  constructor(vapid: Vapid) {
    this.#vapid = vapid;
  }

  for(origin: string): string {
    const kept = this.#kept.get(origin);
    const now = Date.now();
    if (kept !== undefined && kept.until > now) return kept.header;
    const { subject, publicKey, privateKey } = this.#vapid;
    const expires = Math.floor(now / 1000) + VALID_SECONDS;
    const made = webpush.getVapidHeaders(origin, subject, publicKey, privateKey, 'aes128gcm', expires);
    if (this.#kept.size >= MOST_TOKENS) this.#kept.clear();
    this.#kept.set(origin, { header: made.Authorization, until: now + RENEW_MS });
    return made.Authorization;
  }
}
