// Ids minted by decisions: hashes of what they are about, so that deciding again gives the same id (I3, I5).

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** 128 bits of SHA-256 over the parts, as 32 hex digits. Parts are length-prefixed, so no two lists collide. */
export function mint(...parts: readonly (string | number | null)[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts)))).slice(0, 32);
}

/** A number in [0, 1) that is even over inputs and the same for ever for the same ones. */
export function fraction(...parts: readonly (string | number | null)[]): number {
  return Number.parseInt(mint(...parts).slice(0, 12), 16) / 2 ** 48;
}
