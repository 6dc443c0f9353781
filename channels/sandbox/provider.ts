// The sandbox's provider: takes one message, or does what its recipient asks for. Receipts it owes are answered beside
// the outcome, to be handed in later.

import type { ChannelHost, ChannelName, Instant, Outgoing, Receipt, SendOutcome } from '../../engine/ports/channel.ts';
import { type Conduct, conductOf } from './recipients.ts';

/** How long a `slow` recipient's provider asks to wait, on the engine's clock. */
export const SLOW_MS = 30_000;
/** What browsers' push services surely carry after encryption (P36). */
const PUSH_LIMIT_BYTES = 3 * 1024;

/** What became of one message, and what the provider will say about it later. */
export interface Taking {
  readonly outcome: SendOutcome;
  readonly later: readonly Receipt[];
}

export interface Provider {
  take(message: Outgoing): Promise<Taking>;
}

interface ProviderSettings {
  readonly mayDie: boolean;
  /** Told of every message that was kept. */
  readonly kept: (message: Outgoing, at: Instant) => Promise<void>;
}

const BOUNCES: Readonly<Record<ChannelName, string>> = {
  email: '550 5.1.1 no such mailbox',
  sms: '30005 unknown destination handset',
  push: '410 the subscription is gone',
};

/** A provider that remembers only which slow recipients have waited; a restart makes them wait once more. */
export function createProvider(host: Pick<ChannelHost, 'now'>, settings: ProviderSettings): Provider {
  const readyAt = new Map<string, Instant>();

  const slow = async (message: Outgoing): Promise<Taking> => {
    const ready = readyAt.get(message.id) ?? host.now() + SLOW_MS;
    if (host.now() < ready) {
      readyAt.set(message.id, ready);
      return { outcome: { result: 'retry', after: ready - host.now(), why: 'the provider is slow' }, later: [] };
    }
    const taking = await accept(message, 'delivered');
    readyAt.delete(message.id);
    return taking;
  };
  const accept = async (message: Outgoing, then: 'delivered' | 'bounced' | null): Promise<Taking> => {
    const at = host.now();
    await settings.kept(message, at);
    const reason = then === 'bounced' ? { reason: BOUNCES[message.channel] } : {};
    const later = then === null ? [] : [{ message: message.id, kind: then, at, ...reason }];
    return { outcome: { result: 'accepted', providerId: `sandbox-${message.id}` }, later };
  };
  const cutOff = async (): Promise<Taking> => {
    if (settings.mayDie) await die();
    return { outcome: { result: 'unknown', why: 'the provider hung up without an answer' }, later: [] };
  };
  const ways: Readonly<Record<Conduct, (message: Outgoing) => Promise<Taking>>> = {
    well: (message) => accept(message, 'delivered'),
    bounce: (message) => accept(message, 'bounced'),
    silent: (message) => accept(message, null),
    slow,
    refuse: () => Promise.resolve(refused('address', 'the provider refuses this recipient')),
    'die-before-answer': cutOff,
    'die-after-taking': async (message) => {
      await settings.kept(message, host.now());
      return cutOff();
    },
  };

  return {
    take: (message) => {
      const amiss = objection(message);
      return amiss === null ? ways[conductOf(message.channel, message.to)](message) : Promise.resolve(amiss);
    },
  };
}

function refused(kind: 'address' | 'content', detail: string): Taking {
  return { outcome: { result: 'refused', why: { kind, detail } }, later: [] };
}

/** What any provider would refuse at the door, or null. */
function objection(message: Outgoing): Taking | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an address that holds one would add a header or a recipient (P25).
  if (message.to.trim() === '' || /[\u0000-\u001f\u007f]/.test(message.to))
    return refused('address', 'this is no address');
  if (message.channel !== 'push') return null;
  const bytes = Buffer.byteLength(JSON.stringify({ ...message.headers, text: message.text, actions: message.actions }));
  return bytes > PUSH_LIMIT_BYTES
    ? refused('content', `${bytes} bytes; a notification carries ${PUSH_LIMIT_BYTES}`)
    : null;
}

/** Ends the process as a power cut would: nothing is drained, nothing after this line runs. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}
