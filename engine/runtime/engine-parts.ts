// What an engine is put together from. The composition root and the laboratory make it.

import type { Logger } from 'pino';
import type { Definitions } from '../core/definitions.ts';
import type { Settings } from '../language/settings.ts';
import type { Channel as ChannelName } from '../language/template.ts';
import type { Attempts } from '../ports/attempts.ts';
import type { Channel } from '../ports/channel.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import type { Traces } from '../ports/traces.ts';
import type { Wakeups } from '../ports/wakeups.ts';
import type { Workers } from '../ports/workers.ts';
import type { Workshop } from './definitions.ts';
import type { Failpoint } from './failpoints.ts';
import type { Links } from './links.ts';
import type { Renderer } from './render/renderer.ts';

export interface EngineParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly wakeups: Wakeups;
  readonly channels: Readonly<Record<ChannelName, Channel>>;
  readonly renderer: Renderer;
  readonly links: Links;
  readonly attempts: Attempts;
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tellsDelivery: (channel: ChannelName) => boolean;
  /** What keeps messages of a channel from leaving now; absent: nothing does. */
  readonly gate?: NonNullable<Definitions['gate']>;
  /** Told of the settings in force whenever they are looked at. */
  readonly adopt?: (settings: Settings) => Promise<void>;
  /** How long events, journal and ledger are kept; 400 days by default. */
  readonly retention?: number;
  /** Who else runs an engine on this store. Absent: nobody, so whatever is under way and not ours belongs to the dead. */
  readonly workers?: Workers;
  /** Where spans go; absent: nowhere. */
  readonly traces?: Traces;
  readonly failpoint?: Failpoint;
  /** Definitions that do not come from the store: the laboratory's. */
  readonly fixed?: Workshop;
  /** Resolves when channels have handed in every receipt they owe at this moment (the sandbox's). */
  readonly settled?: () => Promise<void>;
}
