// What the command line is handed by the composition root: adapters, each loaded when it is first used.

import type { LabSandbox } from '../laboratory/world.ts';
import type { Sender, Settings, Source } from '../language/settings.ts';
import type { Attempts } from '../ports/attempts.ts';
import type {
  CallbackDoor,
  Channel,
  ChannelHost,
  ProviderHost,
  ReturnAddresses,
  SandboxMail,
} from '../ports/channel.ts';
import type { SourceDoor } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { Wakeups } from '../ports/wakeups.ts';

export interface SandboxOptions {
  readonly receipts?: 'soon' | 'on_idle';
  readonly mayDie?: boolean;
  readonly findMail?: (id: string) => Promise<SandboxMail | null>;
  readonly linkTarget?: (url: string) => Promise<string | null>;
}

/** The channels that leave this machine, by the provider of a sender. */
export interface Providers {
  /** Opens a sender; null where it is the sandbox. Throws TropaError `E_SETTINGS` for settings it cannot use. */
  open(sender: Sender, host: ProviderHost): Promise<Channel | null>;
  /** What a sender's provider calls back with, at `/receipts/<provider>`; null where it never does. */
  callbacks(sender: Sender, host: Pick<ProviderHost, 'guarded'>): Promise<CallbackDoor | null>;
  /** Addresses that bounces and answers come back to. */
  addresses(secret: string, inbound: Settings['inbound'], publicUrl: string): ReturnAddresses;
  /** Listens for returned mails and answers, until it is closed. */
  listen(inbound: NonNullable<Settings['inbound']>, secret: string, host: ProviderHost): Promise<Listener>;
}

export interface Listener {
  close(): Promise<void>;
}

/** What a mail that came back says, a line a recipient. */
export interface ReturnedMail {
  readonly bounces: readonly { readonly class: string; readonly reason: string; readonly recipient: string }[];
}

export interface Adapters {
  /** The embedded store of a folder. Throws E_STORE_LOCKED where an engine runs on it. */
  embeddedStore(folder: string): Promise<Store>;
  memoryStore(): Promise<() => Store>;
  wakeups(): Promise<() => Wakeups>;
  sandbox(): Promise<(host: ChannelHost, options: SandboxOptions) => LabSandbox>;
  sourceDoor(): Promise<(source: Source) => SourceDoor>;
  providers(): Promise<Providers>;
  attempts(folder: string): Promise<Attempts>;
  /** Reads a mail that came back. */
  returnedMail(): Promise<(bytes: Uint8Array) => ReturnedMail>;
}
