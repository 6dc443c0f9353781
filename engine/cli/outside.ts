// Everything of a house that talks to the outside: senders, the callbacks of their providers, and the listener for mail
// that comes back. They follow the settings as these are deployed.

import type { Logger } from 'pino';
import type { Sender, Settings } from '../language/settings.ts';
import type { CallbackDoor, Channel, ChannelHost, ProviderHost } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { Senders } from '../runtime/senders/senders.ts';
import type { Listener, Providers } from './adapters.ts';

export interface OutsideParts {
  readonly providers: Providers;
  readonly host: ChannelHost & Pick<ProviderHost, 'heard' | 'links' | 'guarded'>;
  readonly sandbox: (channel: Sender['channel']) => Channel;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secret: string;
  readonly publicUrl: string;
  /** Among how many processes a sender's rate is shared. */
  readonly hands: () => number;
}

/** Whoever is in a journey may have a message that waited for a sender. */
async function wakeAll(store: Store, clock: Clock): Promise<void> {
  for (const { id, paused } of (await store.workspace()).journeys)
    if (!paused) await store.setJourney(id, { paused }, clock.now());
}

export class Outside {
  readonly senders: Senders;
  readonly #parts: OutsideParts;
  #settings: Settings | null = null;
  #callbacks: readonly CallbackDoor[] = [];
  #listener: { readonly told: string; readonly open: Listener } | null = null;
  #listens = false;

  constructor(parts: OutsideParts) {
    this.#parts = parts;
    const { store, clock, logger, sandbox, hands } = parts;
    this.senders = new Senders({
      store,
      clock,
      logger,
      sandbox,
      hands,
      resumed: () => wakeAll(store, clock),
      open: (sender) => parts.providers.open(sender, this.#hostOf(this.#settings)),
    });
  }

  /** The callbacks of a provider, one a sender that uses it. */
  callbacks(provider: string): readonly CallbackDoor[] {
    return this.#callbacks.filter((door) => door.provider === provider);
  }

  /** Follows the settings in force. */
  async adopt(settings: Settings): Promise<void> {
    const changed = settings !== this.#settings;
    this.#settings = settings;
    await this.senders.adopt(settings);
    if (!changed) return;
    // A sender whose settings cannot be used has said so already, and hears nothing.
    const doors = await Promise.all(settings.senders.map((sender) => this.#callbacksOf(sender).catch(() => null)));
    this.#callbacks = doors.filter((door) => door !== null);
    if (this.#listens) await this.#follow();
  }

  /** The callbacks of one sender; where they say that nothing more of it is taken, it is paused before they are answered. */
  async #callbacksOf(sender: Sender): Promise<CallbackDoor | null> {
    const door = await this.#parts.providers.callbacks(sender, this.#parts.host);
    if (door === null) return null;
    return {
      ...door,
      read: async (request) => {
        const heard = await door.read(request);
        const why = heard.find(({ halts }) => halts !== undefined)?.halts;
        if (why !== undefined) await this.senders.halt(sender.name, why);
        return heard;
      },
    };
  }

  /** From now on mail that comes back is listened for, where the settings say so. Only a server does. */
  async listen(): Promise<void> {
    this.#listens = true;
    await this.#follow();
  }

  async close(): Promise<void> {
    this.#listens = false;
    await this.#listener?.open.close();
    this.#listener = null;
    await this.senders.close();
  }

  async #follow(): Promise<void> {
    const { providers, secret, logger } = this.#parts;
    const inbound = this.#settings?.inbound ?? null;
    const told = JSON.stringify(inbound);
    if (this.#listener?.told === told) return;
    await this.#listener?.open.close();
    this.#listener = null;
    if (inbound === null) return;
    try {
      this.#listener = { told, open: await providers.listen(inbound, secret, this.#hostOf(this.#settings)) };
    } catch (error) {
      // Sending goes on: what comes back meanwhile waits in the queues of other mail servers.
      logger.error({ err: error, port: inbound.smtp }, 'nothing listens for returned mail: is the port taken?');
    }
  }

  #hostOf(settings: Settings | null): ProviderHost {
    const { providers, host, secret, publicUrl } = this.#parts;
    return {
      ...host,
      brand: settings?.brand.name ?? '',
      addresses: providers.addresses(secret, settings?.inbound ?? null, publicUrl),
    };
  }
}
