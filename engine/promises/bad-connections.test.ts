// Connections that only hold on: requests that drip, ten thousand at once, and more than the process may open.

import { spawnSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { HELLO, Neighbours } from '../testing/neighbours.ts';
import { startTropa, type Tropa } from '../testing/server.ts';

const NOON = Date.UTC(2026, 2, 2, 12);
const HEAD =
  'POST /v1/track HTTP/1.1\r\nhost: x\r\nauthorization: Basic a2V5Og==\r\ncontent-type: application/json\r\n';
let tropa: Tropa;
const open: Socket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await tropa.close();
});

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Held {
  readonly socket: Socket;
  told: string;
  over: boolean;
}

/** A connection that begins a request and does not end it. */
function hold(text: string): Promise<Held> {
  const socket = connect(Number(new URL(tropa.url).port), '127.0.0.1');
  open.push(socket);
  const held: Held = { socket, told: '', over: false };
  socket.on('data', (chunk) => (held.told += chunk.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (held.over = true));
  return new Promise((done) => {
    const begun = (): void => {
      socket.write(text);
      done(held);
    };
    socket.once('connect', begun);
    socket.once('close', () => done(held));
  });
}

async function holdMany(count: number): Promise<Held[]> {
  const held: Held[] = [];
  for (let from = 0; from < count; from += 500)
    held.push(...(await Promise.all(Array.from({ length: Math.min(500, count - from) }, () => hold(HEAD)))));
  return held;
}

/** As many as this machine lets a process open, less what a test needs itself. */
const MANY = Math.min(
  10_000,
  (Number(spawnSync('sh', ['-c', 'ulimit -Hn']).stdout.toString().trim()) || Number.POSITIVE_INFINITY) - 500,
);

test(`${MANY} open connections and a slow drip keep nobody out, and are told 408 and closed`, async () => {
  tropa = await startTropa({ workspace: HELLO, clock: NOON });
  const neighbours = new Neighbours(tropa);
  const drip = await hold(`${HEAD}content-length: 5000\r\n\r\n`);
  const dripping = setInterval(() => drip.over || drip.socket.write(' '), 100);
  const held = await holdMany(MANY);
  expect(held.filter(({ over }) => over).length).toBe(0);
  const begun = performance.now();
  await neighbours.goOn();
  expect(performance.now() - begun).toBeLessThan(3_000);
  for (let tries = 0; tries < 250 && [drip, ...held].some(({ over }) => !over); tries += 1) await pause(100);
  clearInterval(dripping);
  expect([drip, ...held].filter(({ over }) => !over)).toHaveLength(0);
  for (const { told } of [drip, ...held]) expect(told).toMatch(/^HTTP\/1\.1 408 /);
  await neighbours.goOn();
  expect((await tropa.ask('audit')).findings).toEqual([]);
}, 60_000);

const limited = spawnSync('prlimit', ['--version']).status === 0 ? test : test.skip;
limited(
  'more connections than the process may open files take no message away, and others get in afterwards',
  async () => {
    tropa = await startTropa({ workspace: HELLO, clock: NOON });
    const neighbours = new Neighbours(tropa);
    await neighbours.goOn();
    spawnSync('prlimit', [`--pid=${tropa.pid}`, '--nofile=80:80']);
    const held = await holdMany(500);
    const turnedAway = () => held.filter(({ over }) => over).length;
    for (let tries = 0; tries < 100 && turnedAway() < 400; tries += 1) await pause(50);
    expect(turnedAway()).toBeGreaterThanOrEqual(400);
    // Nobody is let in now; whoever is inside goes on, and is not lost.
    await Promise.allSettled(Array.from({ length: 20 }, (_, n) => tropa.track(`late-${n}`, 'go', { n: 1 })));
    for (const { socket } of held) socket.destroy();
    // The system takes a moment to close them; a connection made meanwhile may still be turned away.
    const isOpen = () =>
      fetch(`${tropa.url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    for (let tries = 0; tries < 100 && !(await isOpen()); tries += 1) await pause(50);
    await neighbours.goOn();
    expect((await tropa.ask('audit')).findings).toEqual([]);
  },
  60_000,
);
