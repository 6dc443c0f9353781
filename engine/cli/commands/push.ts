// `tropa push keys`: a pair of VAPID keys (RFC 8292), in the form tropa.yaml wants. Nothing is stored: who loses the pair
// loses every subscription made under it.

import { createECDH } from 'node:crypto';
import { TropaError } from '../../language/errors.ts';
import type { Context } from '../context.ts';
import { printJson, say } from '../print.ts';

/** Prints a new pair; with `--json` as `{public_key, private_key}`. Throws TropaError `E_BAD_REQUEST` for another word than `keys`. */
export function push({ json }: Context, [action]: readonly string[]): Promise<number> {
  if (action !== 'keys')
    return Promise.reject(new TropaError('E_BAD_REQUEST', `\`tropa push\` knows keys, not "${action ?? ''}".`));
  const { publicKey, privateKey } = newKeys();
  if (json) printJson({ public_key: publicKey, private_key: privateKey });
  else say(wordsFor(publicKey, privateKey));
  return Promise.resolve(0);
}

/** Uncompressed point and scalar of P-256, both as base64url. */
function newKeys(): { publicKey: string; privateKey: string } {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  // A scalar that begins with zeros is told shorter than its 32 bytes.
  const scalar = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32);
  return { publicKey: curve.getPublicKey('base64url'), privateKey: scalar.toString('base64url') };
}

const wordsFor = (
  publicKey: string,
  privateKey: string,
): string => `For tropa.yaml (the subject is whom push services may turn to):

senders:
  push:
    provider: webpush
    public_key: "${publicKey}"
    private_key: "\${VAPID_PRIVATE}"
    subject: mailto:you@your-shop.example

For the environment of the server (.env or its service file), and nowhere else; keep a copy as safe as a password:

VAPID_PRIVATE=${privateKey}

For the shop's pages: the public key alone, as data-push-key of /tropa.js, or as applicationServerKey.
Keep this pair: browsers subscribe to it, and under another every visitor has to subscribe anew.`;
