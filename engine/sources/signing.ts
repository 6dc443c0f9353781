// Secrets of sources, and what is signed with them. Every comparison takes the same time whatever it finds.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { TropaError } from '../language/errors.ts';
import type { Source } from '../language/settings.ts';

/** One secret or a list of them (while they change); throws TropaError `E_SETTINGS` where one is missing or empty. */
export function secretsOf(source: Source, option: string): readonly string[] {
  const told = [source.options[option]].flat();
  if (told.length === 0 || !told.every((one) => typeof one === 'string' && one.trim() !== ''))
    throw new TropaError('E_SETTINGS', `The source "${source.name}" needs "${option}": a text, or a list of them.`);
  return told as string[];
}

/** Checks a base64 HMAC-SHA256 of the raw body, by whichever secret it was made. */
export function bodySignature(secrets: readonly string[]): (body: Uint8Array, offered: string) => boolean {
  return (body, offered) => {
    // Buffer.from passes over what is not base64: only the one way of writing a digest is taken.
    if (!/^[A-Za-z0-9+/]{43}=$/.test(offered)) return false;
    const told = Buffer.from(offered, 'base64');
    if (told.toString('base64') !== offered) return false;
    return anyOf(secrets, (secret) => timingSafeEqual(createHmac('sha256', secret).update(body).digest(), told));
  };
}

/** Checks a token, whichever of several is meant. Digests are compared: they are of one length. */
export function tokenCheck(tokens: readonly string[]): (offered: string) => boolean {
  const digests = tokens.map(digest);
  return (offered) => {
    const told = digest(offered);
    return anyOf(digests, (known) => timingSafeEqual(known, told));
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/** Tries all, so that the time taken does not tell which it was. */
function anyOf<T>(all: readonly T[], fits: (one: T) => boolean): boolean {
  return all.filter(fits).length > 0;
}

/** A name for a body that brings none: the same body has the same. */
export function fingerprint(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url');
}

/** The token of `Authorization: Bearer …` (RFC 6750), or null. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header ?? '')?.[1] ?? null;
}
