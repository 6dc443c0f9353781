// Senders and messages for tests of web push.

import { createECDH } from 'node:crypto';
import type { Outgoing, PushDevice } from '../ports/channel.ts';

/** A sender of `tropa.yaml` with fresh keys. */
export function pushSender(options: Readonly<Record<string, string>> = {}) {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  const privateKey = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32);
  return {
    name: 'push',
    options: {
      public_key: curve.getPublicKey('base64url'),
      private_key: privateKey.toString('base64url'),
      subject: 'mailto:hello@lumen.example',
      ...options,
    },
  };
}

/** The message, addressed to these devices. */
export function messageTo(message: Outgoing, ...devices: readonly PushDevice[]): Outgoing {
  return { ...message, devices };
}
