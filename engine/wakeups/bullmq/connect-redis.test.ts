// What is said of a Redis that cannot be used, before anything rests on it.

import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type RedisServer, startRedis } from '../../testing/redis-server.ts';
import { connectRedis } from './connect-redis.ts';

const servers: RedisServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function refusal(url: string): Promise<string> {
  const connected = await connectRedis(url).catch((error: Error) => error);
  if (connected instanceof Error) return `${(connected as { code?: string }).code} ${connected.message}`;
  connected.disconnect();
  return 'none';
}

test.each(['', 'localhost:6379', 'http://x.example', 'mongodb://x'])('%j is no address of Redis', async (url) => {
  expect(await refusal(url)).toMatch(/^E_REDIS REDIS_URL is no address/);
});

test('nobody there: said with the place, never the password', async () => {
  const said = await refusal('redis://tropa:hunter2@127.0.0.1:1');
  expect(said).toMatch(/^E_REDIS Redis at 127.0.0.1:1 cannot be reached/);
  expect(said).not.toContain('hunter2');
});

test('a server that never answers holds the start up for no longer than its patience', async () => {
  const mute: Server = createServer(() => undefined);
  await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done));
  const { port } = mute.address() as { port: number };
  expect(await refusal(`redis://127.0.0.1:${port}`)).toMatch(/cannot be reached/);
  mute.close();
}, 15_000);

test('a login that is refused, and none where one is wanted', async () => {
  const server = await startRedis();
  servers.push(server);
  await server.client.config('SET', 'requirepass', 'hunter2');
  for (const login of ['', ':wrong@'])
    expect(await refusal(`redis://${login}127.0.0.1:${server.port}`)).toMatch(/refuses the login/);
  expect(await refusal(`redis://:hunter2@127.0.0.1:${server.port}`)).toBe('none');
});

test('a server that throws keys away is refused with the setting that mends it', async () => {
  const server = await startRedis(['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru']);
  servers.push(server);
  expect(await refusal(server.url)).toMatch(/^E_REDIS .*allkeys-lru.*noeviction/);
});
