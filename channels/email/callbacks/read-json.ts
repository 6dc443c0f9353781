// The JSON body of a callback, or a clear refusal.

import { type CallbackRequest, TropaError } from '../../../engine/ports/channel.ts';

/** Throws TropaError `E_BAD_REQUEST`. */
export function readJson({ body }: CallbackRequest): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new TropaError('E_BAD_REQUEST', 'The body is no JSON.');
  }
}
