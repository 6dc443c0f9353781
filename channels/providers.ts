// Every provider there is, each loaded when a sender first names it.

import {
  type CallbackDoor,
  type Channel,
  type ProviderHost,
  type ReturnAddresses,
  TropaError,
} from '../engine/ports/channel.ts';
import { createReturnAddresses } from './email/inbound/addresses.ts';

/** A sender of tropa.yaml. */
export type SenderSettings = Parameters<typeof import('./email/smtp.ts').createSmtp>[0] & {
  readonly channel: string;
  readonly provider: string;
};

const CHANNEL_OF: Readonly<Record<string, string>> = { smtp: 'email', twilio: 'sms', http: 'sms', webpush: 'push' };

/** Opens a sender; null where it is the sandbox. Throws TropaError `E_SETTINGS`. */
export async function open(sender: SenderSettings, host: ProviderHost): Promise<Channel | null> {
  const own = CHANNEL_OF[sender.provider];
  if (own !== undefined && own !== sender.channel)
    throw new TropaError(
      'E_SETTINGS',
      `The sender "${sender.name}": provider "${sender.provider}" sends ${own}, and not ${sender.channel}.`,
    );
  switch (sender.provider) {
    case 'sandbox':
      return null;
    case 'smtp':
      return (await import('./email/smtp.ts')).createSmtp({ name: sender.name, options: sender.options }, host);
    case 'twilio':
      return (await import('./sms/twilio.ts')).createTwilio({ name: sender.name, options: sender.options }, host);
    case 'http':
      return (await import('./sms/gateway.ts')).createGateway(
        { name: sender.name, options: sender.options },
        await host.guarded(),
      );
    case 'webpush':
      return (await import('./push/web-push.ts')).createWebPush(
        { name: sender.name, options: sender.options },
        { ...host.links, now: () => host.now(), guarded: await host.guarded() },
      );
    default:
      throw new TropaError(
        'E_SETTINGS',
        `The sender "${sender.name}": provider "${sender.provider}" is not available in this version. Leave the sender out: ${sender.channel} then goes to the sandbox.`,
      );
  }
}

/** What a sender's provider calls back with; null where it never does. Throws TropaError `E_SETTINGS`. */
export async function callbacks(
  sender: SenderSettings,
  host: Pick<ProviderHost, 'guarded'>,
): Promise<CallbackDoor | null> {
  if (sender.provider === 'smtp')
    return (await import('./email/callbacks/open.ts')).emailCallbacks(sender.name, sender.options, () =>
      host.guarded(),
    );
  if (sender.provider !== 'twilio') return null;
  return (await import('./sms/callbacks.ts')).twilioCallbacks(sender.name, sender.options);
}

/** Addresses that bounces and answers come back to. */
export function addresses(
  secret: string,
  inbound: { readonly domain: string } | null,
  publicUrl: string,
): ReturnAddresses {
  return createReturnAddresses(secret, inbound?.domain ?? null, publicUrl);
}

/** Listens for returned mails and answers, until it is closed. Rejects where the port is taken. */
export async function listen(
  inbound: { readonly smtp: number; readonly domain: string },
  secret: string,
  host: ProviderHost,
): Promise<{ close(): Promise<void> }> {
  const { listenForMail } = await import('./email/inbound/listen.ts');
  return await listenForMail({
    port: inbound.smtp,
    addresses: createReturnAddresses(secret, inbound.domain, host.addresses.publicUrl),
    now: () => host.now(),
    heard: (heard) => host.heard(heard),
  });
}
