// What the command line is handed by the composition root: adapters, each loaded when it is first used.

import type { Logger } from 'pino';
import type { LabSandbox } from '../laboratory/world.ts';
import type { Sender, Settings, Source } from '../language/settings.ts';
import type { Instant, Millis } from '../language/values.ts';
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
import type { Traces } from '../ports/traces.ts';
import type { Wakeups } from '../ports/wakeups.ts';
import type { Workers } from '../ports/workers.ts';

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

export interface SharedOptions {
  /** Whether this process decides for people, or is a door alone. */
  readonly engine: boolean;
  readonly logger: Logger;
}

/** A store, and who else works on it. */
export interface SharedStore {
  readonly store: Store;
  readonly workers: Workers;
  /** The time of the store's clock. */
  time(): Promise<Instant>;
  /** What an operator should know; `late` are those due since before then. */
  about(lateBefore: Instant): Promise<SharedAbout>;
  /** Beside this worker's name it is told how far its machine's clock is off. */
  tellOffset(offset: () => Millis): void;
}

/** What the server of a shared store says of itself. */
export interface SharedAbout {
  readonly version: string;
  /** Null: a single server, whose loss loses everything. */
  readonly replicaSet: string | null;
  /** Servers that hold data. */
  readonly members: number;
  /** Whether a write counts as durable before it is in a journal. */
  readonly unjournaled: boolean;
  /** What has to be said to the database's shell to have each again. */
  readonly missingIndexes: readonly string[];
  readonly workers: readonly { readonly name: string; readonly version: string; readonly offset: Millis | null }[];
  /** Partitions where somebody has been due for too long. */
  readonly late: readonly number[];
}

export interface WakeupsOptions {
  readonly url: string | null;
  /** Of the installation, which may share a server with others. */
  readonly prefix: string;
  readonly workers: Workers;
  readonly logger: Logger;
}

export interface MoveOptions {
  readonly folder: string;
  readonly url: string;
  /** Told the folder's own secret, where it has one, before anything is touched; throws to end it. */
  readonly secret: (own: string | null) => Promise<void>;
  readonly progress: (table: string, done: number, of: number) => void;
}

export interface Adapters {
  /** The embedded store of a folder. Throws E_STORE_LOCKED where an engine runs on it. */
  embeddedStore(folder: string): Promise<Store>;
  /** The store that many processes share. Throws TropaError where it cannot be used, before anything is touched. */
  sharedStore(url: string, options: SharedOptions): Promise<SharedStore>;
  /** Hints between processes; without an address of Redis only within this one. Throws E_REDIS. */
  sharedWakeups(options: WakeupsOptions): Promise<Wakeups>;
  /** Carries a data folder into the store that many share. */
  moveFolder(options: MoveOptions): Promise<{ moved: Readonly<Record<string, number>>; aside: string }>;
  /** Fills an empty shared store from its backup. Throws E_BACKUP. */
  restoreShared(url: string, file: string): Promise<void>;
  /** Spans to a collector; loaded where one is set. */
  traces(options: { readonly endpoint: string; readonly logger: Logger }): Promise<Traces>;
  memoryStore(): Promise<() => Store>;
  wakeups(): Promise<() => Wakeups>;
  sandbox(): Promise<(host: ChannelHost, options: SandboxOptions) => LabSandbox>;
  sourceDoor(): Promise<(source: Source) => SourceDoor>;
  providers(): Promise<Providers>;
  attempts(folder: string): Promise<Attempts>;
  /** Reads a mail that came back. */
  returnedMail(): Promise<(bytes: Uint8Array) => ReturnedMail>;
}
