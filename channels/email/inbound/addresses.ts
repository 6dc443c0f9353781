// The addresses that bounces and answers come back to: `b+<token>@domain` and `r+<token>@domain`, each naming its message,
// signed so that nobody can make one up.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ReturnAddresses } from '../../../engine/ports/channel.ts';

export type ReturnKind = 'bounce' | 'reply';

export interface SignedAddresses extends ReturnAddresses {
  /** The message of an address of ours, or null where we did not sign exactly this. */
  read(address: string): { readonly kind: ReturnKind; readonly message: string } | null;
}

const PREFIX: Readonly<Record<ReturnKind, string>> = { bounce: 'b', reply: 'r' };
/** 80 bits: with a message id of 128 that is 42 letters, and RFC 5321 allows 64 before the @. */
const MAC_BYTES = 10;

/**
 * Addresses at a domain; without one there are none. Tokens are of lower-case letters and digits alone, because mail
 * systems fold the case of what stands before the @.
 */
export function createReturnAddresses(secret: string, domain: string | null, publicUrl: string): SignedAddresses {
  const key = createHmac('sha256', secret).update('tropa return address').digest();
  const sign = (kind: ReturnKind, id: Buffer): Buffer =>
    createHmac('sha256', key).update(kind).update(id).digest().subarray(0, MAC_BYTES);
  const address = (kind: ReturnKind, message: string): string | null => {
    // Only ids that decisions mint have a place in an address.
    if (domain === null || !/^[0-9a-f]{32}$/.test(message)) return null;
    const id = Buffer.from(message, 'hex');
    return `${PREFIX[kind]}+${base32(Buffer.concat([sign(kind, id), id]))}@${domain}`;
  };
  return {
    publicUrl,
    bounces: (message) => address('bounce', message),
    replies: (message) => address('reply', message),
    read(told) {
      const [, prefix, token, at] = /^([br])\+([a-z2-7]{42})@(.+)$/.exec(told.trim().toLowerCase()) ?? [];
      if (token === undefined || domain === null || at !== domain.toLowerCase()) return null;
      const kind: ReturnKind = prefix === 'b' ? 'bounce' : 'reply';
      const bytes = fromBase32(token);
      const id = bytes.subarray(MAC_BYTES);
      if (base32(bytes) !== token || !timingSafeEqual(bytes.subarray(0, MAC_BYTES), sign(kind, id))) return null;
      return { kind, message: id.toString('hex') };
    },
  };
}

/** RFC 4648 section 6, in lower case and without padding. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
  let [bits, held, text] = [0, 0, ''];
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const letter of text) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
