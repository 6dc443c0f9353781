// Signatures made by openssl, and not by the code that checks them.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Base64 of HMAC-SHA256, as `openssl dgst` makes it. */
export function signedByOpenssl(body: Uint8Array, secret: string): string {
  const key = Buffer.from(secret, 'utf8').toString('hex');
  const made = spawnSync('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${key}`, '-binary'], {
    input: body,
  });
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr.toString('utf8')}`);
  return made.stdout.toString('base64');
}

/** A webhook's body as it stands among the fixtures of `sources/`. */
export function webhookBody(name: string): Buffer {
  return readFileSync(new URL(`../sources/fixtures/${name}`, import.meta.url));
}
