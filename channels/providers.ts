// Every provider there is, each loaded when a sender first names it.

import type { Channel, ProviderHost } from '../engine/ports/channel.ts';

/** A sender of tropa.yaml. */
export interface SenderSettings {
  readonly channel: string;
  readonly provider: string;
  readonly name: string;
}

/** Opens a sender; null where it is the sandbox. */
export function open(_sender: SenderSettings, _host: ProviderHost): Promise<Channel | null> {
  return Promise.resolve(null);
}
