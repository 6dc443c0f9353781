// A port that nobody listens on, and that no outgoing connection is given meanwhile: below those that the kernel hands out
// by itself. Whoever is killed and started again finds it free.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Linux gives out 32768 and above unless told otherwise (`ip_local_port_range`). */
const [LOWEST, HIGHEST] = [12_000, 32_000];

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port was found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}
