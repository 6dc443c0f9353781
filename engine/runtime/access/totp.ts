// One-time codes by time (RFC 6238 over RFC 4226: HMAC-SHA-1, six digits, 30 seconds), as authenticator apps make them.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../../language/values.ts';

const STEP = 30_000;
/** Codes of one step before and after are taken: telephones' clocks differ. */
const WINDOW = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** 160 bits in base32, as RFC 4226 recommends. */
export const newTotpSecret = (): string => base32(randomBytes(20));

export const stepOf = (at: Instant): number => Math.floor(at / STEP);

/** The code of one step. */
export function codeOf(secret: string, step: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

/** The step whose code this is, later than `after`; null for any other text. */
export function stepOfCode(secret: string, code: string, at: Instant, after: number): number | null {
  const typed = Buffer.from(code.replace(/\s/g, ''));
  for (let step = stepOf(at) - WINDOW; step <= stepOf(at) + WINDOW; step += 1) {
    const right = Buffer.from(codeOf(secret, step));
    if (step > after && typed.length === right.length && timingSafeEqual(typed, right)) return step;
  }
  return null;
}

/** What authenticator apps read from a picture. */
export function totpUri(secret: string, email: string, issuer: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(email)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

/** RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
