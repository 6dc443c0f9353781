// What the command line is handed by the composition root: adapters, each loaded when it is first used.

import type { LabSandbox } from '../laboratory/world.ts';
import type { Source } from '../language/settings.ts';
import type { Attempts } from '../ports/attempts.ts';
import type { ChannelHost, SandboxMail } from '../ports/channel.ts';
import type { SourceDoor } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { Wakeups } from '../ports/wakeups.ts';

export interface SandboxOptions {
  readonly receipts?: 'soon' | 'on_idle';
  readonly mayDie?: boolean;
  readonly findMail?: (id: string) => Promise<SandboxMail | null>;
  readonly linkTarget?: (url: string) => string | null;
}

export interface Adapters {
  /** The embedded store of a folder. Throws E_STORE_LOCKED where an engine runs on it. */
  embeddedStore(folder: string): Promise<Store>;
  memoryStore(): Promise<() => Store>;
  wakeups(): Promise<() => Wakeups>;
  sandbox(): Promise<(host: ChannelHost, options: SandboxOptions) => LabSandbox>;
  sourceDoor(): Promise<(source: Source) => SourceDoor>;
  attempts(folder: string): Promise<Attempts>;
}
