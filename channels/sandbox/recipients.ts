// How the sandbox's provider treats a recipient, told by the address alone, so that anybody can cause a refusal, a
// bounce or a crash by typing one. What follows from it is in `provider.ts`.

import type { ChannelName } from '../../engine/ports/channel.ts';

/** What is wrong with a recipient; `well`: nothing. */
export type Conduct = 'well' | 'refuse' | 'bounce' | 'slow' | 'silent' | 'die-before-answer' | 'die-after-taking';

const NAMED: ReadonlySet<string> = new Set<Conduct>([
  'refuse',
  'bounce',
  'slow',
  'silent',
  'die-before-answer',
  'die-after-taking',
]);

/**
 * Last seven digits of a phone number that misbehaves, like Twilio's own magic numbers (`+1500555000x`). Seven, so that
 * an invented number hardly ever ends so by chance.
 */
const MAGIC_NUMBERS: ReadonlyMap<string, Conduct> = new Map([
  ['5550001', 'refuse'],
  ['5550002', 'bounce'],
  ['5550003', 'slow'],
  ['5550004', 'silent'],
  ['5550005', 'die-before-answer'],
  ['5550006', 'die-after-taking'],
]);

/**
 * What the recipient asks for.
 * Email: the local part before any `+`, in any case: `bounce@…`, `bounce+anna@…`.
 * SMS: the end of the number, see `MAGIC_NUMBERS`.
 * Push: the last part of the endpoint's path before any `+` or `@`: `https://push.example/bounce+anna`, `bounce@phone`,
 * `bounce`; a subscription as JSON is read by its `endpoint`.
 */
export function conductOf(channel: ChannelName, to: string): Conduct {
  if (channel === 'sms') return MAGIC_NUMBERS.get(to.replace(/\D/g, '').slice(-7)) ?? 'well';
  const whole = channel === 'push' ? lastPart(endpoint(to)) : to;
  const name = (/^[^+@]*/.exec(whole)?.[0] ?? '').toLowerCase();
  return isConduct(name) ? name : 'well';
}

function isConduct(name: string): name is Conduct {
  return NAMED.has(name);
}

function lastPart(address: string): string {
  return address.split(/[?#]/, 1)[0]?.split('/').pop() ?? '';
}

function endpoint(to: string): string {
  if (!to.startsWith('{')) return to;
  try {
    const subscription: unknown = JSON.parse(to);
    const found = typeof subscription === 'object' && subscription !== null && 'endpoint' in subscription;
    return found ? String(subscription.endpoint) : to;
  } catch {
    return to;
  }
}
