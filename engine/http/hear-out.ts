// A request that is refused before it has arrived. Whoever closes while the sender still writes resets the connection, and
// the sender sees a broken pipe in place of the answer, and tries again for ever.

import type { FastifyRequest } from 'fastify';

/** Reads on, and forgets what it reads, until the request is over; not longer than the server waits for any request. */
export function hearOut({ raw }: FastifyRequest, patience: number): Promise<void> {
  if (raw.complete || raw.destroyed) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(over, patience);
    function over(): void {
      clearTimeout(timer);
      done();
    }
    for (const end of ['end', 'close', 'error'] as const) raw.once(end, over);
    raw.resume();
  });
}
