// Web push alone: messages through the channel, encrypted for each device, to the tests' push service in another process.
// No journey and no store: what encryption, tokens and HTTP cost.

import { type ChildProcess, fork } from 'node:child_process';
import { createECDH } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createWebPush } from '../channels/push/web-push.ts';
import type { Outgoing, PushDevice } from '../engine/ports/channel.ts';
import { createGuardedFetch } from '../engine/runtime/guarded-fetch.ts';
import { startPushService } from '../engine/testing/push-service.ts';

export interface PushRate {
  readonly perSecond: number;
  /** CPU of the sending process, in milliseconds a message. */
  readonly cpuMs: number;
}

interface Service {
  readonly place: string;
  readonly devices: readonly PushDevice[];
}

/** Hand-over gives the channel so many at once. */
const AT_ONCE = 64;
const WARM_UP = 500;

/** Sends `count` messages, a device each. Throws where one was not taken, or is not what was sent. */
export async function pushes(count: number): Promise<PushRate> {
  const child = fork(fileURLToPath(import.meta.url), ['service'], { execArgv: [] });
  try {
    return await send(await told<Service>(child), count, child);
  } finally {
    child.kill();
  }
}

const told = <Answer>(child: ChildProcess): Promise<Answer> =>
  new Promise((done, failed) => {
    child.once('message', (answer) => done(answer as Answer));
    child.once('exit', () => failed(new Error('the push service ended')));
  });

async function send({ place, devices }: Service, count: number, child: ChildProcess): Promise<PushRate> {
  const guarded = createGuardedFetch({ allow: [place] });
  const channel = createWebPush(sender(), {
    now: () => Date.now(),
    guarded,
    reports: (message) => `https://t.lumen.example/push/report/${message}`,
    target: () => null,
  });
  const run = async (from: number, to: number): Promise<void> => {
    let next = from;
    const line = async (): Promise<void> => {
      for (let n = next++; n < to; n = next++) {
        const [outcome] = await channel.send([message(n, devices[n % devices.length]!)]);
        if (outcome?.result !== 'accepted') throw new Error(`a push message was ${outcome?.result ?? 'lost'}`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
  };
  await run(0, WARM_UP);
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await run(WARM_UP, WARM_UP + count);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const answer = told<number>(child);
  child.send('count');
  const taken = await answer;
  if (taken !== WARM_UP + count) throw new Error(`${WARM_UP + count} were sent and ${taken} taken`);
  await channel.close();
  await guarded.close();
  return { perSecond: count / seconds, cpuMs: (user + system) / 1_000 / count };
}

function sender() {
  const curve = createECDH('prime256v1');
  curve.generateKeys();
  const scalar = Buffer.concat([Buffer.alloc(32), curve.getPrivateKey()]).subarray(-32);
  const options = { public_key: curve.getPublicKey('base64url'), private_key: scalar.toString('base64url') };
  return { name: 'push', options: { ...options, subject: 'mailto:bench@lumen.example' } };
}

function message(n: number, device: PushDevice): Outgoing {
  const id = n.toString(16).padStart(32, '0');
  return {
    id,
    person: id,
    channel: 'push',
    to: id,
    journey: 'bench',
    step: 'nudge',
    template: 'nudge',
    locale: 'en',
    category: 'marketing',
    transactional: false,
    expires: null,
    devices: [device],
    headers: {
      title: 'Your lamp waits',
      link: `https://lumen.example/cart?n=${n}`,
      icon: 'https://lumen.example/i.png',
    },
    actions: [{ label: 'See it', url: 'https://lumen.example/lamp' }],
    html: null,
    text: 'It is still in your cart, and there are three of it left.',
    urls: { unsubscribe: '', preferences: '', browser: '' },
    at: Date.now(),
    attempt: 1,
  };
}

/** The other process: it verifies each sender's token and decrypts each message, as browsers would. */
async function serve(): Promise<void> {
  const { place, subscribe, taken } = await startPushService();
  process.on('message', () => process.send?.(taken.length));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ place, devices: Array.from({ length: 1_000 }, () => subscribe()) });
}

if (process.argv[2] === 'service') await serve();
